import { beforeEach, describe, expect, it } from '@jest/globals';
import { entityIdToBytes } from '@app/wire';
import { EntityKit, idOf, partial, stateOf } from '../../test/entity-kit.js';
import { EntityError } from './entity-types.js';

const A = idOf(1);
const bytesOf = entityIdToBytes;

let kit: EntityKit;

beforeEach(() => {
  kit = new EntityKit();
  kit.connect();
});

describe('own edits', () => {
  it('settle with the place in the log, and the id of what was added is known', async () => {
    const added = kit.view.add('Box', { name: 'lamp' });
    const [{ request, edits }] = kit.edits;
    const id = edits?.[0].add?.id as Uint8Array;
    expect(id).toHaveLength(16);
    kit.answer({ entitiesEdited: { request, sequence: 5, results: [{ id, revision: 5 }] } });
    expect(bytesOf(await added)).toEqual(id);
  });

  it('fail with the edit and the property that are wrong', async () => {
    const asked = kit.view.edit([{ kind: 'change', id: A, properties: { name: 'x' } }]);
    const request = kit.edits[0].request;
    kit.answer({ requestFailed: { request, code: 'edit-invalid', text: 'No.', field: 'position.x', editIndex: 3 } });
    await expect(asked).rejects.toMatchObject({
      code: 'edit-invalid',
      message: 'No.',
      field: 'position.x',
      editIndex: 3,
    });
    await expect(asked).rejects.toBeInstanceOf(EntityError);
    expect(kit.answer({ requestFailed: { request: 99, code: 'text-invalid', text: 'No.' } })).toBe(false);
  });

  it('fail at once when no server would take them', async () => {
    await expect(kit.view.edit([])).rejects.toMatchObject({ code: 'edit-too-many' });
    await expect(kit.view.erase('nonsense')).rejects.toMatchObject({ code: 'edit-invalid', editIndex: 0 });
    const text = 'x'.repeat(60_000);
    const many = Array.from({ length: 5 }, () => ({ kind: 'add', type: 'Text', properties: { text } }) as const);
    await expect(kit.view.edit(many)).rejects.toMatchObject({ code: 'edit-too-large' });
    expect(kit.edits).toHaveLength(0);
  });

  it('are asked again with the same number after an interruption, but not in another session', async () => {
    const first = kit.view.erase(A);
    kit.view.detach();
    kit.connect(true, true);
    expect(kit.edits.map(({ request }) => request)).toEqual([kit.edits[0].request, kit.edits[0].request]);
    kit.view.detach();
    kit.connect(true, false);
    await expect(first).rejects.toMatchObject({ code: 'request-interrupted' });
    expect(kit.edits).toHaveLength(2);
  });

  it('fail when nobody answers, and when the world was left', async () => {
    const silent = kit.view.erase(A);
    kit.clock.advance(16_000);
    await expect(silent).rejects.toMatchObject({ code: 'request-timeout' });
    const left = kit.view.erase(A);
    kit.view.close();
    await expect(left).rejects.toMatchObject({ code: 'left-world' });
    await expect(kit.view.erase(A)).rejects.toMatchObject({ code: 'request-interrupted' });
  });
});

describe('previews', () => {
  beforeEach(() => {
    kit.tell({ states: [stateOf(A, { name: 'lamp', position: { x: 1, y: 0, z: 0 } })] });
    kit.take();
  });

  it('are shown until they are taken away, over whatever the server says', () => {
    kit.view.preview(A, { position: { x: 5, y: 0, z: 0 } });
    expect(kit.view.transformOf(A)?.position.x).toBe(5);
    expect(kit.view.get(A)?.properties.position).toEqual({ x: 1, y: 0, z: 0 });
    kit.tell({ states: [stateOf(A, {}, partial({ position: { x: 2, y: 0, z: 0 } }, 2))] });
    expect(kit.view.transformOf(A)?.position.x).toBe(5);
    kit.view.preview(A, undefined);
    expect(kit.view.transformOf(A)?.position.x).toBe(2);
    expect(kit.take()).toEqual(['changed 1 position', 'changed 1 position', 'changed 1 position']);
  });

  it('of edits go when the server has told the new revision', async () => {
    const asked = kit.view.change(A, { name: 'sun' }, { isPreviewed: true });
    expect(kit.view.get(A)?.get('name')).toBe('sun');
    const request = kit.edits[0].request;
    kit.answer({ entitiesEdited: { request, sequence: 3, results: [{ id: bytesOf(A), revision: 3 }] } });
    await asked;
    expect(kit.view.get(A)?.isPreviewed).toBe(true);
    kit.tell({ states: [stateOf(A, {}, partial({ name: 'SUN' }, 3))] });
    expect(kit.view.get(A)).toMatchObject({ isPreviewed: false });
    expect(kit.view.get(A)?.get('name')).toBe('SUN');
  });

  it('of edits go when the server refuses them', async () => {
    const asked = kit.view.change(A, { name: 'sun' }, { isPreviewed: true });
    kit.answer({ requestFailed: { request: kit.edits[0].request, code: 'entity-locked', text: 'No.' } });
    await expect(asked).rejects.toMatchObject({ code: 'entity-locked' });
    expect(kit.view.get(A)?.get('name')).toBe('lamp');
  });
});
