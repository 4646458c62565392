import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Builder } from './support/builder.js';
import { makeCubeGlb } from './support/cube-glb.js';
import { Domain, freePortBase } from './support/domain.js';
import {
  inspectWorld,
  knownWorld,
  untilFinds,
  untilKnows,
  type KnownEntity,
  type KnownProperties,
  type Vec3,
} from './support/known-world.js';
import { compare, countMagenta, pictureAtRest, type Picture } from './support/picture.js';
import { everybodyLeaves, Visitor } from './support/visitor.js';
import { within } from './support/within.js';

const STEP_MS_MAX = 20_000;
/** Pages that were there through a restart try again ever more seldom. */
const RETURN_MS_MAX = 30_000;
/** An edit is seen by the other within 100 ms where there is nothing else to do; the bound is for where there is. */
const SEEN_MS_MEDIAN_MAX = 500;

/** Windows to watch through, to work in, and to take pictures of: without a graphics card each pixel takes time. */
const SMALL = { width: 320, height: 240 };
const LARGE = { width: 800, height: 520 };
const MEDIUM = { width: 640, height: 400 };
/** Windows in which there is little room to build: a small screen, a phone. */
const NARROW = [
  { width: 800, height: 600 },
  { width: 400, height: 700 },
];

/** Both stand at the same place and look the same way: in windows of the same size they see the same. */
async function enter(url: string, name: string): Promise<Visitor> {
  const visitor = await Visitor.enter(url, {
    name,
    at: [0, 0, 20],
    viewport: SMALL,
    framesPerSecondMax: 5,
    query: { render: 'still' },
  });
  // Frosted glass is a luxury.
  const plain = visitor.page.addStyleTag({ content: '* { backdrop-filter: none !important }' });
  await within(STEP_MS_MAX, `${name}'s page becomes plain`, plain);
  return visitor;
}

const resize = (visitor: Visitor, size: { width: number; height: number }): Promise<void> =>
  within(STEP_MS_MAX, `${visitor.name}'s window changes its size`, visitor.page.setViewportSize(size));

/** What the world is, and what both see of it. */
interface Memory {
  entities: KnownEntity[];
  hash: string;
  pictures: Picture[];
}

