import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { divideEdits, type EntityEdit, EntityWorld, planUndo, type UndoPlan } from './index.js';
import { ADA, anyRecords, BO, IDS } from './naive-world.fixture.js';
import { add, change, contentsOf, erase, START_MS, WorldKit } from './world-kit.fixture.js';

const [A, B, C, D] = IDS;
const PHYSICS = { sessionId: 0, name: 'physics' };

/** Undoes what Ada has done from 1 s to 2 s, for real. */
async function undoAda(kit: WorldKit): Promise<UndoPlan> {
  const selection = { author: { name: 'Ada' }, fromMs: START_MS + 1_000, toMs: START_MS + 2_000 };
  const plan = await planUndo(new EntityWorld(), kit.entries(), selection);
  kit.follow(divideEdits(plan.edits));
  return plan;
}

/** A world with these entities of Bo's, at the moment at which the undone time begins. */
function made(...edits: EntityEdit[]): WorldKit {
  const kit = new WorldKit();
  if (edits.length > 0) kit.do(BO, ...edits);
  kit.atMs = 1_000;
  return kit;
}

describe('planUndo', () => {
  it('gives properties back the values that they had', async () => {
    const kit = made(add(A, { name: 'chair', alpha: 0.5 }), add(B));
    const before = contentsOf(kit.world.entities());
    kit.do(ADA, change(A, { name: 'x', visible: false }, ['alpha']));
    kit.do(ADA, change(A, { name: 'y' }), change(B, { constructor: true }));
    expect((await undoAda(kit)).kept).toEqual([]);
    expect(contentsOf(kit.world.entities())).toEqual(before);
  });

  it('leaves what others have changed since, property by property', async () => {
    const kit = made(add(A, { name: 'chair', alpha: 0.5 }));
    kit.do(ADA, change(A, { name: 'x', alpha: 1 }));
    kit.do(BO, change(A, { name: 'table' }));
    await undoAda(kit);
    expect(kit.world.get(A)?.properties).toEqual({ name: 'table', alpha: 0.5 });
  });

  it('goes back to what others have made of it in between', async () => {
    const kit = made(add(A, { name: 'chair' }));
    kit.do(ADA, change(A, { name: 'x' }));
    kit.do(BO, change(A, { name: 'table' }));
    kit.do(ADA, change(A, { name: 'y' }));
    await undoAda(kit);
    expect(kit.world.get(A)?.properties).toEqual({ name: 'table' });
  });

  it('leaves what the author did before and after that time', async () => {
    const kit = made(add(A, { name: 'chair' }));
    kit.atMs = 500;
    kit.do(ADA, change(A, { alpha: 0.1 }));
    kit.atMs = 1_500;
    kit.do(ADA, change(A, { alpha: 0.2, name: 'x' }));
    kit.atMs = 2_500;
    kit.do(ADA, change(A, { name: 'y' }));
    await undoAda(kit);
    expect(kit.world.get(A)?.properties).toEqual({ name: 'y', alpha: 0.1 });
  });

  it('brings back a whole tree as it was', async () => {
    const kit = made(add(A, { name: 'table' }), add(B, { parentID: A, name: 'cup' }), add(C, { parentID: B }));
    const before = contentsOf(kit.world.entities());
    kit.do(ADA, change(B, { name: 'spoilt' }));
    kit.do(ADA, erase(A));
    expect((await undoAda(kit)).kept).toEqual([]);
    expect(contentsOf(kit.world.entities())).toEqual(before);
  });

  it('takes away what was added, with what the author has hung on it', async () => {
    const kit = made(add(A));
    kit.do(ADA, add(B), add(C, { parentID: B }), add(D, { parentID: A }));
    const { edits, kept } = await undoAda(kit);
    expect(kept).toEqual([]);
    expect(edits).toEqual([erase(B), erase(D)]);
    expect(Object.keys(contentsOf(kit.world.entities()))).toEqual([A]);
  });

  it('keeps what was added when others have changed it or hung something on it', async () => {
    const kit = made();
    kit.do(ADA, add(A), add(B), add(C), add(D, { parentID: C }));
    kit.do(BO, change(A, { name: 'nice' }), add(IDS[5], { parentID: B }), change(D, { name: 'mine' }));
    const { edits, kept } = await undoAda(kit);
    expect(edits).toEqual([]);
    expect(kept).toEqual([
      { id: A, reason: 'changed-since' },
      { id: B, reason: 'has-children' },
      { id: C, reason: 'has-children' },
      { id: D, reason: 'changed-since' },
    ]);
  });

  it('hangs back what was hung on something that goes', async () => {
    const kit = made(add(A), add(B, { parentID: A }));
    kit.do(ADA, add(C), change(B, { parentID: C }));
    expect((await undoAda(kit)).kept).toEqual([]);
    expect(contentsOf(kit.world.entities())).toEqual({
      [A]: { type: 'Box', properties: {} },
      [B]: { type: 'Box', properties: { parentID: A } },
    });
  });

  it('undoes that parent and child have changed places', async () => {
    const kit = made(add(A), add(B, { parentID: A }), add(C, { parentID: B }));
    const before = contentsOf(kit.world.entities());
    kit.do(ADA, change(C, {}, ['parentID']), change(B, { parentID: C }), change(A, { parentID: B }));
    expect((await undoAda(kit)).kept).toEqual([]);
    expect(contentsOf(kit.world.entities())).toEqual(before);
  });

  it('says what cannot come back because its place is gone', async () => {
    const kit = made(add(A), add(B, { parentID: A, name: 'cup' }), add(C), add(D, { parentID: C }));
    kit.do(ADA, erase(B), change(D, { parentID: '', name: 'x' }));
    kit.do(BO, erase(A), erase(C));
    const { kept } = await undoAda(kit);
    expect(kept).toEqual([
      { id: B, reason: 'parent-gone' },
      { id: D, property: 'parentID', reason: 'parent-gone' },
    ]);
    expect(kit.world.get(D)?.properties).toEqual({ parentID: '' });
  });

  it('says what others have made again', async () => {
    const kit = made(add(A, { name: 'old' }));
    kit.do(ADA, erase(A));
    kit.do(BO, add(A, { name: 'new' }));
    expect((await undoAda(kit)).kept).toEqual([{ id: A, reason: 'made-again' }]);
    expect(kit.world.get(A)?.properties).toEqual({ name: 'new' });
  });

  it('undoes erasing and making again', async () => {
    const kit = made(add(A, { name: 'old', alpha: 1 }), add(B));
    kit.do(ADA, erase(A), add(A, { name: 'new' }), erase(B));
    kit.do(ADA, add(B, {}, 'Sphere'));
    expect((await undoAda(kit)).kept).toEqual([{ id: B, reason: 'type-changed' }]);
    expect(kit.world.get(A)?.properties).toEqual({ name: 'old', alpha: 1 });
  });

  it('leaves erased what others have erased', async () => {
    const kit = made(add(A), add(B));
    kit.do(ADA, change(A, { name: 'x' }), add(C));
    kit.do(BO, erase(A), erase(C));
    expect(await undoAda(kit)).toEqual({ edits: [], kept: [] });
  });

  it('does not take the fall of a thing for a change of somebody else', async () => {
    const kit = made(add(A, { position: { x: 0, y: 0, z: 0 } }));
    kit.do(ADA, change(A, { position: { x: 5, y: 9, z: 0 } }), add(B, { dynamic: true }));
    kit.do(PHYSICS, change(A, { position: { x: 5, y: 0, z: 0 } }), change(B, { position: { x: 1, y: 0, z: 0 } }));
    expect((await undoAda(kit)).kept).toEqual([]);
    expect(contentsOf(kit.world.entities())).toEqual({
      [A]: { type: 'Box', properties: { position: { x: 0, y: 0, z: 0 } } },
    });
  });

  it('can be undone itself', async () => {
    const kit = made(add(A, { name: 'chair' }), add(B));
    kit.do(ADA, change(A, { name: 'x' }), erase(B), add(C));
    const after = contentsOf(kit.world.entities());
    kit.atMs = 3_000;
    await undoAda(kit);
    const selection = { author: { sessionId: 0 }, fromMs: START_MS + 3_000, toMs: START_MS + 3_000 };
    const { edits } = await planUndo(new EntityWorld(), kit.entries(), selection);
    kit.follow(divideEdits(edits));
    expect(contentsOf(kit.world.entities())).toEqual(after);
  });

  it('brings back everything when nobody else has done anything, and can always be done', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, anyRecords, fc.boolean(), async (before, after, isAlone) => {
        const kit = new WorldKit();
        const still = (records: typeof before, author?: typeof ADA) =>
          records
            .flatMap(({ transactions }) => transactions)
            .map((transaction) => ({
              ...transaction,
              author: author ?? transaction.author,
              edits: transaction.edits.map((edit) => {
                if (edit.kind === 'erase') return edit;
                return { ...edit, properties: { ...edit.properties, velocity: { x: 0, y: 0, z: 0 } } };
              }),
            }));
        kit.append(still(before));
        const was = contentsOf(kit.world.entities());
        kit.atMs = 1_000;
        kit.append(still(after, isAlone ? ADA : undefined));
        const { kept } = await undoAda(kit);
        const isEasy = isAlone && !kept.some(({ reason }) => reason === 'type-changed');
        if (isEasy) expect({ kept, now: contentsOf(kit.world.entities()) }).toEqual({ kept: [], now: was });
      }),
      { numRuns: 200 },
    );
  });
});
