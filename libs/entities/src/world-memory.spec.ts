import { describe, expect, it } from '@jest/globals';
import {
  EDIT_REMEMBERED_MS_MIN,
  EDIT_RESULTS_REMEMBERED_MAX,
  EDIT_RESULTS_REMEMBERED_MIN,
  ENTITY_EDITS_MAX,
} from '@app/world';
import { decodeSnapshot, encodeSnapshot, type EntityTransaction, EntityWorld } from './index.js';
import { ADA, IDS } from './naive-world.fixture.js';
import { RememberedOutcomes } from './remembered-outcomes.js';
import { STATE_HASH_BYTES } from './state-hash.js';
import { add, change, START_MS, WorldKit } from './world-kit.fixture.js';

const transaction = (editId: string, ...edits: EntityTransaction['edits']): EntityTransaction => ({
  editId,
  author: ADA,
  edits,
});

const partsOf = (world: EntityWorld): Buffer => Buffer.concat([...world.encodeParts()]);

/** A world that had too many edits at START_MS. */
function fullWorld(): EntityWorld {
  const results = Array.from({ length: ENTITY_EDITS_MAX }, () => ({ id: IDS[0], revision: 1 }));
  const count = Math.ceil(EDIT_RESULTS_REMEMBERED_MAX / ENTITY_EDITS_MAX);
  const outcomes = new RememberedOutcomes();
  for (let i = 0; i < count; i++) outcomes.put(`old-${i}`, { sequence: 1, atMs: START_MS, results });
  return new EntityWorld({
    entities: [],
    outcomes,
    sequence: 1,
    writtenAtMs: START_MS,
    revisionFloor: 0,
    hash: new Uint8Array(STATE_HASH_BYTES),
  });
}

describe('what a world remembers of edits', () => {
  it('knows an edit for a minute, however many came after it', () => {
    const kit = new WorldKit();
    kit.append([transaction('first', add(IDS[0]))]);
    const perRecord = 512;
    for (let i = 0; i < (1.2 * EDIT_RESULTS_REMEMBERED_MIN) / perRecord; i++) {
      kit.atMs += 10;
      kit.append(
        Array.from({ length: perRecord }, (_, j) => transaction(`${i}-${j}`, change(IDS[0], { name: `${j}` }))),
      );
    }
    kit.atMs = EDIT_REMEMBERED_MS_MIN - 1;
    expect(kit.append([transaction('first', add(IDS[0]))])[0]).toMatchObject({ kind: 'repeated', sequence: 1 });
    // What is remembered is decided by the record before, so that whoever tries an edit and whoever reads it agree.
    kit.atMs++;
    expect(kit.append([transaction('first', add(IDS[0]))])[0].kind).toBe('repeated');
    expect(kit.append([transaction('first', add(IDS[0]))])[0]).toMatchObject({ kind: 'void', code: 'entity-exists' });
  });

  it('does nothing that it could not remember, for the writer and for readers alike', () => {
    const record = (editId: string, afterMs: number) => ({
      epoch: 1,
      writer: 'w',
      writtenAtMs: START_MS + afterMs,
      transactions: [transaction(editId, add(IDS[0]))],
    });
    const refused = { kind: 'void', code: 'world-busy' };
    const world = fullWorld();
    expect(world.apply(record('a', EDIT_REMEMBERED_MS_MIN - 1), 2)[0]).toMatchObject(refused);
    expect(world.check(record('a', 0).transactions, START_MS)[0]).toMatchObject(refused);
    const draft = world.draft(record('a', 0).transactions, START_MS + EDIT_REMEMBERED_MS_MIN);
    expect(draft.outcomes[0].kind).toBe('done');
    // The same edit again, after it was refused: it is done now, once.
    expect(world.apply(record('a', EDIT_REMEMBERED_MS_MIN), 3)[0].kind).toBe('done');
    expect(world.apply(record('a', EDIT_REMEMBERED_MS_MIN), 4)[0].kind).toBe('repeated');
  });

  it('forgets the same at the same time, whether it has read a snapshot or the log', async () => {
    const kit = new WorldKit();
    kit.append([transaction('a', add(IDS[0]))]);
    kit.atMs = 500;
    const results = Array.from({ length: ENTITY_EDITS_MAX }, () => change(IDS[0], { name: 'x' }));
    for (let i = 0; i < 70; i++) kit.append([transaction(`large-${i}`, ...results)]);
    const restored = await decodeSnapshot(encodeSnapshot(kit.world));
    for (const afterMs of [EDIT_REMEMBERED_MS_MIN, EDIT_REMEMBERED_MS_MIN + 500]) {
      kit.atMs = afterMs;
      kit.append([transaction(`at-${afterMs}`, change(IDS[0], { name: 'y' }))]);
      const entry = kit.log[kit.log.length - 1];
      const record = { epoch: 1, writer: 'w', writtenAtMs: START_MS + afterMs };
      const transactions = [transaction(`at-${afterMs}`, change(IDS[0], { name: 'y' }))];
      restored.apply({ ...record, transactions }, entry.sequence);
      expect(partsOf(restored).equals(partsOf(kit.world))).toBe(true);
      expect(restored.outcomeOf('a')).toBeUndefined();
      expect(restored.outcomeOf('large-0') === undefined).toBe(afterMs > EDIT_REMEMBERED_MS_MIN);
    }
  });
});
