import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Domain } from './support/domain.js';
import { toneLevelDb } from './support/tone.js';
import { everybodyLeaves, Visitor } from './support/visitor.js';
import { within } from './support/within.js';

/** A line on which nobody stands at first, in metres. */
const WALK_Z = 19;

const people = [
  { name: 'Ada', toneHz: 300, at: [0, 0, 20] },
  { name: 'Ben', toneHz: 440, at: [1.5, 0, 20] },
  { name: 'Cleo', toneHz: 620, at: [0, 0, 21.5] },
  { name: 'Dan', toneHz: 860, at: [1.5, 0, 21.5] },
] as const;

describe('Three pages in one world', () => {
  let domain: Domain;
  let visitors: Visitor[];

  beforeAll(async () => {
    domain = await Domain.start();
    visitors = await Promise.all(
      // The whole client, but not drawn: three software renderers on two cores would measure themselves.
      people
        .slice(0, 3)
        .map(({ name, at }) => Visitor.enter(domain.url, { name, at: [...at], query: { render: 'off' } })),
    );
    await Promise.all(
      visitors.map((visitor) =>
        visitor.untilSees(visitors.map(({ name }) => name).filter((name) => name !== visitor.name)),
      ),
    );
  }, 90_000);

  afterAll(async () => {
    await everybodyLeaves();
    await domain?.stop();
  }, 60_000);

  it('see each other move at 20 Hz or more, with a median delay under 100 ms', async () => {
    // Everybody walks so that the position tells the time: x in metres is the wall clock in seconds since `origin`.
    const origin = Date.now();
    const walks = await Promise.all(
      visitors.map((visitor) =>
        visitor.page.evaluateHandle(
          ({ originMs, z }) =>
            setInterval(
              () =>
                window.vicinity!.client.localAvatar.setPose({
                  position: { x: (Date.now() - originMs) / 1_000, y: 0, z },
                  orientation: { x: 0, y: 0, z: 0, w: 1 },
                }),
              1_000 / 60,
            ),
          { originMs: origin, z: WALK_Z },
        ),
      ),
    );
    // Nobody is measured before everybody is seen to walk: nobody has stood on that line before.
    await Promise.all(
      visitors.map(({ page }) =>
        page.waitForFunction(
          (z) =>
            [...window.vicinity!.client.avatars.values()].every(
              ({ latestPose: { position } }) => Math.abs(position.z - z) < 0.01,
            ),
          WALK_Z,
          { timeout: 10_000, polling: 50 },
        ),
      ),
    );
    const measured = visitors.map((visitor) =>
      visitor.page.evaluate(async (originMs) => {
        const delaysMs: number[] = [];
        const counts = new Map<number, number>();
        const stop = window.vicinity!.client.on('avatarPose', ({ sessionId, pose }) => {
          counts.set(sessionId, (counts.get(sessionId) ?? 0) + 1);
          delaysMs.push(Date.now() - originMs - pose.position.x * 1_000);
        });
        await new Promise((resolve) => setTimeout(resolve, 4_000));
        stop();
        delaysMs.sort((a, b) => a - b);
        return { ratesHz: [...counts.values()].map((count) => count / 4), medianMs: delaysMs[delaysMs.length >> 1] };
      }, origin),
    );
    const results = await within(15_000, 'Everybody measures for 4 s', Promise.all(measured));
    await Promise.all(walks.map((walk) => walk.evaluate((timer) => clearInterval(timer))));
    for (const { ratesHz, medianMs } of results) {
      expect(ratesHz).toHaveLength(2);
      expect(Math.min(...ratesHz)).toBeGreaterThanOrEqual(20);
      expect(medianMs).toBeLessThan(100);
      expect(medianMs).toBeGreaterThan(0);
    }
    console.log(`poses: ${JSON.stringify(results)}`);
  }, 40_000);

  it('read what they say in the order in which it was said', async () => {
    const each = 20;
    const logs = await Promise.all(visitors.map((visitor) => visitor.startReading('order ', each * visitors.length)));
    const said = visitors.map((visitor) =>
      visitor.page.evaluate(
        async ({ name, count }) => {
          for (let i = 0; i < count; i++) {
            await window.vicinity!.client.say(`order ${name} ${i}`);
            await new Promise((resolve) => setTimeout(resolve, 120));
          }
        },
        { name: visitor.name, count: each },
      ),
    );
    await within(15_000, 'Everybody says everything', Promise.all(said));
    const [first, ...others] = await Promise.all(logs.map((read) => read(5_000)));
    for (const other of others) expect(other).toEqual(first);
    for (const { name } of visitors) {
      const own = first.filter((text) => text.startsWith(`order ${name} `));
      expect(own).toEqual(Array.from({ length: each }, (_, i) => `order ${name} ${i}`));
    }
  }, 40_000);
});

describe('Two gateways and two audio mixers', () => {
  let domain: Domain;
  let visitors: Visitor[];

  beforeAll(async () => {
    domain = await Domain.start({ args: ['--gateways', '2', '--audio-mixers', '2', '--avatar-mixers', '2'] });
    visitors = [];
    // One after the other, so that each finds the emptier gateway.
    for (const { name, toneHz, at } of people) {
      visitors.push(await Visitor.enter(domain.url, { name, toneHz, at: [...at], surface: 'sdk' }));
    }
    await Promise.all(
      visitors.map((visitor) =>
        visitor.untilSees(people.map(({ name }) => name).filter((name) => name !== visitor.name)),
      ),
    );
  }, 120_000);

  afterAll(async () => {
    await everybodyLeaves();
    await domain?.stop();
  }, 60_000);

  it('share the clients, and everybody hears everybody', async () => {
    const gateways = new Set(await Promise.all(visitors.map((visitor) => visitor.gatewayId())));
    expect(gateways.size).toBe(2);
    await visitors[0].listen(1_000);
    for (const visitor of visitors) {
      const hearing = await visitor.listen(1_500);
      const own = people.find(({ name }) => name === visitor.name)!.toneHz;
      const levelOf = (toneHz: number): number =>
        Math.max(toneLevelDb(hearing.left, toneHz), toneLevelDb(hearing.right, toneHz));
      const others = people.filter(({ toneHz }) => toneHz !== own).map(({ toneHz }) => levelOf(toneHz));
      expect(Math.min(...others)).toBeGreaterThan(-40);
      // The codec and the limiter leave products of three tones everywhere, far below.
      expect(Math.min(...others) - levelOf(own)).toBeGreaterThan(20);
    }
    const metrics = await (await domain.get('/metrics')).text();
    const listeners = [...metrics.matchAll(/^vicinity_audio_listeners\{([^}]*)\} (\d+)$/gm)];
    expect(listeners).toHaveLength(2);
    expect(listeners.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(people.length);
  }, 60_000);
});
