import type { Clock } from '@app/clock';
import type { Stream, Subscription } from '@app/broker';
import { EventSourcedActor, type WriterLease } from './event-sourced-actor.js';
import type { Composer, Composition } from './group-commit.js';
import type { LogEntry } from './log-entry.js';
import type { LogFollower } from './log-follower.js';

/** A lease that a test takes away. */
export class PlayedLease implements WriterLease {
  isHeld = true;
  readonly listeners = new Set<() => void>();

  constructor(readonly epoch: number) {}

  onEnded(listener: () => void): Subscription {
    if (this.isHeld) this.listeners.add(listener);
    else listener();
    return { unsubscribe: () => void this.listeners.delete(listener) };
  }

  lose(): void {
    this.isHeld = false;
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }
}

interface TallyRecord {
  epoch: number;
  words: string[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Words that each count once, in the order of the log: the smallest state that a record can be applied to. */
export class Tally {
  readonly words: string[] = [];
  readonly recordSizes: number[] = [];
  actor: EventSourcedActor<string, string> | undefined;
  private readonly known = new Set<string>();

  apply(entry: LogEntry): void {
    const { words } = JSON.parse(decoder.decode(entry.data)) as TallyRecord;
    this.recordSizes.push(words.length);
    const outcomes = words.map((word) => {
      const isNew = !this.known.has(word);
      if (isNew) this.words.push(word);
      this.known.add(word);
      return `${word}: ${isNew ? 'new' : 'known'}`;
    });
    this.actor?.applied(entry.sequence, outcomes);
  }
}

/** Refuses words that begin with `!` without asking the log; takes at most 100 at once. */
export const tallyComposer: Composer<string, string> = {
  composeFence: (epoch) => encode({ epoch, words: [] }),
  compose: (waiting, epoch): Composition<string> => {
    const taken = waiting.slice(0, 100);
    if (taken.includes('broken')) throw new Error('a composer that is broken');
    const words = taken.filter((word) => !word.startsWith('!'));
    const decided = taken.map((word) => (word.startsWith('!') ? `${word}: refused` : undefined));
    return { taken: taken.length, decided, ...(words.length > 0 && { record: encode({ epoch, words }) }) };
  },
};

function encode(record: TallyRecord): Uint8Array {
  return encoder.encode(JSON.stringify(record));
}

/** An actor whose state is a tally that somebody follows. */
export function tallyActor(parts: {
  tally: Tally;
  stream: Stream;
  subject: string;
  follower: Pick<LogFollower, 'reached'>;
  lease: WriterLease;
  clock: Clock;
  submissionsMax?: number;
}): EventSourcedActor<string, string> {
  const { tally, ...rest } = parts;
  const actor = new EventSourcedActor<string, string>({ ...rest, composer: tallyComposer, recordBytesMax: 10_000 });
  tally.actor = actor;
  return actor;
}