describe('Two people who build in their browsers', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'vicinity-building-'));
  let portBase: number;
  let domain: Domain;
  let ada: Visitor;
  let ben: Visitor;
  let hands: Builder;
  let memory: Memory;

  beforeAll(async () => {
    portBase = await freePortBase();
    domain = await Domain.start({ portBase, dataDir });
    [ada, ben] = await Promise.all([enter(domain.url, 'Ada'), enter(domain.url, 'Ben')]);
    await Promise.all([untilKnows(ada, 0), untilKnows(ben, 0)]);
    hands = new Builder(ada);
  }, 150_000);

  afterAll(async () => {
    await everybodyLeaves();
    await domain?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 120_000);

  async function remember(): Promise<Memory> {
    const [entities, bens] = await Promise.all([knownWorld(ada), knownWorld(ben)]);
    expect(bens).toEqual(entities);
    const { hash, count } = await inspectWorld(portBase);
    expect(count).toBe(entities.length);
    const pictures = await Promise.all([pictureAtRest(ada), pictureAtRest(ben)]);
    return { entities, hash, pictures };
  }

  /** The same things, and the same picture in both windows. */
  async function expectSameWorld(before: Memory): Promise<void> {
    const now = await remember();
    expect(now.entities).toEqual(before.entities);
    expect(now.hash).toBe(before.hash);
    for (const [index, picture] of now.pictures.entries()) {
      expect(await compare(ada, before.pictures[index], picture)).toMatchObject({ differingPixels: 0 });
    }
  }

  it('see what the other one does within a tenth of a second', async () => {
    const watching = ben.page.evaluate(() => {
      const told = (window.toldAtMs = new Map<string, number>());
      const { entities } = window.vicinity!.client;
      entities.on('added', ({ id }) => told.set(`${id} added`, Date.now()));
      entities.on('changed', ({ entity }) => told.set(`${entity.id} ${String(entity.properties.name)}`, Date.now()));
      entities.on('removed', ({ entity }) => told.set(`${entity.id} removed`, Date.now()));
    });
    await within(STEP_MS_MAX, 'Ben begins to watch', watching);
    const working = ada.page.evaluate(async () => {
      const { entities } = window.vicinity!.client;
      const asked: Array<[what: string, atMs: number]> = [];
      const answeredMs: number[] = [];
      const does = async (what: string, work: () => Promise<unknown>): Promise<void> => {
        const beganAt = Date.now();
        asked.push([what, beganAt]);
        await work();
        answeredMs.push(Date.now() - beganAt);
        // Not in step with the server's ticks: each of 40 pauses in turn, in no order.
        await new Promise((resolve) => setTimeout(resolve, 20 + ((asked.length * 17) % 40)));
      };
      for (let round = 0; round < 10; round++) {
        const id = `00000000-0000-4000-8000-0000000000${10 + round}`;
        const properties = { position: { x: round - 5, y: 1, z: 10 }, dimensions: { x: 0.5, y: 0.5, z: 0.5 } };
        await does(`${id} added`, () => entities.edit([{ kind: 'add', type: 'Box', id, properties }]));
        for (const name of ['one', 'two', 'three']) await does(`${id} ${name}`, () => entities.change(id, { name }));
        await does(`${id} removed`, () => entities.erase(id));
      }
      return { asked, answeredMs };
    });
    const { asked, answeredMs } = await within(30_000, 'Ada edits', working);
    await untilKnows(ben, 0);
    const told = new Map(
      await within(
        STEP_MS_MAX,
        'Ben tells',
        ben.page.evaluate(() => [...window.toldAtMs!]),
      ),
    );
    // What was overtaken by the next edit of the same thing, within one tick, is seen with that one.
    const newer = (index: number): string[] => asked.slice(index, index - (index % 5) + 5).map(([what]) => what);
    const seenMs = asked.map(
      ([, atMs], index) => Math.min(...newer(index).map((what) => told.get(what) ?? Infinity)) - atMs,
    );
    expect(seenMs.every(Number.isFinite)).toBe(true);
    console.log(
      `An edit is seen by the other after ${middle(seenMs)} ms (at most ${Math.max(...seenMs)} ms), ` +
        `answered after ${middle(answeredMs)} ms (at most ${Math.max(...answeredMs)} ms); ${seenMs.length} edits.`,
    );
    expect(middle(seenMs)).toBeLessThan(SEEN_MS_MEDIAN_MAX);
  }, 120_000);

  it('make, drag, describe, copy, erase and take back with buttons and handles', async () => {
    await resize(ada, LARGE);
    await hands.setBuilding(true);
    await hands.add('Box');
    const { id } = await untilFinds(ben, 'a box', ({ type }) => type === 'Box');
    /** What Ben sees of the box, once that is as it should be. */
    const untilBen = (what: string, isSo: (properties: KnownProperties) => boolean): Promise<KnownEntity> =>
      untilFinds(ben, `a box ${what}`, (entity) => entity.id === id && isSo(entity.properties));
    await hands.write('Name', 'pedestal');
    await untilBen('with a name', ({ name }) => name === 'pedestal');
    await hands.write('Color', '#2040ff');
    await untilBen('that is blue', ({ color }) => color?.blue === 255);
    await hands.write('Dimensions, y', '1.5');
    const { properties: before } = await untilBen('that is high', ({ dimensions }) => dimensions?.y === 1.5);
    const from = before.position!;

    // So that its handles are between the panels.
    await ada.stand([from.x + 0.3, 0, 20], 0);
    await hands.dragAlongX(id, -120);
    const isMoved = ({ position }: KnownProperties): boolean => position!.x < from.x - 0.5;
    const { x } = (await untilBen('that has moved', isMoved)).properties.position!;
    expect(await placeWhenIdle(ben, id)).toEqual({ ...from, x: expect.any(Number) });
    const to = await placeWhenIdle(ben, id);
    expect(await placeWhenIdle(ada, id)).toEqual(to);
    expect(to.x).toBeLessThanOrEqual(x);

    await hands.press('Undo (Ctrl+Z)');
    await untilBen('where it was', ({ position }) => position?.x === from.x);
    await hands.press('Redo (Ctrl+Shift+Z)');
    await untilBen('there again', ({ position }) => position?.x === to.x);
    await hands.press('Duplicate (Ctrl+D)');
    const isCopy = (entity: KnownEntity): boolean => entity.id !== id && entity.properties.name === 'pedestal';
    const copy = await untilFinds(ben, 'a copy', isCopy);
    expect(copy.properties).toMatchObject({ color: before.color, dimensions: before.dimensions });
    await hands.press('Delete (Del)');
    await untilKnows(ben, 1);
    await hands.press('Undo (Ctrl+Z)');
    await untilFinds(ben, 'the copy again', (entity) => entity.id === copy.id);
  }, 120_000);

  it('lock what they want to keep', async () => {
    await untilKnows(ada, 2);
    await hands.choose('pedestal');
    await hands.write('Name', 'guarded');
    await hands.press('Lock');
    const isGuarded = ({ properties }: KnownEntity): boolean => properties.locked === true;
    expect((await untilFinds(ben, 'a locked box', isGuarded)).properties.name).toBe('guarded');
    await untilFinds(ada, 'a locked box', isGuarded);
    await hands.untilDisabled('Name');
    expect((await knownWorld(ben)).filter(isGuarded)).toHaveLength(1);
  }, 120_000);

  it.each(NARROW)(
    'reach everything in a window of $width by $height pixels',
    async (size) => {
      await resize(ada, LARGE);
      await hands.choose('guarded');
      await resize(ada, size);
      await hands.untilReachable(['Undo (Ctrl+Z)', 'Move (1)', 'Lock', 'Choose nothing (Escape)']);
      await hands.press('Add something');
      await hands.untilMenuReachable();
      await hands.press('Add something');
      await hands.press('Choose nothing (Escape)');
      await resize(ada, LARGE);
    },
    120_000,
  );

  it('drop a model into the world, and the other one sees it', async () => {
    await ada.stand([0, 0, 20], 0);
    await resize(ben, MEDIUM);
    expect(await countMagenta(ben, await pictureAtRest(ben))).toBe(0);
    await dropFile(ada, makeCubeGlb(), 'cube.glb', { x: 200, y: 400 });
    const { properties } = await untilFinds(ben, 'a model', ({ type }) => type === 'Model');
    expect(properties.modelURL).toMatch(/^\/assets\/[0-9a-f]{64}\.glb$/);
    const seen = await pictureAtRest(ben);
    expect(await countMagenta(ben, seen)).toBeGreaterThan(200);
    const troubles = ben.page.evaluate(() => window.vicinity!.scene.entities().troubles);
    expect(await within(STEP_MS_MAX, 'Ben tells what is wrong', troubles)).toEqual({});
    const shares = await within(
      STEP_MS_MAX,
      'Ada tells what she was shown',
      ada.page.evaluate(() => window.sharesShown!),
    );
    console.log(`The bar stood at ${shares.map((share) => share.toFixed(2)).join(', ')}.`);
    expect(shares.some((share) => share > 0 && share < 1)).toBe(true);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  }, 120_000);

  it('can tell the world from one with a box less', async () => {
    await hands.setBuilding(false);
    await Promise.all([ada, ben].map((visitor) => resize(visitor, MEDIUM)));
    await furnish(ada);
    await Promise.all([untilKnows(ada, THINGS), untilKnows(ben, THINGS)]);
    const whole = await remember();
    expect(await compare(ada, whole.pictures[0], whole.pictures[1])).toMatchObject({ differingPixels: 0 });
    const erased = ada.page.evaluate(() =>
      window.vicinity!.client.entities.erase('00000000-0000-4000-8000-000000000100'),
    );
    await within(STEP_MS_MAX, 'Ada takes the box away', erased);
    await Promise.all([untilKnows(ada, THINGS - 1), untilKnows(ben, THINGS - 1)]);
    expect((await inspectWorld(portBase)).hash).not.toBe(whole.hash);
    const less = await pictureAtRest(ben);
    expect((await compare(ada, whole.pictures[1], less)).differingPixels).toBeGreaterThan(100);
    await within(
      STEP_MS_MAX,
      'Ada takes it back',
      ada.page.evaluate(() => window.vicinity!.client.entities.history.undo()),
    );
    await Promise.all([untilKnows(ada, THINGS), untilKnows(ben, THINGS)]);
    memory = await remember();
    expect(await compare(ada, whole.pictures[1], memory.pictures[1])).toMatchObject({ differingPixels: 0 });
  }, 120_000);

  it('are in the same world again when everything was stopped and started, without a reload', async () => {
    const returns = await Promise.all([ada, ben].map(startWaitingForEverything));
    expect(await domain.stop('SIGTERM')).toBe(0);
    domain = await Domain.start({ portBase, dataDir });
    await Promise.all(returns.map((isBack) => isBack()));
    await Promise.all([untilKnows(ada, THINGS), untilKnows(ben, THINGS)]);
    await expectSameWorld(memory);
  }, 150_000);

  it('are in the same world again when everything was killed with -9, browsers and all', async () => {
    await everybodyLeaves();
    await domain.kill9All();
    // From now on people may not lock, nor unlock.
    const environment = { VICINITY_VISITORS_MAY_LOCK: 'false' };
    domain = await Domain.start({ portBase, dataDir, environment });
    [ada, ben] = await Promise.all([enter(domain.url, 'Ada'), enter(domain.url, 'Ben')]);
    await Promise.all([ada, ben].map((visitor) => resize(visitor, MEDIUM)));
    await Promise.all([untilKnows(ada, THINGS), untilKnows(ben, THINGS)]);
    await expectSameWorld(memory);
  }, 150_000);

  it('cannot change what is locked without the right to unlock, and are told so where they tried', async () => {
    hands = new Builder(ben);
    await resize(ben, LARGE);
    await hands.setBuilding(true);
    await hands.choose('guarded');
    await hands.untilDisabled('Name');
    await hands.press('Lock');
    expect(await hands.untilFault()).toContain('locked');
    const { id: guarded } = await untilFinds(ben, 'what is locked', ({ properties }) => properties.locked === true);
    const changing = ben.page.evaluate(
      (id) =>
        window
          .vicinity!.client.entities.change(id, { name: 'mine' })
          .then(() => 'done')
          .catch((error: { code?: string }) => error.code),
      guarded,
    );
    expect(await within(STEP_MS_MAX, 'Ben tries to change it', changing)).toBe('entity-locked');
    await hands.choose('pedestal');
    await hands.press('Lock');
    expect(await hands.untilFault()).toContain('may not lock');
    await Promise.all([untilKnows(ada, THINGS), untilKnows(ben, THINGS)]);
    expect(await knownWorld(ada)).toEqual(memory.entities);
    expect(await knownWorld(ben)).toEqual(memory.entities);
  }, 120_000);

  it('leave no exception behind in the pages', () => {
    expect([...ada.errors, ...ben.errors]).toEqual([]);
  });
});

