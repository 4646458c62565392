import { describe, expect, it } from '@jest/globals';
import { MemoryBus, type MemoryBroker } from '@app/broker';
import { SeededRandom, SimClock } from '@app/testing';
import type { EventSourcedActor } from './event-sourced-actor.js';
import { LogFollower } from './log-follower.js';
import { lossy } from './run.contract.js';
import { PlayedLease, Tally, tallyActor } from './tally.fixture.js';

const STREAM = {
  name: 'SIM',
  subjects: ['sim.log.*'],
  republish: { from: 'sim.log.*', to: 'sim.out.*' },
};

/** Part of what is republished that does not arrive. */
const LOSS = 0.1;

/** One simulated process: it follows the log, and may believe that it owns the subject. */
class Process {
  readonly tally = new Tally();
  readonly follower: LogFollower;
  actor: EventSourcedActor<string, string> | undefined;
  isCutOff = false;

  private constructor(
    readonly broker: MemoryBroker,
    private readonly stream: Awaited<ReturnType<MemoryBroker['stream']>>,
    private readonly clock: SimClock,
    random: SeededRandom,
  ) {
    const hearing = lossy(broker, () => random.next() < LOSS);
    this.follower = new LogFollower(hearing, stream, { log: 'sim.log.*', out: 'sim.out.*' }, clock);
  }

  static async start(bus: MemoryBus, clock: SimClock, random: SeededRandom): Promise<Process> {
    const broker = bus.connect();
    const opening = broker.stream(STREAM);
    await clock.advanceAsync(10);
    const started = new Process(broker, await opening, clock, random);
    const following = started.follower.start(1, (entry) => started.tally.apply(entry));
    await clock.advanceAsync(100);
    await following;
    return started;
  }

  /** Believes to be the owner from now on; nobody tells the one before. */
  own(epoch: number): void {
    const { tally, stream, follower, clock } = this;
    this.actor = tallyActor({ tally, stream, subject: 'sim.log.0', follower, lease: new PlayedLease(epoch), clock });
    this.actor.open().catch(() => undefined);
  }
}

describe('the journal in a simulation', () => {
  it.each([1, 2, 3, 7, 41, 4_711])(
    'keeps everybody in step, does all that was answered and nothing twice, whoever is cut off (seed %i)',
    async (seed) => {
      const random = new SeededRandom(seed);
      const clock = new SimClock();
      const bus = new MemoryBus({ clock, delayMs: 2 });
      const processes: Process[] = [];
      for (let count = 0; count < 3; count++) processes.push(await Process.start(bus, clock, random));
      const pick = (): Process => processes[Math.floor(random.next() * processes.length)];
      const answered: string[] = [];
      let epoch = 0;
      let submitted = 0;
      for (let step = 0; step < 600; step++) {
        const chance = random.next();
        const process = pick();
        if (step % 50 === 0 || chance < 0.02) process.own(++epoch);
        else if (chance < 0.06) toggle(bus, process);
        else if (process.actor?.isOpen) {
          const word = `word-${submitted++}`;
          process.actor.submit(word).then(
            () => answered.push(word),
            () => undefined,
          );
        }
        await clock.advanceAsync(Math.floor(random.next() * 12));
      }
      for (const process of processes) if (process.isCutOff) toggle(bus, process);
      await clock.advanceAsync(30_000);
      expect(answered.length).toBeGreaterThan(50);
      const [first, ...others] = processes;
      for (const { tally } of others)
        expect(tally).toMatchObject({ words: first.tally.words, recordSizes: first.tally.recordSizes });
      const words = new Set(first.tally.words);
      expect(answered.filter((word) => !words.has(word))).toEqual([]);
      // Each word was submitted once; so a record that was written twice would show.
      expect(first.tally.recordSizes.reduce((sum, size) => sum + size, 0)).toBe(words.size);
      expect(new Set(processes.map(({ follower }) => follower.lastSequence)).size).toBe(1);
    },
  );
});

function toggle(bus: MemoryBus, process: Process): void {
  process.isCutOff = !process.isCutOff;
  if (process.isCutOff) bus.partition(process.broker);
  else bus.heal(process.broker);
}
