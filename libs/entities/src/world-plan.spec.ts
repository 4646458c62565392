import { describe, expect, it } from '@jest/globals';
import { ENTITY_DEPTH_MAX, ENTITY_EDITS_MAX, type EntityId, type EntityProperties } from '@app/world';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { EntityError, type PlannedEntity, planTransition, transactionBytesOf } from './index.js';
import { ADA, anyRecords, IDS } from './naive-world.fixture.js';
import { add, change, contentsOf, erase, WorldKit, worldOf } from './world-kit.fixture.js';

const [A, B, C, D] = IDS;

/** The world that random records lead to. */
const anyKit = anyRecords.map((records) => {
  const kit = new WorldKit();
  for (const { transactions, writtenAtMs } of records) {
    kit.atMs = writtenAtMs - 1_785_000_000_000;
    kit.append(transactions);
  }
  return kit;
});

function planned(kit: WorldKit, target: Iterable<PlannedEntity>) {
  return planTransition(kit.world, target).flat();
}

describe('planTransition', () => {
  it('makes any world any other, and is then satisfied', () => {
    fc.assert(
      fc.property(anyKit, anyKit, fc.nat(9_000), (kit, other, laterMs) => {
        const target = [...other.world.entities()];
        kit.atMs += laterMs;
        kit.follow(planTransition(kit.world, target));
        const wanted = Object.values(contentsOf(target)).length;
        expect(kit.world.size).toBe(wanted);
        for (const { id, type, properties } of target) {
          const { parentID, ...rest } = properties;
          expect(kit.world.get(id)).toMatchObject({ type, properties: rest });
          expect(Object.keys(kit.world.get(id)?.properties ?? {}).sort()).toEqual(Object.keys(properties).sort());
          const parent = typeof parentID === 'string' && /[1-9a-f]/.test(parentID) ? parentID : null;
          expect(kit.world.get(id)?.properties.parentID ?? null).toEqual(parent);
        }
        const again = [...kit.world.entities()];
        expect(planTransition(kit.world, again)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is valid wherever it is divided', () => {
    fc.assert(
      fc.property(anyKit, anyKit, (kit, other) => {
        const target = [...other.world.entities()];
        for (const edit of planned(kit, target)) kit.do(ADA, edit);
        expect(Object.keys(contentsOf(kit.world.entities())).sort()).toEqual(target.map(({ id }) => id).sort());
      }),
    );
  });

  it('touches only what differs', () => {
    const kit = worldOf([add(A, { name: 'a', alpha: 1 }), add(B, { name: 'b' }), add(C, { parentID: B })]);
    const target: PlannedEntity[] = [
      { id: A, type: 'Box', properties: { name: 'other' } },
      { id: D, type: 'Sphere', properties: { parentID: A } },
    ];
    expect(planned(kit, target)).toEqual([
      change(A, { name: 'other' }, ['alpha']),
      add(D, { parentID: A }, 'Sphere'),
      erase(B),
    ]);
  });

  it('keeps children of something whose type changes', () => {
    const kit = worldOf([add(A), add(B, { parentID: A, name: 'child' })]);
    const before = kit.world.get(B)?.createdAtMs;
    kit.atMs = 1_000;
    const target: PlannedEntity[] = [
      { id: A, type: 'Sphere', properties: {} },
      { id: B, type: 'Box', properties: { parentID: A, name: 'child' } },
    ];
    kit.follow(planTransition(kit.world, target));
    expect(contentsOf(kit.world.entities())).toEqual(contentsOf(target));
    expect(kit.world.get(B)?.createdAtMs).toBe(before);
  });

  it('turns a tree upside down', () => {
    const ids = Array.from({ length: ENTITY_DEPTH_MAX }, () => randomUUID() as EntityId);
    const chain = (order: readonly EntityId[]) =>
      order.map((id, i) => ({ id, properties: (i === 0 ? {} : { parentID: order[i - 1] }) as EntityProperties }));
    const kit = worldOf(chain(ids).map(({ id, properties }) => add(id, properties)));
    const target = chain(ids.toReversed()).map((entity) => ({ ...entity, type: 'Box' }));
    const plan = planTransition(kit.world, target);
    expect(plan.flat()).toHaveLength(ids.length);
    kit.follow(plan);
    expect(contentsOf(kit.world.entities())).toEqual(contentsOf(target));
  });

  it('hangs a deep tree elsewhere although it is too deep there for a while', () => {
    const ids = Array.from({ length: ENTITY_DEPTH_MAX }, () => randomUUID() as EntityId);
    const kit = worldOf([...ids.map((id, i) => add(id, i === 0 ? {} : { parentID: ids[i - 1] })), add(A)]);
    // The chain hangs on A, but for its end, which hangs on nothing any more.
    const target = [
      { id: A, type: 'Box', properties: {} },
      ...ids.map((id, i) => ({
        id,
        type: 'Box',
        properties: (i === 0
          ? { parentID: A }
          : i === ids.length - 1
            ? {}
            : { parentID: ids[i - 1] }) as EntityProperties,
      })),
    ];
    kit.follow(planTransition(kit.world, target));
    expect(contentsOf(kit.world.entities())).toEqual(contentsOf(target));
  });

  it('puts things that move where they were, and leaves alone what nobody has touched', () => {
    const moving = { position: { x: 0, y: 0, z: 0 }, velocity: { x: 1, y: 0, z: 0 }, damping: 0 };
    const kit = worldOf([add(A, moving), add(B, moving)]);
    const target = [...kit.world.entities()];
    kit.atMs = 2_000;
    kit.do(ADA, change(A, { gravity: { x: 0, y: -1, z: 0 } }));
    expect(kit.world.get(A)?.properties.position).toEqual({ x: 2, y: 0, z: 0 });
    kit.atMs = 5_000;
    const plan = planTransition(kit.world, target);
    expect(plan.flat().map(({ id }) => id)).toEqual([A]);
    kit.follow(plan);
    expect(contentsOf(kit.world.entities())).toEqual(contentsOf(target));
    const asOf = planTransition(kit.world, target, target[0].movedAtMs + 3_000);
    kit.follow(asOf);
    expect(kit.world.get(B)?.properties.position).toEqual({ x: 3, y: 0, z: 0 });
  });

  it('divides what is much into transactions that the server takes', () => {
    const kit = new WorldKit();
    const text = 'ä'.repeat(1_000);
    const target = Array.from({ length: 2_500 }, (_, i) => ({
      id: randomUUID() as EntityId,
      type: 'Text',
      properties: { text: i % 3 === 0 ? text : 'short' },
    }));
    const plan = planTransition(kit.world, target);
    for (const edits of plan) {
      expect(edits.length).toBeLessThanOrEqual(ENTITY_EDITS_MAX);
      expect(transactionBytesOf({ editId: randomUUID(), author: ADA, edits })).toBeLessThan(262_144);
    }
    expect(plan.flat()).toHaveLength(2_500);
  });

  it('refuses what is no world, and names the entity', () => {
    const kit = new WorldKit();
    const refused = (target: Parameters<typeof planTransition>[1]): string => {
      try {
        planTransition(kit.world, target);
        return 'nothing';
      } catch (error) {
        return error instanceof EntityError ? `${error.code} ${error.field ?? ''} ${error.message}` : String(error);
      }
    };
    const box = (id: EntityId, properties: EntityProperties = {}) => ({ id, type: 'Box', properties });
    expect(refused([box('box-1')])).toContain('import-invalid id');
    expect(refused([box(A), box(A)])).toContain(`The entity ${A} is there twice`);
    expect(refused([box(A, { parentID: B })])).toContain(`The parent ${B} of the entity ${A} is missing`);
    expect(refused([box(A, { parentID: B }), box(B, { parentID: A })])).toContain('hangs on itself');
    expect(refused([box(A, { position: { x: NaN, y: 0, z: 0 } })])).toContain('import-invalid position.x');
    expect(refused([{ ...box(A), type: '' }])).toContain('import-invalid type');
  });
});
