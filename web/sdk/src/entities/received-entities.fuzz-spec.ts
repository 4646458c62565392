import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeMessage, entityIdToBytes } from '@app/wire';
import { EntityKit, idOf } from '../../test/entity-kit.js';

const id = fc.oneof(
  fc.integer({ min: 1, max: 6 }).map((digit) => entityIdToBytes(idOf(digit))),
  fc.uint8Array({ maxLength: 20 }),
);
const uint = fc.oneof(fc.nat(50), fc.maxSafeNat());
const number = fc.oneof(fc.double(), fc.double({ min: -10, max: 10 }), fc.constantFrom(NaN, Infinity, 1e300));
const text = fc.string({ unit: 'grapheme', maxLength: 70 });
const vector = fc.record({ x: number, y: number, z: number }, { requiredKeys: [] });
const rotation = fc.record({ x: number, y: number, z: number, w: number }, { requiredKeys: [] });
const value = fc.oneof(
  fc.record({ number }),
  fc.record({ text: fc.oneof(text, fc.integer({ min: 1, max: 6 }).map(idOf)) }),
  fc.record({ vector }),
  fc.record({ rotation }),
  fc.record({ truth: fc.boolean() }),
  fc.record({ colour: fc.nat(0xffff_ffff) }),
  fc.constant({}),
);
const name = fc.oneof(
  fc.constantFrom(
    'position',
    'rotation',
    'velocity',
    'angularVelocity',
    'parentID',
    'damping',
    '__proto__',
    'constructor',
  ),
  text,
);
const properties = fc.record({ properties: fc.array(fc.record({ name, value }), { maxLength: 8 }) });
const author = fc.record({ sessionId: fc.nat(), name: text });
const state = fc.record(
  {
    id,
    type: text,
    revision: uint,
    sequence: uint,
    createdAtMs: uint,
    editedAtMs: uint,
    movedAtMs: uint,
    properties,
    createdBy: author,
    editedBy: author,
    isPartial: fc.boolean(),
    removed: fc.array(name, { maxLength: 3 }),
  },
  { requiredKeys: ['id'] },
);
const news = fc.record(
  {
    states: fc.array(state, { maxLength: 6 }),
    erased: fc.array(id, { maxLength: 3 }),
    left: fc.array(id, { maxLength: 3 }),
    isReset: fc.boolean(),
    present: fc.array(id, { maxLength: 3 }),
    isEverything: fc.boolean(),
    generation: fc.nat(5),
    sequence: uint,
    serverTimeMs: uint,
  },
  { requiredKeys: [] },
);
const motion = fc.record(
  {
    id,
    atMs: uint,
    x: number,
    y: number,
    z: number,
    rotationW: number,
    rotationX: number,
    velocityX: number,
    angularZ: number,
  },
  { requiredKeys: [] },
);

describe('received entities', () => {
  it('whatever comes leaves finite transforms, names within their limits, and a consistent family', () => {
    const step = fc.oneof(
      news.map((fields) => (kit: EntityKit) => kit.tell(fields)),
      fc.array(motion, { maxLength: 5 }).map((motions) => (kit: EntityKit) => kit.move(...motions)),
      fc.nat(500).map((durationMs) => (kit: EntityKit) => kit.clock.advance(durationMs)),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const kit = new EntityKit();
        kit.connect();
        for (const take of steps) take(kit);
        for (const entity of kit.view) {
          const { position, rotation: turn } = kit.view.transformOf(entity.id) ?? { position: {}, rotation: {} };
          expect(Object.values(position).every(Number.isFinite)).toBe(true);
          expect(Object.values(turn).every(Number.isFinite)).toBe(true);
          expect(entity.type.length).toBeLessThanOrEqual(64);
          expect(entity.createdBy.name.length).toBeLessThanOrEqual(48);
          expect(new Date(entity.movedAtMs).getTime()).not.toBeNaN();
          const { parentId } = entity;
          if (parentId !== undefined) expect([...kit.view.childrenOf(parentId)]).toContain(entity);
        }
        expect(Object.hasOwn(Object.prototype, 'truth')).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('answers with any numbers settle nobody else and throw nothing', async () => {
    const result = fc.record({ id, revision: uint }, { requiredKeys: [] });
    const answer = fc.oneof(
      fc.record({ entitiesEdited: fc.record({ request: fc.nat(3), sequence: uint, results: fc.array(result) }) }),
      fc.record({
        requestFailed: fc.record({ request: fc.nat(3), code: text, text, field: text, editIndex: fc.nat() }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { maxLength: 5 }), async (answers) => {
        const kit = new EntityKit();
        kit.connect();
        const asked = kit.view.erase(idOf(1)).then(
          ({ results }) => results.every((each) => each.id.length === 36),
          (error: { code: string }) => /^[a-z0-9-]+$/.test(error.code),
        );
        for (const each of answers) {
          // Through the wire: what cannot be encoded cannot arrive either.
          encodeMessage('ServerReliable', each);
          kit.answer(each);
        }
        kit.clock.advance(20_000);
        expect(await asked).toBe(true);
      }),
    );
  });
});
