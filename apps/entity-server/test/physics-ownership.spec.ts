import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { idOf } from './entity-stage.js';
import { at, PhysicsStage, STONE } from './physics-stage.js';

const [FLOOR, A, B] = [1, 2, 3].map(idOf);
const [ADA, BEN] = [7, 8];

let stage: PhysicsStage;
beforeEach(async () => {
  stage = await PhysicsStage.open();
  stage.addFloor(FLOOR);
  stage.add(A, { ...STONE, position: at(0, 0.5, 0) });
  stage.start();
  await stage.run(3);
});
afterEach(() => stage.end());

const ownerOf = (id: string) => stage.simulation.bodyOf(id)?.ownerId;

/** A client carries a body for a while, as 30 motions a second. */
async function carry(sessionId: number, seconds: number, speed: number): Promise<void> {
  for (let step = 0; step < seconds * 30; step++) {
    await stage.run(1 / 30);
    const { x } = stage.motion(A).position;
    stage.carry(A, sessionId, { x: x + speed / 30, y: 2, z: 0, velocityX: speed });
  }
}

describe('A body that a client claims', () => {
  it('goes where the client says, and flies on when it is let go; the log has its last place by that client', async () => {
    stage.claim(A, ADA, 255);
    expect(ownerOf(A)).toBe(ADA);
    await carry(ADA, 1, 3);
    expect(stage.motion(A).position).toMatchObject({ x: expect.closeTo(3, 1), y: 2 });
    expect(stage.told.at(-1)).toMatchObject({ ownerId: ADA, y: 2 });
    stage.claim(A, ADA, 0);
    expect(ownerOf(A)).toBe(0);
    const { x } = stage.motion(A).position;
    await stage.run(0.2);
    expect(stage.entity(A).editedBy.sessionId).toBe(ADA);
    expect(stage.entity(A).properties).toMatchObject({ position: { x, y: 2 }, velocity: { x: 3 } });
    expect(stage.motion(A).position.x).toBeGreaterThan(x + 0.4);
    expect(stage.motion(A).position.y).toBeLessThan(2);
    await stage.run(5);
    expect(stage.motion(A).position.y).toBeCloseTo(0.5, 1);
    expect(stage.entity(A).editedBy.name).toBe('physics');
  });

  it('goes to whoever wants it more, and stays with who has it otherwise', async () => {
    stage.claim(A, ADA, 10);
    stage.claim(A, BEN, 10);
    expect(ownerOf(A)).toBe(ADA);
    stage.claim(A, BEN, 11);
    expect(ownerOf(A)).toBe(BEN);
    stage.carry(A, ADA, { x: 1, y: 1, z: 0 });
    expect(stage.motion(A).position.x).toBeCloseTo(0, 2);
    stage.claim(A, ADA, 0);
    expect(ownerOf(A)).toBe(BEN);
    stage.claim(A, ADA, 255);
    expect(ownerOf(A)).toBe(ADA);
    expect(await stage.dropped('claim-refused')).toBe(1);
    expect(await stage.dropped('not-owner')).toBe(1);
  });

  it('tells whoever claims in vain whose it is', async () => {
    stage.claim(A, BEN, 20);
    await stage.run(0.1);
    stage.told.length = 0;
    stage.claim(A, ADA, 1);
    await stage.run(0.1);
    expect(stage.told).toMatchObject([{ ownerId: BEN }]);
  });

  it('is the server’s again when nothing is heard of the client for two seconds, and falls', async () => {
    stage.claim(A, ADA, 1);
    await carry(ADA, 0.5, 1);
    await stage.run(1.9);
    expect(ownerOf(A)).toBe(ADA);
    expect(stage.motion(A).position.y).toBe(2);
    await stage.run(3);
    expect(ownerOf(A)).toBe(0);
    expect(stage.motion(A).position.y).toBeCloseTo(0.5, 1);
  });

  it('stays with a client that goes on wanting it, without motions; edits move it', async () => {
    for (let second = 0; second < 6; second++) {
      stage.claim(A, ADA, 255);
      if (second === 3) stage.change(A, { position: at(1, 4, 0) });
      await stage.run(1);
    }
    expect(stage.motion(A).position).toEqual(at(1, 4, 0));
    const { revision } = stage.entity(A);
    stage.claim(A, ADA, 0);
    await stage.run(0.2);
    expect(stage.entity(A).revision).toBe(revision);
    await stage.run(4);
    expect(stage.motion(A).position.y).toBeCloseTo(0.5, 1);
  });

  it('cannot be locked, not grabbable, not dynamic, or unknown', async () => {
    stage.change(A, { grab: { grabbable: false } });
    stage.claim(A, ADA, 255);
    expect(ownerOf(A)).toBe(0);
    stage.change(A, { grab: { grabbable: true }, locked: true });
    for (const id of [A, FLOOR, B]) stage.claim(id, ADA, 255);
    expect(await stage.dropped('claim-refused')).toBe(1);
    expect(await stage.dropped('no-body')).toBe(3);
  });

  it('is nobody’s any more when it is locked meanwhile', async () => {
    stage.claim(A, ADA, 255);
    stage.change(A, { locked: true });
    stage.change(A, { locked: false });
    await stage.run(1);
    expect(ownerOf(A)).toBe(0);
  });

  it('pushes others out of its way', async () => {
    stage.add(B, { ...STONE, position: at(3, 0.5, 0) });
    await stage.run(2);
    stage.claim(A, ADA, 255);
    for (let step = 0; step < 60; step++) {
      await stage.run(1 / 30);
      stage.carry(A, ADA, { x: step / 15, y: 0.6, z: 0, velocityX: 2 });
    }
    expect(stage.motion(B).position.x).toBeGreaterThan(4.5);
  });
});