/** Things in the world that is remembered: two boxes, the model, and what `furnish` adds. */
const THINGS = 10;

/** A little of everything, in one transaction. */
async function furnish(visitor: Visitor): Promise<void> {
  const working = visitor.page.evaluate(async () => {
    const rgb = (red: number, green: number, blue: number) => ({ red, green, blue });
    const at = (x: number, y: number, z: number) => ({ x, y, z });
    const id = '00000000-0000-4000-8000-000000000100';
    const box = { position: at(-2.2, 2.2, 14), dimensions: at(0.8, 0.8, 0.8), color: rgb(230, 90, 60) };
    await window.vicinity!.client.entities.edit([
      { kind: 'add', type: 'Box', id, properties: box },
      {
        kind: 'add',
        type: 'Sphere',
        properties: { position: at(0, 2.4, 13), dimensions: at(1, 1, 1), color: rgb(250, 220, 90) },
      },
      {
        kind: 'add',
        type: 'Shape',
        properties: { shape: 'Cone', position: at(1.6, 2.3, 13), dimensions: at(1, 1.2, 1), color: rgb(90, 190, 160) },
      },
      {
        kind: 'add',
        type: 'Text',
        properties: { text: 'Welcome back', position: at(0, 3.3, 13), dimensions: at(3, 0.6, 0.01), lineHeight: 0.3 },
      },
      {
        kind: 'add',
        type: 'Light',
        properties: { position: at(0, 1, 15), dimensions: at(8, 8, 8), color: rgb(255, 120, 60), intensity: 6 },
      },
      { kind: 'add', type: 'Grid', properties: { position: at(3, 1, 12), dimensions: at(2, 2, 0.01) } },
      {
        kind: 'add',
        type: 'ParticleEffect',
        properties: {
          position: at(3, 1, 14),
          emitRate: 30,
          lifespan: 2,
          particleRadius: 0.1,
          color: rgb(255, 250, 250),
        },
      },
    ]);
  });
  await within(STEP_MS_MAX, `${visitor.name} furnishes the world`, working);
}

