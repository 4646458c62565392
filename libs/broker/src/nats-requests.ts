import type { Timer } from '@app/clock';
import { createInbox, type Msg, type Subscription } from '@nats-io/transport-node';
import { disconnectedError, noRespondersError, timeoutError } from './nats-errors.js';
import type { NatsLink } from './nats-link.js';

/** Somebody who waits for an answer. */
interface Asker {
  readonly subject: string;
  readonly timer: Timer;
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Status of the broker's own answer when nobody listens on a subject. */
const NO_RESPONDERS = 503;

/**
 * Requests over one inbox. The client library can do this, but makes an error with its stack trace for each request, also
 * for one that is answered, and half a dozen promises.
 */
export class NatsRequests {
  private readonly inbox = createInbox();
  private readonly askers = new Map<string, Asker>();
  private subscription: Subscription | undefined;
  private count = 0;

  constructor(private readonly link: NatsLink) {
    link.onDown(() => {
      for (const token of [...this.askers.keys()]) this.take(token)?.reject(disconnectedError());
    });
  }

  /** Resolves with the first answer. Fails with a BrokerError, or with what the client library says. */
  ask(subject: string, data: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    const { connection, clock, isConnected } = this.link;
    if (!isConnected) return Promise.reject(disconnectedError());
    return new Promise((resolve, reject) => {
      this.listen();
      const token = (++this.count).toString(36);
      const timer = clock.after(timeoutMs, () => this.take(token)?.reject(timeoutError(subject)));
      this.askers.set(token, { subject, timer, resolve, reject });
      try {
        connection.publish(subject, data, { reply: `${this.inbox}.${token}` });
      } catch (error) {
        this.take(token)?.reject(error);
      }
    });
  }

  /** Again if the broker has refused it: rights may have changed. */
  private listen(): void {
    if (this.subscription && !this.subscription.isClosed()) return;
    this.subscription = this.link.connection.subscribe(`${this.inbox}.*`, {
      callback: (error, message) => {
        // Whoever waits runs into the time-out; the connection's status tells why.
        if (!error) this.hear(message);
      },
    });
  }

  private hear({ subject, data, headers }: Msg): void {
    const asker = this.take(subject.slice(this.inbox.length + 1));
    if (!asker) return;
    if (data.length === 0 && headers?.code === NO_RESPONDERS) asker.reject(noRespondersError(asker.subject));
    else asker.resolve(data);
  }

  /** Whoever waits under a token; nobody does any more. */
  private take(token: string): Asker | undefined {
    const asker = this.askers.get(token);
    if (!asker) return undefined;
    this.askers.delete(token);
    asker.timer.cancel();
    return asker;
  }
}
