import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { zlibSync } from 'fflate';
import { resolveAddress } from './address-policy.js';
import { LoadError } from './bounded-fetch.js';
import { checkGltf } from './gltf-checks.js';
import { readImageHeader } from './image-header.js';
import { readMaterialData } from './kinds/material-data.js';
import { particleLawOf } from './kinds/particle-law.js';
import { layoutText } from './kinds/text-layout.js';
import { readVoxels } from './kinds/voxel-data.js';
import { ShownValues } from './shown-values.js';
import { PARTICLES_MAX } from './visual-limits.js';

const bytes = fc.uint8Array({ maxLength: 400 });

describe('What strangers have put into a world', () => {
  it('An address never leads to another host unless that is allowed, nor anywhere but to the web', () => {
    const part = fc.constantFrom(
      'atp:',
      '/',
      '//',
      '\\',
      '..',
      '%2e',
      ':',
      '@',
      '#',
      '?',
      'assets',
      'https:',
      'evil.example',
      '\t',
      '\n',
      'a',
    );
    const text = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (address) => {
        const place = resolveAddress(address, {
          pageUrl: 'https://world.example/',
          assetBaseUrl: 'https://world.example:40104',
          allowsOthers: false,
        });
        if (place.kind !== 'allowed') return;
        const url = new URL(place.url);
        expect(['https://world.example', 'https://world.example:40104']).toContain(url.origin);
        expect(url.pathname.startsWith('/api')).toBe(false);
        if (url.port === '40104') expect(url.pathname).toMatch(/^\/assets\/./);
      }),
    );
  });

  it('A glTF file is looked through, or refused with a sentence', () => {
    const json = fc.oneof(
      fc.json(),
      fc
        .record({
          asset: fc.oneof(fc.constant({ version: '2.0' }), fc.anything()),
          accessors: fc.anything(),
          buffers: fc.oneof(fc.array(fc.record({ uri: fc.string() })), fc.anything()),
          images: fc.anything(),
          meshes: fc.anything(),
          bufferViews: fc.anything(),
        })
        .map((value) => JSON.stringify(value) ?? ''),
    );
    const files = fc.oneof(
      bytes,
      json.map((text) => new TextEncoder().encode(text)),
      json.map(glbOf),
    );
    fc.assert(
      fc.property(files, (file) => {
        try {
          checkGltf(file);
        } catch (error) {
          expect(error).toBeInstanceOf(LoadError);
        }
      }),
    );
  });

  it('A model that claims more vertices than there is room for is refused before it is unpacked', () => {
    const file = {
      asset: { version: '2.0' },
      accessors: [{ count: 4_000_000_000, type: 'VEC3', componentType: 5126 }],
    };
    expect(() => checkGltf(glbOf(JSON.stringify(file)))).toThrow('There is too much in it.');
  });

  it('An image tells its size, or is none', () => {
    const magic = fc.constantFrom(
      [0x89, 0x50, 0x4e, 0x47],
      [0xff, 0xd8, 0xff],
      [0x47, 0x49, 0x46, 0x38],
      [0x52, 0x49, 0x46, 0x46],
    );
    fc.assert(
      fc.property(magic, bytes, (start, rest) => {
        const header = readImageHeader(Uint8Array.from([...start, ...rest]));
        if (header) expect(header.width * header.height).toBeGreaterThan(0);
      }),
    );
  });

  it('Voxels are as many as they say, or none', () => {
    const packed = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((cells) => voxelText(5, 5, 5, zlibSync(cells)));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), packed), (text) => {
        const voxels = readVoxels(text);
        if (voxels) expect(voxels.cells.length).toBe(voxels.width * voxels.height * voxels.depth);
      }),
    );
  });

  it('A bomb of voxels is not unpacked beyond the size that it says', () => {
    const bomb = zlibSync(new Uint8Array(4_000_000));
    expect(readVoxels(voxelText(4, 4, 4, bomb))?.cells.length ?? 64).toBe(64);
  });

  it('A list without a material is none', () => expect(readMaterialData('{"materials":[]}')).toBeUndefined());

  it('A material has colours and shares, or nothing', () => {
    const near = fc.record({
      materials: fc.oneof(
        fc.anything(),
        fc.record({ albedo: fc.anything(), opacity: fc.double(), albedoMap: fc.anything() }),
      ),
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          near.map((value) => JSON.stringify(value) ?? ''),
        ),
        (text) => {
          const data = readMaterialData(text);
          if (data?.albedo !== undefined) expect(Number.isInteger(data.albedo)).toBe(true);
          if (data?.opacity !== undefined) expect(data.opacity).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('Properties of any kind are read as what they are', () => {
    const values = fc.dictionary(
      fc.constantFrom(
        'position',
        'color',
        'alpha',
        'emitRate',
        'lifespan',
        'maxParticles',
        'rotation',
        'haze',
        'visible',
      ),
      fc.jsonValue() as fc.Arbitrary<never>,
    );
    fc.assert(
      fc.property(values, (properties) => {
        const shown = new ShownValues('ParticleEffect', properties);
        expect(Object.values(shown.vector('position')).every(Number.isFinite)).toBe(true);
        expect(Number.isInteger(shown.colour('color'))).toBe(true);
        const { w, x, y, z } = shown.rotation('rotation');
        expect(Math.hypot(w, x, y, z)).toBeCloseTo(1, 5);
        const law = particleLawOf(shown);
        expect(law.count).toBeLessThanOrEqual(PARTICLES_MAX);
        expect(law.count).toBeGreaterThanOrEqual(0);
        expect(law.cycleS).toBeGreaterThan(0);
        expect(Number.isFinite(law.cycleS)).toBe(true);
      }),
    );
  });

  it('A text has so many lines at most, and loses no characters before', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 12 }), (words, width, countMax) => {
        const lines = layoutText(words, (piece) => piece.length, width, countMax);
        expect(lines.length).toBeLessThanOrEqual(countMax);
        const all = layoutText(words, (piece) => piece.length, width, 10_000);
        expect(all.join('').replace(/\s/g, '')).toBe(words.replace(/\s/g, ''));
      }),
    );
  });
});

function glbOf(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const file = new Uint8Array(20 + text.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x676c5446);
  view.setUint32(4, 2, true);
  view.setUint32(8, file.length, true);
  view.setUint32(12, text.length, true);
  view.setUint32(16, 0x4e4f534a, true);
  file.set(text, 20);
  return file;
}

function voxelText(width: number, height: number, depth: number, packed: Uint8Array): string {
  const file = new Uint8Array(14 + packed.length);
  const view = new DataView(file.buffer);
  [width, height, depth].forEach((size, index) => view.setUint16(index * 2, size));
  view.setUint32(6, packed.length + 4);
  view.setUint32(10, width * height * depth);
  file.set(packed, 14);
  return Buffer.from(file).toString('base64');
}
