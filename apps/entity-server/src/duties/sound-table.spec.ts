import { describe, expect, it } from '@jest/globals';
import { type Entity, EntityWorld, propertiesAt } from '@app/entities';
import { encodeMessage } from '@app/wire';
import { worldTransformOf } from '@app/world';
import { chooseHeard, SOUND_URL_CHARACTERS_MAX, SOUNDS_MAX, soundTableOf } from './sound-table.js';
import { WorldPlaces } from './world-places.js';

const AUTHOR = { sessionId: 0, name: 'operator' };
const idOf = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** An entity as a world has it. */
function soundOf(n: number, sessionId: number, soundURL = 'a.wav', type = 'Sound'): Entity {
  const createdBy = { sessionId, name: '' };
  const properties = { soundURL, reverbEnabled: true };
  const times = { createdAtMs: n, editedAtMs: n, movedAtMs: n };
  return { id: idOf(n), type, properties, revision: 1, sequence: 1, createdBy, editedBy: createdBy, ...times };
}

/** A world of sounds whose addresses have `characters` characters each, of four bytes where they are not ASCII. */
function worldOfSounds(count: number, characters: number): EntityWorld {
  const world = new EntityWorld();
  for (let first = 0; first < count; first += 500) {
    const edits = Array.from({ length: Math.min(500, count - first) }, (_, index) => ({
      kind: 'add' as const,
      id: idOf(first + index),
      type: 'Sound',
      properties: { soundURL: '😀'.repeat(characters / 2) },
    }));
    const transactions = [{ editId: `t${first}`, author: AUTHOR, edits }];
    world.apply({ epoch: 1, writer: 'w', writtenAtMs: 1_000, transactions }, world.lastSequence + 1);
  }
  return world;
}

function tableOf(world: EntityWorld) {
  const ids = chooseHeard(world.entities()).map(({ id }) => id);
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

  it('places what hangs on something as everybody does, and looks at each carrier once', () => {
    const world = new EntityWorld();
    const turn = { x: 0, y: 0.6, z: 0, w: 0.8 };
    const edits = Array.from({ length: 560 }, (_, n) => ({
      kind: 'add' as const,
      id: idOf(n),
      type: n < 60 ? 'Empty' : 'Sound',
      properties: {
        position: { x: 1 + (n % 3), y: 0, z: -1 },
        rotation: turn,
        velocity: { x: n % 2, y: 0, z: 0 },
        soundURL: 'a.wav',
        ...(n > 0 && { parentID: idOf(Math.min(n, 60) - 1) }),
      },
    }));
    const transactions = [{ editId: 't', author: AUTHOR, edits }];
    world.apply({ epoch: 1, writer: 'w', writtenAtMs: 1_000, transactions }, 1);
    let asked = 0;
    const counting = { get: (id: string) => (asked++, world.get(id)) };
    const places = new WorldPlaces(counting, 3_000);
    const now = (id: string) => {
      const entity = world.get(id)!;
      return { type: entity.type, properties: propertiesAt(entity, 3_000) };
    };
    for (let n = 60; n < 560; n++) {
      const { position, rotation } = places.of(idOf(n));
      const expected = worldTransformOf(now(idOf(n)), now);
      for (const axis of ['x', 'y', 'z'] as const) {
        expect(position[axis]).toBeCloseTo(expected.position[axis], 6);
        expect(rotation[axis]).toBeCloseTo(expected.rotation[axis], 6);
      }
    }
    expect(asked).toBeLessThan(3 * 560);
  });
});

describe('Too many sounds', () => {
  it('leave each author the same number, whatever ids they choose and whoever has more', () => {
    const many = Array.from({ length: 3_000 }, (_, n) => soundOf(n, 1));
    const few = Array.from({ length: 20 }, (_, n) => soundOf(9_000 + n, 2));
    const chosen = chooseHeard([...many, ...few]);
    expect(chosen).toHaveLength(SOUNDS_MAX);
    expect(chosen.filter(({ createdBy }) => createdBy.sessionId === 2)).toHaveLength(20);
    // In turns, so that whoever takes only some takes of everybody.
    expect(chosen.slice(0, 4).map(({ createdBy }) => createdBy.sessionId)).toEqual([1, 2, 1, 2]);
    // What is there stays there when somebody adds more.
    const more = [...many, ...few, ...Array.from({ length: 500 }, (_, n) => soundOf(20_000 + n, 1))];
    expect(chooseHeard(more)).toEqual(chosen);
  });

  it('of long addresses cost their author as many of its own, and zones no sounds', () => {
    const long = Array.from({ length: 500 }, (_, n) => soundOf(n, 1, 'x'.repeat(2_000)));
    const few = Array.from({ length: 30 }, (_, n) => soundOf(9_000 + n, 2));
    const zones = Array.from({ length: 100 }, (_, n) => soundOf(5_000 + n, 1, '', 'Zone'));
    const chosen = chooseHeard([...zones, ...long, ...few]);
    expect(chosen.filter(({ createdBy }) => createdBy.sessionId === 2)).toHaveLength(30);
    expect(chosen.filter(({ type }) => type === 'Zone')).toHaveLength(64);
    expect(chosen.length).toBeGreaterThan(64 + 30 + 90);
  });
});
