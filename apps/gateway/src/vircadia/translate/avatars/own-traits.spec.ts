import { TraitType } from '@app/vircadia';
import { AVATAR_EXTRA_BYTES_MAX, AVATAR_EXTRAS_BYTES_MAX } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import { OwnTraits } from './own-traits.js';

const WORN = TraitType.AvatarEntity;
const idOf = (index: number): string => `00000000-0000-4000-8000-${index.toString().padStart(12, '0')}`;
const trait = (index: number, data: Uint8Array | undefined) => ({ type: WORN, instanceId: idOf(index), data });

describe('Traits of one’s own avatar', () => {
  it('that are too many are told from those that are old, and may come again when there is room', () => {
    const traits = new OwnTraits();
    const large = new Uint8Array(AVATAR_EXTRA_BYTES_MAX);
    const room = Math.floor(AVATAR_EXTRAS_BYTES_MAX / AVATAR_EXTRA_BYTES_MAX) - 1;
    for (let index = 0; index < room; index++) expect(traits.take(trait(index, large), 1)).toBe('new');
    expect(traits.take(trait(room, large), 2)).toBe('full');
    expect(traits.take(trait(0, large), 1)).toBe('nothing');
    expect(traits.take(trait(0, undefined), 3)).toBe('new');
    expect(traits.take(trait(room, large), 2)).toBe('new');
    expect(traits.entries()).toHaveLength(room);
  });
});
