import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWorldAt } from '@app/entities';
import { SeededRandom } from '@app/testing';
import { within } from '../e2e/support/within.js';
import { DurableDomain } from './support/durable-domain.js';
import { EditMix } from './support/edit-mix.js';
import type { EditNote } from './support/edit-notes.js';
import { hashOf, LiveReader } from './support/live-reader.js';
import { AuthorsDoor, editOn } from './support/nats-author.js';

const SEED = 17;
const PLACES = 200;
const ROUNDS = 14;
const EDITS_PER_ROUND = 60;
const BUILDING_MS_MAX = 60_000;

/** A moment of the wall clock at which nobody edited, and how far the log was. */
interface Moment {
  timeMs: number;
  sequence: number;
}

describe('The past of a world', () => {
  const random = new SeededRandom(SEED);
  const notes: EditNote[] = [];
  const moments: Moment[] = [];
  let domain: DurableDomain;
  let door: AuthorsDoor;
  let reader: LiveReader;
  let lastSequence: number;

  /** People build for a while, then a snapshot is made, and now and then an older one is deleted. */
  const build = async (mix: EditMix, round: number): Promise<void> => {
    let isOver = false;
    const author = (i: number): { name: string; sessionId: number } => ({ name: `author${i}`, sessionId: 100 + i });
    const editing = [0, 1, 2, 3].map((i) => editOn(door, mix, author(i), notes, () => isOver));
    while (notes.length < (round + 1) * EDITS_PER_ROUND) await pause(5);
    isOver = true;
    await Promise.all(editing);
    // Nobody edits now: what is there at this moment is what everybody was told.
    const { lastSequence: sequence } = await reader.journal.stream.state();
    await pause(3);
    const timeMs = Date.now();
    await pause(3);
    // A shard may have gone to another server meanwhile, and that is in the log.
    if ((await reader.journal.stream.state()).lastSequence === sequence) moments.push({ timeMs, sequence });
    await domain.snapshot(`round ${round}`);
    if (round % 4 === 3) await loseSnapshot();
  };

  beforeAll(async () => {
    domain = await DurableDomain.start({ entityServers: 2, gateways: 0, shards: 2 });
    door = await AuthorsDoor.open(domain.nats.url);
    reader = await LiveReader.start(domain.broker, 'main');
    const mix = new EditMix(random);
    const endMs = performance.now() + BUILDING_MS_MAX;
    for (let round = 0; round < ROUNDS && performance.now() < endMs; round++) await build(mix, round);
    ({ lastSequence } = await reader.journal.stream.state());
    await within(10_000, 'The reader reads to the end', reader.reached(lastSequence, 10_000));
  }, 120_000);

  afterAll(async () => {
    reader?.stop();
    await door?.close();
    await domain?.stop();
  });

  it('was full of edits and snapshots', async () => {
    expect(notes.filter(({ outcome }) => outcome.kind === 'acked').length).toBeGreaterThan(400);
    expect(moments.length).toBeGreaterThan(5);
    expect((await reader.journal.snapshots.list()).length).toBeGreaterThan(2);
  });

  it(`is at ${PLACES} places of the log what somebody saw who read it while it was written`, async () => {
    for (let i = 0; i < PLACES; i++) {
      // What is told must not depend on which snapshots are still there.
      if (i % 20 === 19) await loseSnapshot();
      const sequence = random.nextInteger(1, lastSequence);
      const world = await openWorldAt(reader.journal, { sequence });
      expect({ sequence: world.lastSequence, hash: hashOf(world) }).toEqual({
        sequence,
        hash: reader.sights.get(sequence)?.hash,
      });
    }
  }, 120_000);

  it('is the same without any snapshot', async () => {
    while ((await reader.journal.snapshots.list()).length > 0) await loseSnapshot();
    for (let i = 0; i < 10; i++) {
      const sequence = random.nextInteger(1, lastSequence);
      expect(hashOf(await openWorldAt(reader.journal, { sequence }))).toBe(reader.sights.get(sequence)?.hash);
    }
  }, 60_000);

  it('is at a moment of the clock what was acknowledged until then, and nothing else', async () => {
    for (const { timeMs, sequence } of moments) {
      const world = await openWorldAt(reader.journal, { timeMs });
      expect({ sequence: world.lastSequence, hash: hashOf(world) }).toEqual({
        sequence,
        hash: reader.sights.get(sequence)?.hash,
      });
    }
  }, 60_000);

  it('is empty before its first moment, and the present behind its last', async () => {
    expect((await openWorldAt(reader.journal, { timeMs: 1 })).size).toBe(0);
    expect((await openWorldAt(reader.journal, { sequence: 0 })).size).toBe(0);
    for (const moment of [{ timeMs: Date.now() + 60_000 }, { sequence: lastSequence + 1_000 }]) {
      const { hash } = reader.sights.get((await reader.journal.stream.state()).lastSequence) ?? {};
      expect(hashOf(await openWorldAt(reader.journal, moment))).toBe(hash);
    }
  });

  async function loseSnapshot(): Promise<void> {
    const { snapshots } = reader.journal;
    const all = await snapshots.list();
    if (all.length > 0) await snapshots.delete(all[random.nextInteger(0, all.length - 1)]);
  }
});
