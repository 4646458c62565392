import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Domain } from './support/domain.js';
import { findClicks, leftLeadUs, peakOf, toneLevelDb } from './support/tone.js';
import { everybodyLeaves, Visitor, type Hearing } from './support/visitor.js';

const ADA_HZ = 440;
// Low enough that the time difference between the ears is less than half a period.
const BEN_HZ = 330;

/** Louder by so many dB in the left ear than in the right. */
const leftExcessDb = (hearing: Hearing, toneHz: number): number =>
  toneLevelDb(hearing.left, toneHz) - toneLevelDb(hearing.right, toneHz);

describe('Two people who meet in a browser', () => {
  let domain: Domain;
  let ada: Visitor;
  let ben: Visitor;

  beforeAll(async () => {
    domain = await Domain.start();
    [ada, ben] = await Promise.all([
      Visitor.enter(domain.url, { name: 'Ada', at: [0, 0, 20], yawDegrees: 0, toneHz: ADA_HZ }),
      Visitor.enter(domain.url, { name: 'Ben', at: [-2, 0, 20], yawDegrees: 0, toneHz: BEN_HZ }),
    ]);
    await Promise.all([ada.untilSees(['Ben']), ben.untilSees(['Ada'])]);
    // The first packets fill jitter buffers on both sides.
    await ada.listen(1_000);
  }, 90_000);

  afterAll(async () => {
    await everybodyLeaves();
    await domain?.stop();
  }, 60_000);

  it("hear the other's tone and not their own", async () => {
    const [adaHears, benHears] = await Promise.all([ada.listen(2_000), ben.listen(2_000)]);
    expect(toneLevelDb(adaHears.left, BEN_HZ)).toBeGreaterThan(-35);
    expect(toneLevelDb(benHears.right, ADA_HZ)).toBeGreaterThan(-35);
    for (const [hearing, own, other] of [
      [adaHears, ADA_HZ, BEN_HZ],
      [benHears, BEN_HZ, ADA_HZ],
    ] as const) {
      for (const ear of [hearing.left, hearing.right]) {
        expect(toneLevelDb(ear, other) - toneLevelDb(ear, own)).toBeGreaterThan(35);
      }
    }
  }, 30_000);

  it('hear a source on the left louder and earlier in the left ear, and the sides swap when they turn round', async () => {
    await ada.stand([0, 0, 20], 0);
    await ada.listen(500);
    const ahead = await ada.listen(1_500);
    expect(leftExcessDb(ahead, BEN_HZ)).toBeGreaterThan(3);
    expect(leftLeadUs(ahead.left, ahead.right, BEN_HZ)).toBeGreaterThan(200);
    await ada.stand([0, 0, 20], 180);
    await ada.listen(500);
    const turned = await ada.listen(1_500);
    expect(leftExcessDb(turned, BEN_HZ)).toBeLessThan(-3);
    expect(leftLeadUs(turned.left, turned.right, BEN_HZ)).toBeLessThan(-200);
    expect(Math.abs(leftLeadUs(turned.left, turned.right, BEN_HZ))).toBeLessThan(1_000);
  }, 30_000);

  it('hear a source at 16 m at least 10 dB softer than at 2 m, and nothing clipped', async () => {
    await ada.stand([0, 0, 20], 0);
    await ada.listen(500);
    const near = await ada.listen(1_500);
    await ada.stand([14, 0, 20], 0);
    await ada.listen(700);
    const far = await ada.listen(1_500);
    const power = (hearing: Hearing): number =>
      10 * Math.log10(10 ** (toneLevelDb(hearing.left, BEN_HZ) / 10) + 10 ** (toneLevelDb(hearing.right, BEN_HZ) / 10));
    expect(power(near) - power(far)).toBeGreaterThan(10);
    for (const hearing of [near, far]) {
      expect(Math.max(peakOf(hearing.left), peakOf(hearing.right))).toBeLessThan(1);
    }
  }, 30_000);

  it('hear no click while one walks past the other', async () => {
    await ada.stand([3, 0, 20], 0);
    await ada.listen(500);
    // Walks at 4 m/s from one side of Ben to the other, turning the head meanwhile, at 60 Hz.
    const walk = ada.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const beganAt = performance.now();
          const timer = setInterval(() => {
            const t = (performance.now() - beganAt) / 1_000;
            const yaw = t * 0.8;
            window.vicinity!.client.localAvatar.setPose({
              position: { x: 3 - 4 * t, y: 0, z: 21 },
              orientation: { x: 0, y: Math.sin(yaw / 2), z: 0, w: Math.cos(yaw / 2) },
            });
            if (t > 2.2) {
              clearInterval(timer);
              resolve();
            }
          }, 1_000 / 60);
        }),
    );
    let judgedCount = 0;
    for (let window = 0; window < 4; window++) {
      const hearing = await ada.listen(500);
      expect(Math.max(peakOf(hearing.left), peakOf(hearing.right))).toBeLessThan(1);
      // What the browser itself made up for want of packets is not ours to judge.
      if (hearing.concealedSamples > 0) continue;
      judgedCount++;
      expect([...findClicks(hearing.left, -38), ...findClicks(hearing.right, -38)]).toEqual([]);
    }
    await walk;
    expect(judgedCount).toBeGreaterThan(0);
  }, 30_000);

  it('leave within a second when their tab is closed', async () => {
    const cleo = await Visitor.enter(domain.url, { name: 'Cleo', at: [4, 0, 20] });
    await ada.untilSees(['Ben', 'Cleo']);
    const closedAt = Date.now();
    await Promise.all([cleo.page.close({ runBeforeUnload: false }), ada.untilSees(['Ben'], 5_000)]);
    expect(Date.now() - closedAt).toBeLessThan(1_500);
    await cleo.leave();
  }, 60_000);

  it('leave no exception behind in the pages', () => {
    expect([...ada.errors, ...ben.errors]).toEqual([]);
  });
});
