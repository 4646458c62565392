import type { ActorContext } from './actor-context.js';
import type { ActorRef } from './actor-ref.js';

/** Why an actor, or one life of it, ended. */
export type StopReason =
  /** It was told to stop now; what was in its mailbox is lost. */
  | { code: 'stop' }
  /** It was told to stop after its mailbox was empty. */
  | { code: 'poison' }
  /** It threw what is no CodedError, and is restarted or has been too often. */
  | { code: 'crash'; error: unknown };

/**
 * What an actor is and does. Made anew for every life: after a crash nothing of the state is left but what the factory
 * knows and what was stored elsewhere.
 */
export interface Behavior<Message, Answer = void> {
  /** Before the first message of this life. Whatever it throws is a crash. */
  started?(context: ActorContext<Message, Answer>): void | Promise<void>;
  /**
   * One message at a time: the next one waits until this is done. What it returns is the answer; a CodedError that it
   * throws is an expected failure and goes to whoever asked. Anything else that it throws is a crash: the supervisor
   * decides, and the message is not tried again.
   */
  receive(
    message: Message,
    context: ActorContext<Message, Answer>,
  ): Answer | Later<Answer> | Promise<Answer | Later<Answer>>;
  /** A child of this life has stopped, for whatever reason. */
  childStopped?(
    child: ActorRef<never, unknown>,
    reason: StopReason,
    context: ActorContext<Message, Answer>,
  ): void | Promise<void>;
  /** The end of this life, after that of all children: timers and subscriptions end here. */
  stopped?(reason: StopReason): void | Promise<void>;
}

export type BehaviorFactory<Message, Answer = void> = () => Behavior<Message, Answer>;

/**
 * An answer that comes later and holds up no message meanwhile: for whoever commits many messages at once. Unanswered
 * messages count as if they were still in the mailbox. A promise that fails means what `receive` throwing it would mean.
 */
export class Later<Answer> {
  constructor(readonly answer: Promise<Answer>) {}
}
