import type { Clock } from '@app/clock';
import { ActorError } from './actor.errors.js';
import type { Envelope } from './envelope.js';

export interface AskOptions {
  /** In ms; Infinity waits for as long as the actor lives. */
  timeoutMs: number;
}

/** The way to an actor for those who only send. Whoever has one does not know in which process the actor lives. */
export interface ActorRef<Message, Answer = void> {
  /** Names of its parents and its own, or the subject it is reached by. */
  readonly path: string;
  /** Sends without waiting. False when it is known not to arrive, which is a dead letter then. Never throws. */
  tell(message: Message): boolean;
  /**
   * Sends and waits for the answer. Fails with `actor-mailbox-full` and `actor-stopped` when the message was not taken,
   * with `actor-crashed` and `actor-timeout` when nobody knows what became of it, and with whatever CodedError the
   * behavior gave instead of an answer.
   */
  ask(message: Message, options: AskOptions): Promise<Answer>;
}

/** The way to an actor for the one who has spawned it. */
export interface ActorHandle<Message, Answer = void> extends ActorRef<Message, Answer> {
  /** Stops it after the message that it is at; what is in its mailbox is refused. Resolves when it has stopped. */
  stop(): Promise<void>;
  /** Takes no more messages, and stops when those that it has are answered. Resolves when it has stopped. */
  poison(): Promise<void>;
}

/** Where the messages of a LocalActorRef go. */
export interface Recipient<Message, Answer> {
  readonly path: string;
  /** False when it was refused. */
  post(envelope: Envelope<Message, Answer>): boolean;
  stop(verb: 'stop' | 'poison'): Promise<void>;
}

/** The way to an actor of this process. */
export class LocalActorRef<Message, Answer> implements ActorHandle<Message, Answer> {
  constructor(
    private readonly recipient: Recipient<Message, Answer>,
    private readonly clock: Clock,
  ) {}

  get path(): string {
    return this.recipient.path;
  }

  tell(message: Message): boolean {
    return this.recipient.post({ message });
  }

  ask(message: Message, { timeoutMs }: AskOptions): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer =
        timeoutMs === Infinity
          ? undefined
          : this.clock.after(timeoutMs, () =>
              reject(new ActorError('actor-timeout', `${this.path} did not answer in time.`)),
            );
      this.recipient.post({
        message,
        resolve: (answer) => {
          timer?.cancel();
          resolve(answer);
        },
        reject: (error) => {
          timer?.cancel();
          reject(error);
        },
      });
    });
  }

  stop(): Promise<void> {
    return this.recipient.stop('stop');
  }

  poison(): Promise<void> {
    return this.recipient.stop('poison');
  }
}
