import { assert } from '@app/world';
import { ActorError } from './actor.errors.js';

/** An actor and what is below it, as an operator or a test wants to see it. */
export interface ActorDump {
  path: string;
  state: 'starting' | 'running' | 'restarting' | 'stopping' | 'stopped';
  /** Messages in the mailbox. */
  queued: number;
  /** Messages that were handled and whose answer is still to come. */
  unanswered: number;
  /** Since it was spawned. */
  restarts: number;
  children: ActorDump[];
}

/** An actor as its parent keeps it. */
export interface FamilyMember {
  stop(verb: 'stop' | 'poison'): Promise<void>;
  dump(): ActorDump;
}

const NAME = /^[-\w.:]{1,64}$/;

/** The children of one actor, or the actors at the top of a system. */
export class ActorFamily {
  private readonly members = new Map<string, FamilyMember>();

  /** Takes a child in. `make` is called only if the name is free; else this fails with `actor-exists`. */
  add<Member extends FamilyMember>(name: string, make: () => Member): Member {
    assert(NAME.test(name), `"${name}" can be the name of an actor`);
    if (this.members.has(name)) throw new ActorError('actor-exists', `There is an actor "${name}" already.`);
    const member = make();
    this.members.set(name, member);
    return member;
  }

  /** It has stopped. */
  remove(name: string): void {
    this.members.delete(name);
  }

  /** One after the other, the youngest first, because the younger ones may need the older ones to finish. */
  async stopAll(verb: 'stop' | 'poison'): Promise<void> {
    for (const member of [...this.members.values()].reverse()) await member.stop(verb);
  }

  /** All at the same time; does not wait. */
  stopNow(): void {
    for (const member of this.members.values()) void member.stop('stop');
  }

  dump(): ActorDump[] {
    return [...this.members.values()].map((member) => member.dump());
  }
}
