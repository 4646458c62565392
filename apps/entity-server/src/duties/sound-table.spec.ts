import { describe, expect, it } from '@jest/globals';
import { EntityWorld } from '@app/entities';
import { encodeMessage } from '@app/wire';
import { SOUND_URL_CHARACTERS_MAX, SOUNDS_MAX, soundTableOf } from './sound-table.js';

const AUTHOR = { sessionId: 0, name: 'operator' };

/** A world of sounds whose addresses have `characters` characters each, of four bytes where they are not ASCII. */
function worldOfSounds(count: number, characters: number): EntityWorld {
  const world = new EntityWorld();
  for (let first = 0; first < count; first += 500) {
    const edits = Array.from({ length: Math.min(500, count - first) }, (_, index) => ({
      kind: 'add' as const,
      id: `00000000-0000-4000-8000-${(first + index).toString(16).padStart(12, '0')}`,
      type: 'Sound',
      properties: { soundURL: '😀'.repeat(characters / 2) },
    }));
    const transactions = [{ editId: `t${first}`, author: AUTHOR, edits }];
    world.apply({ epoch: 1, writer: 'w', writtenAtMs: 1_000, transactions }, world.lastSequence + 1);
  }
  return world;
}

function tableOf(world: EntityWorld) {
  const ids = [...world.entities()].map(({ id }) => id);
  return soundTableOf(world, ids, 2_000, () => 1_000);
}

describe('The table of sounds', () => {
  it('fits one message of the broker, however long the addresses are', () => {
    const table = tableOf(worldOfSounds(SOUNDS_MAX, 2_000));
    expect(table.sounds).toHaveLength(Math.floor(SOUND_URL_CHARACTERS_MAX / 2_000));
    expect(encodeMessage('EntitySoundTable', table).length).toBeLessThan(1_000_000);
  });

  it('holds as many sounds as mixers take when their addresses are usual ones', () => {
    expect(tableOf(worldOfSounds(SOUNDS_MAX + 5, 80)).sounds).toHaveLength(SOUNDS_MAX);
  });
});
