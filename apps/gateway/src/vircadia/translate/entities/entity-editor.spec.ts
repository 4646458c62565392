import { SimClock } from '@app/testing';
import type { EntityId } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import type { SessionPort } from '../translator.js';
import { EntityEditor } from './entity-editor.js';
import type { EntityTeller } from './entity-teller.js';
import { groundOf, idOf } from './translator-bench.fixture.js';

describe('An editor of entities', () => {
  it('refuses what cannot be said to the world, once, and goes on with the rest', () => {
    const clock = new SimClock();
    const [drops, refused, requests]: [string[], EntityId[], number[]] = [[], [], []];
    const teller = {
      find: () => ({ entity: { type: 'Box' } }),
      refuse: (id: EntityId) => void refused.push(id),
      tellTruth: () => undefined,
    } as unknown as EntityTeller;
    const session = {
      nextRequest: () => requests.length + 1,
      reliable: ({ editEntities }: { editEntities: { edits: object[] } }) =>
        void requests.push(editEntities.edits.length),
    } as unknown as SessionPort;
    const editor = new EntityEditor(session, teller, groundOf(clock, drops));
    editor.clone(idOf(1), 'no id', clock.nowMs());
    editor.clone(idOf(1), idOf(2), clock.nowMs());
    for (let tick = 0; tick < 10; tick++) {
      editor.tick(clock.nowMs());
      clock.advance(50);
    }
    expect([requests, refused, drops]).toEqual([[1], ['no id'], ['vircadia-edit-unsayable']]);
  });
});
