import type { MessageFields } from '@app/wire';

/** A client's signalling socket as its session sees it. */
export interface ClientLink {
  /** The other end's network address, for logs and limits. */
  readonly address: string;
  send(signal: MessageFields<'ServerSignal'>): void;
  /** Ends it in an orderly way, after what has been sent. The session hears nothing more of it. */
  close(): void;
  /** Ends it at once, so that a client that comes to life again notices. The session hears nothing more of it. */
  terminate(): void;
}
