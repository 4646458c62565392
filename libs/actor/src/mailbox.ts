import type { SystemMessage } from './system-messages.js';

/** What waits for an actor, in two lanes: system before user, each in order of arrival. */
export interface Mailbox<Item> {
  /** Never refused: there are no more of them than children, unanswered messages, and a few. */
  pushSystem(message: SystemMessage): void;
  /** False when there is no room. */
  push(item: Item): boolean;
  takeSystem(): SystemMessage | undefined;
  take(): Item | undefined;
  /** Items that wait in the user lane. */
  readonly count: number;
}

/** A mailbox that refuses what is too much, so that the sender knows; nothing that was taken is ever dropped. */
export class RefusingMailbox<Item> implements Mailbox<Item> {
  private readonly system: SystemMessage[] = [];
  private readonly user: Item[] = [];

  /** @param countMax  items in the user lane, from 1 */
  constructor(private readonly countMax: number) {}

  get count(): number {
    return this.user.length;
  }

  pushSystem(message: SystemMessage): void {
    this.system.push(message);
  }

  push(item: Item): boolean {
    if (this.user.length >= this.countMax) return false;
    this.user.push(item);
    return true;
  }

  takeSystem(): SystemMessage | undefined {
    return this.system.shift();
  }

  take(): Item | undefined {
    return this.user.shift();
  }
}
