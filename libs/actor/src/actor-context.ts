import type { Clock } from '@app/clock';
import type { ActorHandle, ActorRef } from './actor-ref.js';
import type { BehaviorFactory } from './behavior.js';
import type { RestartPolicy } from './restart-policy.js';

export interface ActorOptions {
  /** Messages that wait or are unanswered; further ones are refused. Default and maximum ACTOR_MAILBOX_MAX. */
  mailboxMax?: number;
  /** How often it may crash. Default DEFAULT_RESTART_POLICY. */
  restart?: RestartPolicy;
}

/** Makes actors. They are stopped before the one who made them. */
export interface Spawner {
  /**
   * The actor starts on its own; messages wait until it has. Fails with `actor-exists` while a sibling of this name has
   * not stopped, and with `actor-limit` when there are ACTORS_MAX in the system.
   *
   * @param name  1 to 64 letters, digits, `-`, `_`, `.` or `:`
   */
  spawn<Message, Answer = void>(
    name: string,
    factory: BehaviorFactory<Message, Answer>,
    options?: ActorOptions,
  ): ActorHandle<Message, Answer>;
}

/** What a behavior can do besides answering. */
export interface ActorContext<Message, Answer = void> extends Spawner {
  readonly self: ActorRef<Message, Answer>;
  readonly clock: Clock;
  /** Stops this actor after the message that it is at. */
  stop(): void;
}
