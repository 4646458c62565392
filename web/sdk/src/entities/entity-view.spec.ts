import { beforeEach, describe, expect, it } from '@jest/globals';
import { entityIdToBytes } from '@app/wire';
import { EntityKit, idOf, partial, stateOf } from '../../test/entity-kit.js';

const A = idOf(1);
const B = idOf(2);
const C = idOf(3);
const bytesOf = entityIdToBytes;

let kit: EntityKit;

beforeEach(() => {
  kit = new EntityKit();
  kit.connect();
});

describe('what an EntityView knows', () => {
  it('is what it is told: whole entities, changes, and who is gone', () => {
    kit.tell({ states: [stateOf(A, { name: 'lamp', visible: false })] });
    kit.tell({ states: [stateOf(A, {}, partial({ name: 'sun' }, 2, ['visible']))] });
    expect(kit.view.get(A)?.properties).toEqual({ name: 'sun' });
    expect(kit.view.get(A)?.get('visible')).toBe(true);
    expect(kit.view.get(A)?.revision).toBe(2);
    kit.tell({ states: [stateOf(B)], erased: [bytesOf(A)] });
    kit.tell({ left: [bytesOf(B)] });
    expect(kit.take()).toEqual(['added 1', 'changed 1 name,visible', 'added 2', 'removed 1 erased', 'removed 2 left']);
    expect(kit.view.size).toBe(0);
  });

  it('keeps the same object for an entity, with its type, its authors and its children', () => {
    const createdBy = { sessionId: 9, name: 'Ben' };
    kit.tell({ states: [stateOf(A, {}, { createdBy }), stateOf(B, { parentID: A }), stateOf(C, { parentID: A })] });
    const entity = kit.view.get(A);
    expect(entity).toMatchObject({ type: 'Box', createdBy, editedBy: { name: 'Ada' } });
    expect([...kit.view.childrenOf(A)].map(({ id }) => id)).toEqual([B, C]);
    kit.tell({ states: [stateOf(B, {}, partial({ parentID: C }, 2))] });
    expect([...kit.view.childrenOf(A)].map(({ id }) => id)).toEqual([C]);
    expect([...kit.view.childrenOf(C)].map(({ id }) => id)).toEqual([B]);
    kit.tell({ states: [stateOf(A, { name: 'x' }, { revision: 5 })] });
    expect(kit.view.get(A)).toBe(entity);
  });

  it('does not fall back to an older revision', () => {
    kit.tell({ states: [stateOf(A, { name: 'new' }, { revision: 5 })] });
    kit.tell({ states: [stateOf(A, { name: 'old' }, { revision: 4 })] });
    expect(kit.view.get(A)?.get('name')).toBe('new');
  });

  it('stays over an interruption, and is told only what has changed meanwhile', () => {
    kit.tell({ isReset: true, states: [stateOf(A), stateOf(B), stateOf(C)] });
    kit.tell({ isEverything: true, generation: 1, sequence: 41 });
    expect(kit.view.isEverything).toBe(true);
    kit.take();
    kit.view.detach();
    kit.connect(true, true);
    expect(kit.interests.map(({ knownSequence }) => knownSequence)).toEqual([0, 41]);
    kit.tell({ isReset: true, present: [bytesOf(A)] });
    expect(kit.view.isEverything).toBe(false);
    kit.tell({ states: [stateOf(B, { name: 'b' }, { revision: 2 })], isEverything: true, generation: 1, sequence: 50 });
    expect(kit.take()).toEqual(['reset', 'changed 2 name', 'removed 3 left', 'everything']);
    expect(kit.view.sequence).toBe(50);
  });

  it('is asked for anew when the server takes for known what is not, but not for ever', () => {
    kit.tell({ isReset: true, states: [stateOf(A)], isEverything: true, generation: 1, sequence: 41 });
    kit.clock.advance(6_000);
    kit.tell({ isReset: true, present: [bytesOf(A), bytesOf(B)] });
    kit.tell({ isEverything: true, generation: 1, sequence: 50 });
    expect(kit.interests.at(-1)?.knownSequence).toBe(0);
    const count = kit.interests.length;
    for (let turn = 0; turn < 10; turn++) {
      kit.tell({ isReset: true, present: [bytesOf(B)], isEverything: true, generation: 1, sequence: 50 });
    }
    expect(kit.interests).toHaveLength(count);
  });

  it('is forgotten with the world', () => {
    kit.tell({ states: [stateOf(A)], isEverything: true, generation: 1, sequence: 41 });
    kit.view.close();
    expect(kit.take()).toEqual(['added 1', 'everything', 'removed 1 forgotten']);
    kit.connect();
    expect(kit.interests.at(-1)?.knownSequence).toBe(0);
  });
});

describe('interest', () => {
  it('is sent once connected, and is everything only when the newest wish was followed', () => {
    expect(kit.interests).toMatchObject([{ generation: 1, radiusM: 0 }]);
    kit.clock.advance(1_000);
    kit.view.setInterest({ radiusM: 100, types: ['Box'] });
    expect(kit.interests.at(-1)).toMatchObject({ generation: 2, radiusM: 100, types: ['Box'] });
    kit.tell({ isEverything: true, generation: 1 });
    expect(kit.view.isEverything).toBe(false);
    kit.tell({ isEverything: true, generation: 2 });
    expect(kit.view.isEverything).toBe(true);
  });

  it('follows the camera cheaply: five times a second at most, and not when it hardly moves', () => {
    kit.clock.advance(1_000);
    kit.sent.length = 0;
    for (let frame = 0; frame < 120; frame++) {
      const yaw = frame / 20;
      const direction = { x: Math.sin(yaw), y: 0, z: -Math.cos(yaw) };
      kit.view.setViews([{ position: { x: 0, y: 1.6, z: 0 }, direction, halfAngleRad: 0.7 }]);
      kit.clock.advance(16);
    }
    expect(kit.interests.length).toBeGreaterThan(8);
    expect(kit.interests.length).toBeLessThanOrEqual(11);
    kit.clock.advance(1_000);
    kit.sent.length = 0;
    for (let frame = 0; frame < 120; frame++) {
      const direction = { x: Math.sin(6) + frame / 5_000, y: 0, z: -Math.cos(6) };
      kit.view.setViews([{ position: { x: frame / 1_000, y: 1.6, z: 0 }, direction, halfAngleRad: 0.7 }]);
      kit.clock.advance(16);
    }
    expect(kit.interests.length).toBeLessThanOrEqual(1);
  });

  it('tells now and then up to where the world is known', () => {
    kit.tell({ isReset: true, isEverything: true, generation: 1, sequence: 41 });
    expect(kit.interests).toHaveLength(1);
    kit.clock.advance(20_000);
    kit.tell({ sequence: 50 });
    kit.tell({ sequence: 51 });
    expect(kit.interests.map(({ generation, knownSequence }) => [generation, knownSequence])).toEqual([
      [1, 0],
      [1, 50],
    ]);
  });

  it.each([
    ['a radius beyond the world', { radiusM: 20_000 }],
    ['a radius that is none', { radiusM: NaN }],
    [
      'a view into nowhere',
      { views: [{ position: { x: 0, y: 0, z: 0 }, direction: { x: 0, y: 0, z: 0 }, halfAngleRad: 1 }] },
    ],
    ['too many types', { types: new Array<string>(33).fill('Box') }],
    ['too much text', { types: new Array<string>(32).fill('x'.repeat(32)) }],
  ])('refuses %s', (_name, options) => {
    expect(() => kit.view.setInterest(options)).toThrow(expect.objectContaining({ code: 'request-invalid' }));
  });
});