/** Drops a file where a person would let go of the mouse, and watches the bar that tells how far it is. */
async function dropFile(visitor: Visitor, bytes: Buffer, name: string, place: { x: number; y: number }): Promise<void> {
  const dropping = visitor.page.evaluate(
    ({ base64, fileName, x, y }) => {
      const shares: number[] = (window.sharesShown = []);
      new MutationObserver(() => {
        const bar = document.querySelector<HTMLProgressElement>('.uploads progress');
        if (bar && bar.value !== shares.at(-1)) shares.push(bar.value);
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
      const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], fileName, { type: 'model/gltf-binary' }));
      const options = { dataTransfer, clientX: x, clientY: y, bubbles: true, cancelable: true };
      const canvas = document.querySelector('#scene')!;
      for (const step of ['dragenter', 'dragover', 'drop']) canvas.dispatchEvent(new DragEvent(step, options));
    },
    { base64: bytes.toString('base64'), fileName: name, ...place },
  );
  await within(STEP_MS_MAX, `${visitor.name} drops ${name}`, dropping);
}

/** Begins to wait until a visitor is told of everything anew; resolves when the page does, to what waits for it. */
async function startWaitingForEverything(visitor: Visitor): Promise<() => Promise<void>> {
  const listening = visitor.page.evaluateHandle(() => {
    const again = new Promise<void>((resolve) => {
      const stop = window.vicinity!.client.entities.on('everything', () => {
        stop();
        resolve();
      });
    });
    // In an object, because a promise alone would be waited for at once.
    return { again };
  });
  const waiting = await within(STEP_MS_MAX, `${visitor.name} begins to wait`, listening);
  return () =>
    within(
      RETURN_MS_MAX,
      `${visitor.name} is told of everything again`,
      waiting.evaluate(({ again }) => again),
    );
}

/** Where an entity is, when the last edit of a drag has been heard of, too. */
async function placeWhenIdle(visitor: Visitor, id: string): Promise<Vec3> {
  const giveUpAt = Date.now() + STEP_MS_MAX;
  for (let last: string | undefined; ;) {
    const found = (await knownWorld(visitor)).find((entity) => entity.id === id);
    const place = JSON.stringify(found?.properties.position);
    if (place === last && place !== undefined) return JSON.parse(place) as Vec3;
    if (Date.now() > giveUpAt) throw new Error(`${id} does not come to rest for ${visitor.name}`);
    last = place;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
