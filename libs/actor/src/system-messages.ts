import type { ActorRef } from './actor-ref.js';
import type { Behavior, StopReason } from './behavior.js';

/** What an actor is told by its surroundings, before anything in its mailbox. */
export type SystemMessage =
  /** By itself when it is made, and by its supervisor when the pause after a crash is over: begin a life. */
  | { type: 'start' }
  /** By its parent, its owner or itself: stop after the message that you are at. */
  | { type: 'stop' }
  /** By a child that has stopped. No child outlives the life in which it was spawned. */
  | { type: 'child-stopped'; child: ActorRef<never, unknown>; reason: StopReason }
  /** By an answer that came later and failed; `life` is the behavior that had promised it. */
  | { type: 'failed-later'; error: unknown; life: Behavior<never, unknown> | undefined };
