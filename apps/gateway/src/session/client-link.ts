import type { MessageFields } from '@app/wire';
import type { ChannelHandlers, ClientChannel } from './client-channel.js';

/** A client's signalling socket as its session sees it. */
export interface ClientLink {
  /** The other end's network address, for logs and limits. */
  readonly address: string;
  /** Makes the channel of a client that does not negotiate WebRTC as ours do. Absent for those that do. */
  openChannel?(handlers: ChannelHandlers): ClientChannel;
  send(signal: MessageFields<'ServerSignal'>): void;
  /** Ends it in an orderly way, after what has been sent. The session hears nothing more of it. */
  close(): void;
  /** Ends it at once, so that a client that comes to life again notices. The session hears nothing more of it. */
  terminate(): void;
}
