import { describe, expect, it } from '@jest/globals';
import type { EntityProperties } from '@app/world';
import { contentWorldOf } from './content-world.js';

const HASH = '0123456789abcdef'.repeat(4);
const OTHER = 'f'.repeat(64);
const GONE = '0'.repeat(64);
const ID = '00000000-0000-4000-8000-000000000001';

const converted = (properties: EntityProperties, paths: ReadonlyMap<string, string>, further: readonly string[]) => {
  const { entities, mapping } = contentWorldOf([{ id: ID, type: 'Model', properties }], { paths, further });
  return { properties: entities[0].properties, mapping: Object.fromEntries(mapping) };
};

describe('a world for the archive of a predecessor', () => {
  it('has a path for each file that is named by its content', () => {
    const { properties, mapping } = converted(
      { modelURL: `/assets/${HASH}.GLB?x=1`, textures: { a: [`atp:${HASH}.png`, 7, null] }, visible: true },
      new Map(),
      [HASH],
    );
    expect(properties).toEqual({
      modelURL: `atp:/imported/${HASH}.glb?x=1`,
      textures: { a: [`atp:/imported/${HASH}.png`, 7, null] },
      visible: true,
    });
    expect(mapping).toEqual({ [`/imported/${HASH}.glb`]: HASH, [`/imported/${HASH}.png`]: HASH });
  });

  it('keeps the paths that there are, in the spelling that predecessors know', () => {
    const paths = new Map([['/a chair.glb', HASH]]);
    const { properties, mapping } = converted(
      { modelURL: '/assets/at/a%20chair.glb', script: 'atp:/a chair.glb', imageURL: `/assets/${HASH}.glb` },
      paths,
      [],
    );
    expect(properties).toEqual({
      modelURL: 'atp:/a%20chair.glb',
      script: 'atp:/a chair.glb',
      imageURL: `atp:/imported/${HASH}.glb`,
    });
    expect(mapping).toEqual({ '/a chair.glb': HASH, [`/imported/${HASH}.glb`]: HASH });
  });

  it('leaves alone what is in the middle of texts, on the web, or not there, and takes every file along', () => {
    const properties = {
      script: `play("/assets/${OTHER}.mp3")`,
      href: 'https://world.example/a.png',
      modelURL: `/assets/${GONE}.glb`,
    };
    expect(converted(properties, new Map(), [OTHER])).toEqual({
      properties,
      mapping: { [`/imported/${OTHER}`]: OTHER },
    });
  });
});
