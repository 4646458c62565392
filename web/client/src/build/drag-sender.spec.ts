import { describe, expect, it } from '@jest/globals';
import type { EntityProperties } from '@vicinity/sdk';
import { DRAG_INTERVAL_MS, DragSender } from './drag-sender.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const at = (x: number): EntityProperties => ({ position: { x, y: 0, z: 0 } });

/** A world with one thing, which answers when it is told to. */
function makeWorld() {
  const world = {
    nowMs: 0,
    revision: 1,
    properties: at(0),
    isGone: false,
    edits: [] as Array<{ properties: EntityProperties; expected: number | undefined }>,
    shown: undefined as EntityProperties | undefined,
    answer: () => undefined as void,
    holdsAnswers: false,
    /** So many edits are refused from now on, with this code. */
    refusals: 0,
    refusal: { code: 'rate-limited', retryable: true },
    /** Somebody else's edit. */
    other(properties: EntityProperties): void {
      world.revision++;
      world.properties = { ...world.properties, ...properties };
    },
  };
  const sender = new DragSender('a', {
    nowMs: () => world.nowMs,
    preview: (properties) => (world.shown = properties),
    told: () => (world.isGone ? undefined : { revision: world.revision, properties: world.properties }),
    wait: async (ms) => {
      world.nowMs += ms;
      await settled();
    },
    change: async (properties, expected) => {
      world.edits.push({ properties, expected });
      if (world.refusals-- > 0) throw Object.assign(new Error('refused'), world.refusal);
      if (world.holdsAnswers) await new Promise<void>((resolve) => (world.answer = resolve));
      if (expected !== undefined && expected !== world.revision) {
        throw Object.assign(new Error('stale'), { code: 'entity-revision-stale' });
      }
      world.other(properties);
      return world.revision;
    },
  });
  return { world, sender };
}

describe('A drag', () => {
  it('is shown at once and sent at most twenty times a second', async () => {
    const { world, sender } = makeWorld();
    for (let ms = 0; ms < 1_000; ms += 5) {
      world.nowMs = ms;
      sender.update(at(ms));
      expect(world.shown).toEqual(at(ms));
      await settled();
    }
    expect(world.edits.length).toBeLessThanOrEqual(1_000 / DRAG_INTERVAL_MS);
    expect(world.edits.length).toBeGreaterThan(15);
  });

  it('has one edit under way; what comes meanwhile is sent as one', async () => {
    const { world, sender } = makeWorld();
    world.holdsAnswers = true;
    for (let ms = 0; ms < 500; ms += 50) {
      world.nowMs = ms;
      sender.update(at(ms));
    }
    expect(world.edits.length).toBe(1);
    world.answer();
    await settled();
    sender.handleFrame();
    expect(world.edits.map(({ properties }) => properties)).toEqual([at(0), at(450)]);
  });

  it('ends with an edit of what this person has seen, and nothing is previewed any more', async () => {
    const { world, sender } = makeWorld();
    sender.update(at(1));
    await settled();
    sender.update(at(2));
    expect(await sender.finish()).toBe('done');
    expect(world.edits.at(-1)).toEqual({ properties: at(2), expected: 2 });
    expect(world.properties).toEqual(at(2));
    expect(world.shown).toBeUndefined();
  });

  it('without any movement changes nothing', async () => {
    const { world, sender } = makeWorld();
    expect(await sender.finish()).toBe('unchanged');
    expect(world.edits).toEqual([]);
  });

  it('is done although somebody else has painted the thing meanwhile', async () => {
    const { world, sender } = makeWorld();
    sender.update(at(1));
    await settled();
    world.other({ name: 'painted' });
    sender.update(at(2));
    expect(await sender.finish()).toBe('done');
    expect(world.properties).toEqual({ ...at(2), name: 'painted' });
  });

  it('leaves the thing where somebody else has put it meanwhile', async () => {
    const { world, sender } = makeWorld();
    sender.update(at(1));
    await settled();
    world.other(at(77));
    sender.update(at(2));
    expect(await sender.finish()).toBe('overtaken');
    expect(world.properties).toEqual(at(77));
    expect(world.shown).toBeUndefined();
  });

  it.each(['rate-limited', 'world-busy', 'world-unavailable'])(
    'whose last edit is refused for now (%s) is tried again, and shown where it was put until then',
    async (code) => {
      const { world, sender } = makeWorld();
      world.refusals = 3;
      world.refusal = { code, retryable: true };
      sender.update(at(1));
      await settled();
      sender.update(at(2));
      const finished = sender.finish();
      expect(world.shown).toEqual(at(2));
      expect(await finished).toBe('done');
      expect(world.properties).toEqual(at(2));
      expect(world.shown).toBeUndefined();
    },
  );

  it('that is refused again and again fails after some seconds, and the thing is where it was', async () => {
    const { world, sender } = makeWorld();
    world.refusals = Infinity;
    sender.update(at(1));
    await expect(sender.finish()).rejects.toMatchObject({ code: 'rate-limited' });
    expect(world.nowMs).toBeGreaterThan(2_000);
    expect(world.nowMs).toBeLessThanOrEqual(5_000);
    expect(world.shown).toBeUndefined();
    expect(world.properties).toEqual(at(0));
  });

  it('that will never be granted is asked for once', async () => {
    const { world, sender } = makeWorld();
    sender.update(at(1));
    await settled();
    world.refusals = Infinity;
    world.refusal = { code: 'entity-locked', retryable: false };
    const count = world.edits.length;
    await expect(sender.finish()).rejects.toMatchObject({ code: 'entity-locked' });
    expect(world.edits.length).toBe(count + 1);
    expect(world.shown).toBeUndefined();
  });

  it('sends less while it is refused', async () => {
    const { world, sender } = makeWorld();
    world.refusals = Infinity;
    for (world.nowMs = 0; world.nowMs < 2_000; world.nowMs += 10) {
      sender.update(at(world.nowMs));
      await settled();
    }
    expect(world.edits.length).toBeLessThanOrEqual(4);
  });

  it('that is taken up by the next one asks for nothing more, and leaves what that one shows', async () => {
    const { world, sender } = makeWorld();
    world.refusals = Infinity;
    sender.update(at(1));
    await settled();
    const finished = sender.finish();
    sender.abandon();
    world.shown = at(9);
    expect(await finished).toBe('abandoned');
    expect(world.shown).toEqual(at(9));
  });

  it('of a thing that is gone is over', async () => {
    const { world, sender } = makeWorld();
    sender.update(at(1));
    await settled();
    world.isGone = true;
    expect(await sender.finish()).toBe('gone');
  });
});
