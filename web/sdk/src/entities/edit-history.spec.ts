import { beforeEach, describe, expect, it } from '@jest/globals';
import { entityIdOfBytes, entityIdToBytes, packProperties, unpackProperties } from '@app/wire';
import { EntityKit, idOf, stateOf } from '../../test/entity-kit.js';
import { HISTORY_STEPS_MAX } from './edit-history.js';

const A = idOf(1);
const B = idOf(2);
const C = idOf(3);

let kit: EntityKit;
let revision: number;

/** The server does what was asked last. */
async function change(
  properties: Record<string, unknown>,
  rest: { by?: number; removed?: string[] } = {},
): Promise<void> {
  const state = stateOf(
    A,
    {},
    {
      isPartial: true,
      revision: ++revision,
      properties: packProperties(properties as never),
      removed: rest.removed ?? [],
      editedBy: { sessionId: rest.by ?? 7, name: 'x' },
    },
  );
  await kit.settle([state]);
}

const lastEdit = () => kit.edits.at(-1)?.edits?.[0];

/** What the last edit changes. */
const lastChange = () => ({
  properties: unpackProperties(lastEdit()?.change?.properties),
  removed: lastEdit()?.change?.removed,
});

beforeEach(() => {
  kit = new EntityKit();
  kit.connect();
  revision = 1;
  kit.tell({ states: [stateOf(A, { name: 'lamp', visible: false })] });
});

describe('EditHistory', () => {
  it('takes back a change, property by property, and does it again', async () => {
    const { history } = kit.view;
    void kit.view.change(A, { name: 'sun', locked: true });
    await change({ name: 'sun', locked: true });
    expect(history.canUndo).toBe(true);
    void history.undo();
    expect(lastChange()).toEqual({ properties: { name: 'lamp' }, removed: ['locked'] });
    await change({ name: 'lamp' }, { removed: ['locked'] });
    expect([history.canUndo, history.canRedo]).toEqual([false, true]);
    void history.redo();
    expect(lastChange()).toEqual({ properties: { name: 'sun', locked: true }, removed: [] });
    await change({ name: 'sun', locked: true });
    expect([history.canUndo, history.canRedo]).toEqual([true, false]);
  });

  it('leaves alone what somebody else has changed since', async () => {
    void kit.view.change(A, { name: 'sun', visible: true });
    await change({ name: 'sun', visible: true });
    await change({ name: 'moon' }, { by: 99 });
    void kit.view.history.undo();
    expect(lastChange()).toEqual({ properties: { visible: false }, removed: [] });
  });

  it('does nothing when nothing is left to be taken back', async () => {
    void kit.view.change(A, { name: 'sun' });
    await change({ name: 'sun' });
    kit.tell({ erased: [entityIdToBytes(A)] });
    const count = kit.edits.length;
    await expect(kit.view.history.undo()).resolves.toBeUndefined();
    expect(kit.edits).toHaveLength(count);
    await expect(kit.view.history.undo()).resolves.toBeUndefined();
  });

  it('makes one step of a drag', async () => {
    for (let x = 1; x <= 20; x++) {
      void kit.view.change(A, { position: { x, y: 0, z: 0 } }, { step: 'drag 1' });
      await change({ position: { x, y: 0, z: 0 } });
    }
    void kit.view.history.undo();
    expect(lastChange()).toEqual({ properties: {}, removed: ['position'] });
    await change({}, { removed: ['position'] });
    expect(kit.view.history.canUndo).toBe(false);
    void kit.view.history.redo();
    expect(lastChange().properties).toEqual({ position: { x: 20, y: 0, z: 0 } });
  });

  it('brings back what was erased, with what was attached to it, parents first', async () => {
    kit.tell({ states: [stateOf(B, { parentID: A, name: 'b' }), stateOf(C, { parentID: B }, { type: 'Light' })] });
    void kit.view.erase(A);
    await kit.settle([], [A, B, C].map(entityIdToBytes));
    expect(kit.view.size).toBe(0);
    void kit.view.history.undo();
    const added = kit.edits.at(-1)?.edits?.map(({ add }) => [entityIdOfBytes(add?.id), add?.type]);
    expect(added).toEqual([
      [A, 'Box'],
      [B, 'Box'],
      [C, 'Light'],
    ]);
    expect(unpackProperties(kit.edits.at(-1)?.edits?.[1].add?.properties)).toEqual({ parentID: A, name: 'b' });
  });

  it('erases what was added or copied', async () => {
    void kit.view.edit([
      { kind: 'add', type: 'Box', id: B },
      { kind: 'clone', id: A, newId: C },
    ]);
    await kit.settle([stateOf(B), stateOf(C)]);
    void kit.view.history.undo();
    expect(kit.edits.at(-1)?.edits?.map(({ erase }) => entityIdOfBytes(erase?.id))).toEqual([C, B]);
  });

  it('keeps no step of an edit that was refused, or that was not meant for it', async () => {
    const refused = kit.view.change(A, { name: 'sun' });
    kit.answer({ requestFailed: { request: kit.edits[0].request, code: 'entity-locked', text: 'No.' } });
    await expect(refused).rejects.toThrow();
    void kit.view.change(A, { name: 'sun' }, { isUndoable: false });
    await change({ name: 'sun' });
    expect(kit.view.history.canUndo).toBe(false);
  });

  it('gives up what can be redone when something else is done, and is bounded', async () => {
    let changes = 0;
    kit.view.history.on('changed', () => changes++);
    for (let step = 0; step < HISTORY_STEPS_MAX + 20; step++) {
      void kit.view.change(A, { name: `${step}` });
      await change({ name: `${step}` });
    }
    let undone = 0;
    while (kit.view.history.canUndo) {
      void kit.view.history.undo();
      await change(lastChange().properties);
      undone++;
    }
    expect(undone).toBe(HISTORY_STEPS_MAX);
    expect(changes).toBeGreaterThan(HISTORY_STEPS_MAX);
    expect(kit.view.history.canRedo).toBe(true);
    void kit.view.change(A, { name: 'new' });
    await change({ name: 'new' });
    expect(kit.view.history.canRedo).toBe(false);
  });

  it('tries again what failed for a moment', async () => {
    void kit.view.change(A, { name: 'sun' });
    await change({ name: 'sun' });
    const failed = kit.view.history.undo();
    const request = kit.edits.at(-1)?.request;
    kit.answer({ requestFailed: { request, code: 'world-unavailable', text: 'No.' } });
    await expect(failed).rejects.toMatchObject({ retryable: true });
    expect(kit.view.history.canUndo).toBe(true);
  });
});
