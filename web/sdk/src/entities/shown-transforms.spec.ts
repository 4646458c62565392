import { beforeEach, describe, expect, it } from '@jest/globals';
import { entityIdToBytes, packProperties, type vicinity } from '@app/wire';
import { EntityKit, idOf, OWN_ID, stateOf } from '../../test/entity-kit.js';

const A = idOf(1);
const B = idOf(2);
const T = 1_764_000_000_000;

let kit: EntityKit;

beforeEach(() => {
  kit = new EntityKit();
  kit.connect();
  kit.tell({ serverTimeMs: T });
});

const motionOf = (
  x: number,
  atMs: number,
  rest: Partial<vicinity.v1.EntityMotion.$Properties> = {},
): vicinity.v1.EntityMotion.$Properties => ({ id: entityIdToBytes(A), atMs, x, rotationW: 1, ...rest });

describe('the time of the server', () => {
  it('is that of the news that came fastest, and half a round trip', () => {
    expect(kit.view.serverNowMs()).toBeCloseTo(T + 20, 3);
    kit.clock.advance(100);
    kit.tell({ serverTimeMs: T + 50 });
    expect(kit.view.serverNowMs()).toBeCloseTo(T + 120, 3);
    kit.tell({ serverTimeMs: T + 130 });
    expect(kit.view.serverNowMs()).toBeCloseTo(T + 150, 3);
  });
});

describe('where things are', () => {
  it('goes through what they are attached to', () => {
    const half = Math.SQRT1_2;
    const parent = { position: { x: 10, y: 0, z: 0 }, rotation: { x: 0, y: half, z: 0, w: half } };
    kit.tell({ states: [stateOf(A, parent), stateOf(B, { parentID: A, position: { x: 0, y: 1, z: -2 } })] });
    const { position, rotation } = kit.view.transformOf(B) ?? {};
    expect(position?.x).toBeCloseTo(8, 9);
    expect(position?.y).toBeCloseTo(1, 9);
    expect(position?.z).toBeCloseTo(0, 9);
    expect(rotation?.y).toBeCloseTo(half, 9);
    expect(kit.view.localTransformOf(B)?.position).toEqual({ x: 0, y: 1, z: -2 });
    expect(kit.view.transformOf(idOf(9))).toBeUndefined();
  });

  it('does not go round in circles', () => {
    kit.tell({ states: [stateOf(A, { parentID: B }), stateOf(B, { parentID: A })] });
    expect(kit.view.transformOf(A)?.position).toBeDefined();
  });

  it('goes on by dead reckoning from the moment that the log names', () => {
    const moving = { position: { x: 0, y: 0, z: 0 }, velocity: { x: 2, y: 0, z: 0 }, damping: 0 };
    kit.tell({ states: [stateOf(A, moving, { movedAtMs: T })] });
    expect(kit.view.transformOf(A, T + 500)?.position.x).toBeCloseTo(1, 9);
    expect(kit.view.transformOf(A, T - 500)?.position.x).toBe(0);
    kit.tell({ states: [stateOf(B, { parentID: A }), stateOf(idOf(3))] });
    expect([A, B, idOf(3), idOf(9)].map((id) => kit.view.isMoving(id))).toEqual([true, true, false, false]);
  });
});

