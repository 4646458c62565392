import { describe, expect, it } from '@jest/globals';
import { checkGltf } from './gltf-checks.js';
import { readModel } from './model-file.js';
import { MODEL_PIXELS_MAX } from './visual-limits.js';

const nowhere = (): Promise<never> => Promise.reject(new Error('No parts.'));
const bytesOf = (document: object): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify({ asset: { version: '2.0' }, ...document }));
const mesh = { primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] };
const accessors = [
  { count: 100_000, type: 'VEC3', componentType: 5126 },
  { count: 300_000, type: 'SCALAR', componentType: 5125 },
];

/** The first bytes of a PNG. */
function pngOf(width: number, height: number): Buffer {
  const png = Buffer.alloc(24);
  png.writeUInt32BE(0x89504e47, 0);
  png.writeUInt32BE(0x49484452, 12);
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

const dataUri = (bytes: Buffer): string => `data:application/octet-stream;base64,${bytes.toString('base64')}`;

describe('A model', () => {
  it('has as many triangles as it draws', () => {
    const nodes = [{ mesh: 0 }, { mesh: 0, children: [0] }, {}];
    expect(checkGltf(bytesOf({ accessors, meshes: [mesh], nodes }))).toMatchObject({ triangles: 200_000, draws: 2 });
  });

  it('that draws one mesh again and again is refused with a sentence that says by how much', () => {
    const nodes = Array(100).fill({ mesh: 0 });
    const file = bytesOf({ accessors, meshes: [mesh], nodes });
    expect(() => checkGltf(file)).toThrow('It has 10.0 million triangles; 2.0 million is the most.');
  });

  it('that asks for instances is refused likewise', () => {
    const extensions = { EXT_mesh_gpu_instancing: { attributes: { TRANSLATION: 0 } } };
    const file = bytesOf({ accessors, meshes: [mesh], nodes: [{ mesh: 0, extensions }] });
    expect(() => checkGltf(file)).toThrow('triangles');
  });

  it('of very many parts is refused', () => {
    const small = { primitives: Array(1_000).fill({ attributes: {} }) };
    expect(() => checkGltf(bytesOf({ meshes: [small], nodes: Array(5).fill({ mesh: 0 }) }))).toThrow('parts');
  });

  it.each([
    ['in a file of its own', { images: [{ uri: dataUri(pngOf(30_000, 30_000)) }] }],
    [
      'in a buffer with other things',
      {
        buffers: [{ byteLength: 124, uri: dataUri(Buffer.concat([Buffer.alloc(100), pngOf(30_000, 30_000)])) }],
        bufferViews: [{ buffer: 0, byteOffset: 100, byteLength: 24 }],
        images: [{ bufferView: 0, mimeType: 'image/png' }],
      },
    ],
    [
      'again and again',
      { images: Array(4).fill({ uri: dataUri(pngOf(5_000, Math.floor(MODEL_PIXELS_MAX / 15_000))) }) },
    ],
  ])('with too large images %s is refused before they are unpacked', async (_where, document) => {
    await expect(readModel(bytesOf(document), nowhere)).rejects.toThrow('Its images have too many pixels.');
  });

  it('with an image of which nobody knows how large it becomes is refused', async () => {
    const images = [{ uri: dataUri(Buffer.from('BM and so on, a bitmap')) }];
    await expect(readModel(bytesOf({ images }), nowhere)).rejects.toThrow('no PNG, JPEG, WebP or GIF');
  });
});