describe('Hostile motions', () => {
  const atRest = () => stage.motion(A).position;

  it('are counted and dropped: no numbers, no place, no speed, jumps, old news', async () => {
    stage.claim(A, ADA, 255);
    const before = atRest();
    stage.carry(A, ADA, { x: NaN, y: 1, z: 0 });
    stage.carry(A, ADA, { x: 1, y: Infinity, z: 0 });
    stage.carry(A, ADA, { x: 1, y: 1, z: 0, rotationW: 0 });
    stage.carry(A, ADA, { x: 17_000, y: 1, z: 0 });
    stage.carry(A, ADA, { x: 1, y: 1, z: 0, velocityZ: 1_001 });
    stage.carry(A, ADA, { x: 1, y: 1, z: 0, angularX: 5_000 });
    stage.carry(A, ADA, { x: 500, y: 1, z: 0 });
    stage.carry(A, ADA, { x: 1, y: 1, z: 0, atMs: 5 });
    stage.carry(A, ADA, { x: 1, y: 1, z: 0, atMs: stage.clock.wallMs() + 60_000 });
    expect(atRest()).toEqual(before);
    const reasons = ['nonsense', 'outside', 'too-fast', 'teleport', 'late'];
    const counts = await Promise.all(reasons.map((reason) => stage.dropped(reason)));
    expect(counts).toEqual([3, 1, 2, 1, 2]);
  });

  it('do no harm as noise: whatever comes, bodies stay in the world and time goes on', async () => {
    let seed = 1;
    const draw = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const odd = [NaN, Infinity, -Infinity, 0, 1e30, -1e30, 1e-30, 16_000];
    const number = (): number => (draw() < 0.3 ? odd[Math.floor(draw() * odd.length)] : 100 * draw() - 50);
    for (let round = 0; round < 300; round++) {
      const session = 1 + Math.floor(draw() * 3);
      stage.claim(A, session, Math.floor(300 * draw()) - 20);
      const place = { x: number(), y: number(), z: number(), velocityX: number(), angularY: number() };
      stage.carry(A, session, { ...place, rotationX: number(), rotationW: number() });
      stage.simulation.handleUplink({ motions: [{}, { sessionId: 1, motion: { id: new Uint8Array(3) } }] as never });
      await stage.run(0.02);
      const { x, y, z } = atRest();
      expect(Math.max(Math.abs(x), Math.abs(y), Math.abs(z))).toBeLessThanOrEqual(16_000);
    }
    await stage.run(10);
    expect(ownerOf(A)).toBe(0);
  });

  it('cannot hold more than a hand can', async () => {
    for (let n = 0; n < 40; n++) stage.add(idOf(100 + n), { ...STONE, position: at(3 * n, 0.5, 20) });
    for (let n = 0; n < 40; n++) stage.claim(idOf(100 + n), ADA, 255);
    const heldCount = Array.from({ length: 40 }, (_, n) => ownerOf(idOf(100 + n))).filter(Boolean).length;
    expect(heldCount).toBe(32);
  });
});
