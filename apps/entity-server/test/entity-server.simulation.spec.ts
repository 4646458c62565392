import { afterEach, describe, expect, it } from '@jest/globals';
import { add, change, EntityStage, idOf } from './entity-stage.js';

let stage: EntityStage;
afterEach(() => stage.end());

describe('An entity-server', () => {
  it('answers an edit with its place in the log and the revision', async () => {
    stage = new EntityStage();
    await stage.start('es-1');
    const added = await stage.during(stage.edit([add(idOf(1), { name: 'lamp' })]));
    expect(added).toMatchObject({ errorCode: '', sequence: 2 });
    expect(added.results).toHaveLength(1);
    const changed = await stage.during(stage.edit([change(idOf(1), { name: 'Lamp' })]));
    expect(changed.sequence).toBe(3);
    expect(stage.inspect('es-1')).toMatchObject({ count: 1, sequence: 3 });
  });
});
