import { describe, expect, it } from '@jest/globals';
import { entryOf, NEW_ENTITIES } from './new-entity.js';

describe('The menu of what can be made', () => {
  const material = NEW_ENTITIES.find(({ type }) => type === 'Material')!;

  it('says beforehand what needs a thing that is chosen', () => {
    expect(entryOf(material, false)).toEqual({ isReady: false, help: expect.stringContaining('Choose a thing first') });
    expect(entryOf(material, true)).toEqual({ isReady: true, help: material.help });
  });

  it('offers everything else at any time', () => {
    const refused = NEW_ENTITIES.filter((wanted) => !entryOf(wanted, false).isReady);
    expect(refused).toEqual([material]);
  });
});
