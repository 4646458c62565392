import { describe, expect, it } from '@jest/globals';
import { findAssetReferences } from './asset-references.js';

const HASH = '0123456789abcdef'.repeat(4);
const pathsIn = (...values: Parameters<typeof findAssetReferences>[0][]): string[] =>
  [...findAssetReferences(values.flatMap((value) => [...value])).paths].sort();

describe('assets that properties name', () => {
  it('are found by path, in every way to write one', () => {
    expect(
      pathsIn(['atp:/models/tree.glb', 'atp:sound.mp3', 'https://a.example:40104/assets/at/pictures/a%20b.png?x=1']),
    ).toEqual(['/models/tree.glb', '/pictures/a b.png', '/sound.mp3']);
  });

  it('are found deep inside, and in the middle of scripts', () => {
    const userData = JSON.stringify({ image: 'atp:/image.png' });
    expect(pathsIn([{ userData, more: [{ deep: 'play("atp:/a.ogg"); play(\'atp:/b.ogg\')' }] }])).toEqual([
      '/a.ogg',
      '/b.ogg',
      '/image.png',
    ]);
  });

  it('are found by hash', () => {
    const { hashes, paths, addressed } = findAssetReferences([`http://x/assets/${HASH}.glb`, HASH, `${HASH}0`]);
    expect([...hashes]).toEqual([HASH]);
    expect([[...paths], [...addressed]]).toEqual([[], []]);
  });

  it.each([`atp:${HASH}.fbx`, `/assets/${HASH}.fbx`, `play("/assets/${HASH}.fbx")`])(
    'are surely meant by %s',
    (text) => {
      expect([...findAssetReferences([text]).addressed]).toEqual([[HASH, `/assets/${HASH}.fbx`]]);
    },
  );

  it('are not seen where there are none', () => {
    const { hashes, paths } = findAssetReferences(['https://example.org/a.png', 'a tramp: no', null, 7, true]);
    expect([hashes.size, paths.size]).toEqual([0, 0]);
  });
});
