import type { MessageFields } from '@app/wire';
import type { ChannelHandlers, ClientChannel } from '../../session/client-channel.js';
import type { ClientLink } from '../../session/client-link.js';

/** The client behind a link. */
export interface SessionLinkHost {
  readonly address: string;
  openChannel(handlers: ChannelHandlers): ClientChannel;
  onSignal(signal: MessageFields<'ServerSignal'>): void;
  /** The session is over. @param link  of which session */
  onSessionClosed(link: SessionLink): void;
}

/** What a session has of its client; after a restart of the client it is another session's. */
export class SessionLink implements ClientLink {
  readonly address: string;

  constructor(private readonly client: SessionLinkHost) {
    this.address = client.address;
  }

  openChannel(handlers: ChannelHandlers): ClientChannel {
    return this.client.openChannel(handlers);
  }

  send(signal: MessageFields<'ServerSignal'>): void {
    this.client.onSignal(signal);
  }

  close(): void {
    this.client.onSessionClosed(this);
  }

  terminate(): void {
    this.client.onSessionClosed(this);
  }
}
