import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Domain } from './support/domain.js';
import { toneLevelDb } from './support/tone.js';
import { everybodyLeaves, Visitor } from './support/visitor.js';

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
    const results = await Promise.all(
      visitors.map((visitor) =>
        visitor.page.evaluate(async (originMs) => {
          const client = window.vicinity!.client;
          const walking = setInterval(
            () =>
              client.localAvatar.setPose({
                position: { x: (Date.now() - originMs) / 1_000, y: 0, z: 20 },
                orientation: { x: 0, y: 0, z: 0, w: 1 },
              }),
            1_000 / 60,
          );
          const delaysMs: number[] = [];
          const counts = new Map<number, number>();
          // Nobody is measured before everybody walks.
          await new Promise((resolve) => setTimeout(resolve, 1_000));
          const stop = client.on('avatarPose', ({ sessionId, pose }) => {
            counts.set(sessionId, (counts.get(sessionId) ?? 0) + 1);
            delaysMs.push(Date.now() - originMs - pose.position.x * 1_000);
          });
          await new Promise((resolve) => setTimeout(resolve, 4_000));
          stop();
          clearInterval(walking);
          delaysMs.sort((a, b) => a - b);
          return { ratesHz: [...counts.values()].map((count) => count / 4), medianMs: delaysMs[delaysMs.length >> 1] };
        }, origin),
      ),
    );
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
    const logs = visitors.map((visitor) =>
      visitor.page.evaluate(
        (count) =>
          new Promise<string[]>((resolve, reject) => {
            const texts: string[] = [];
            const stop = window.vicinity!.client.on('message', ({ channel, text }) => {
              if (channel !== 'world' || !text?.startsWith('order ')) return;
              texts.push(text);
              if (texts.length === count) {
                stop();
                resolve(texts);
              }
            });
            setTimeout(() => reject(new Error(`only ${texts.length} messages`)), 15_000);
          }),
        each * visitors.length,
      ),
    );
    await Promise.all(
      visitors.map((visitor) =>
        visitor.page.evaluate(
          async ({ name, count }) => {
            for (let i = 0; i < count; i++) {
              await window.vicinity!.client.say(`order ${name} ${i}`);
              await new Promise((resolve) => setTimeout(resolve, 120));
            }
          },
          { name: visitor.name, count: each },
        ),
      ),
    );
    const [first, ...others] = await Promise.all(logs);
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
    const metrics = await (await fetch(new URL('/metrics', domain.url))).text();
    const listeners = [...metrics.matchAll(/^vicinity_audio_listeners\{([^}]*)\} (\d+)$/gm)];
    expect(listeners).toHaveLength(2);
    expect(listeners.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(people.length);
  }, 60_000);
});