describe('simulated bodies', () => {
  const now = () => kit.view.serverNowMs();
  const xNow = () => kit.view.transformOf(A)?.position.x ?? NaN;

  beforeEach(() => {
    kit.tell({ states: [stateOf(A, { position: { x: 0, y: 0, z: 0 } }, { movedAtMs: T - 1_000 })] });
  });

  it('follow what is heard of them without steps, and go on between two words', () => {
    let before = xNow();
    let largest = 0;
    for (let step = 0; step <= 60; step++) {
      // Heard 50 ms late, with jitter in the positions; the body moves 3 m/s.
      if (step % 2 === 0) {
        const atMs = Math.round(now()) - 50;
        kit.move(motionOf((3 * (atMs - T)) / 1_000 + (step % 4 === 0 ? 0.02 : -0.02), atMs, { velocityX: 3 }));
      }
      kit.clock.advance(16);
      largest = Math.max(largest, Math.abs(xNow() - before));
      before = xNow();
    }
    expect(largest).toBeLessThan(0.12);
    expect(xNow()).toBeCloseTo((3 * (now() - T)) / 1_000, 1);
    expect(kit.view.ownerOf(A)).toBe(0);
  });

  it('take only newer words, and none from the far future or from before the log', () => {
    kit.move(motionOf(1, Math.round(now()) - 10));
    kit.move(motionOf(2, Math.round(now()) - 30));
    kit.move(motionOf(3, Math.round(now()) + 60_000));
    kit.clock.advance(1_000);
    expect(xNow()).toBeCloseTo(1, 2);
    kit.move(motionOf(4, T - 2_000));
    expect(xNow()).toBeCloseTo(1, 2);
  });

  it('stop where they are when nothing is heard any more', () => {
    kit.move(motionOf(0, Math.round(now()), { velocityX: 4 }));
    kit.clock.advance(5_000);
    expect(xNow()).toBeCloseTo(1, 1);
  });

  it('come to rest where the log says, without a jump', () => {
    kit.move(motionOf(1, Math.round(now())));
    kit.clock.advance(1_000);
    const properties = packProperties({ position: { x: 1.2, y: 0, z: 0 } });
    const movedAtMs = Math.round(now());
    kit.tell({ states: [stateOf(A, {}, { isPartial: true, revision: 2, properties, movedAtMs })] });
    expect(xNow()).toBeCloseTo(1, 3);
    kit.clock.advance(40);
    expect(xNow()).toBeGreaterThan(1.03);
    expect(xNow()).toBeLessThan(1.17);
    kit.clock.advance(1_000);
    expect(xNow()).toBe(1.2);
  });

  it('jump when they were put elsewhere', () => {
    kit.move(motionOf(100, Math.round(now())));
    expect(xNow()).toBe(100);
  });

  it('leave out nonsense', () => {
    kit.move(motionOf(NaN, Math.round(now())), motionOf(1e9, Math.round(now())), { id: new Uint8Array(3) }, {});
    expect(xNow()).toBe(0);
  });
});

describe('what a client holds itself', () => {
  const place = (x: number) => ({ position: { x, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } });
  const claims = () => kit.sent.flatMap(({ claimEntity }) => (claimEntity ? [claimEntity.priority] : []));

  beforeEach(() => {
    kit.tell({ states: [stateOf(A)] });
    kit.take();
  });

  it('is claimed, said again every second and on a new connection, moved 30 times a second, and let go', () => {
    kit.view.claim(A);
    for (let frame = 0; frame < 60; frame++) {
      kit.view.move(A, { ...place(frame), velocity: { x: 1, y: 0, z: 0 } });
      expect(kit.view.transformOf(A)?.position.x).toBeCloseTo(frame, 1);
      kit.clock.advance(16);
    }
    expect(kit.sentRealtime.length).toBeGreaterThan(18);
    expect(kit.sentRealtime.length).toBeLessThanOrEqual(31);
    expect(kit.sentRealtime[0].entityMotion).toMatchObject({ rotationW: 1, velocityX: 1 });
    kit.clock.advance(1_100);
    expect(claims()).toEqual([255, 255, 255]);
    kit.view.detach();
    kit.connect(true, true);
    expect(claims()).toEqual([255, 255, 255, 255]);
    kit.view.letGo(A);
    kit.clock.advance(5_000);
    expect(claims()).toEqual([255, 255, 255, 255, 0]);
  });

  it('is not moved by what comes back of our own words, and is lost when somebody else has it', () => {
    kit.view.claim(A);
    kit.view.move(A, place(1));
    kit.move(motionOf(7, Math.round(kit.view.serverNowMs()), { ownerId: OWN_ID }));
    kit.move(motionOf(8, Math.round(kit.view.serverNowMs()), { ownerId: 99 }));
    expect(kit.view.transformOf(A)?.position.x).toBeCloseTo(1, 3);
    kit.clock.advance(2_000);
    kit.move(motionOf(9, Math.round(kit.view.serverNowMs()), { ownerId: 99 }));
    expect(kit.take()).toEqual(['taken 1']);
    expect(kit.view.isHeld(A)).toBe(false);
    expect(kit.view.ownerOf(A)).toBe(99);
  });
});
