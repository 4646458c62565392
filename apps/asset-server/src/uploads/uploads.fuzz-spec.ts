import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { announcedType, ASSET_PATHS, ASSET_RECORDS, ASSET_TYPES, currentOf } from '@app/assets';
import { AssetError } from '../asset-server.errors.js';
import { decodeUploadNote, encodeUploadNote } from './upload-note.js';
import { readUploadRequest } from './upload-request.js';

const RULES = { bytesMax: 1_000_000, typesAllowed: [...ASSET_TYPES.keys()] };
const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, Number.NaN, Infinity, -1, 0.5, 2 ** 60, '__proto__'));

describe('An announcement', () => {
  it('is understood or refused with a code, whatever it is', () => {
    const request = fc.oneof(
      odd,
      fc.record(
        { sha256: fc.oneof(hash, odd), sizeBytes: fc.oneof(fc.nat(), odd), type: odd, name: odd },
        { requiredKeys: [] },
      ),
      fc.record({
        sha256: hash,
        sizeBytes: fc.integer({ min: 1, max: 9 }),
        name: fc.string({ unit: 'binary' }),
        type: fc.string(),
      }),
    );
    fc.assert(
      fc.property(request, (json) => {
        try {
          const { sizeBytes, name, type } = readUploadRequest(json, RULES);
          expect(sizeBytes).toBeGreaterThan(0);
          expect(sizeBytes).toBeLessThanOrEqual(RULES.bytesMax);
          expect(ASSET_TYPES.get(type.extension)).toBe(type);
          expect(name).not.toMatch(/[/\\\0\n]|\p{Surrogate}/u);
        } catch (error) {
          expect(error).toBeInstanceOf(AssetError);
        }
      }),
    );
  });

  it('is the same after a restart', () => {
    const announced = fc.record({
      hash,
      sizeBytes: fc.integer({ min: 1, max: 1_000_000 }),
      type: fc.constantFrom(...ASSET_TYPES.values()),
      name: fc.string({ maxLength: 255 }),
      by: fc.string(),
    });
    const note = fc.record({ announced, network: fc.string() });
    fc.assert(fc.property(note, (value) => expect(decodeUploadNote(encodeUploadNote(value))).toEqual(value)));
  });

  it.each([
    ['model/gltf-binary', '', 'glb'],
    ['', 'Person.VRM', 'glb'],
    ['application/octet-stream', 'bell.WAV', 'wav'],
    ['audio/ogg; codecs=opus', 'x', 'ogg'],
    ['', 'photo.jpeg', 'jpg'],
    ['application/octet-stream', 'unknown.xyz', 'bin'],
    ['', 'constructor', undefined],
    ['', 'x.constructor', undefined],
    ['application/x-msdownload', 'a.png', undefined],
  ])('%j named %j is %s', (mediaType, name, extension) => {
    expect(announcedType(mediaType, name)?.extension).toBe(extension);
  });
});

describe('What lies in buckets and beside uploads', () => {
  it('is read whatever it is', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => new TextEncoder().encode(text)),
      fc
        .record({
          versions: fc.oneof(odd, fc.array(odd, { maxLength: 3 })),
          extension: fc.constantFrom('glb', 'x', 7),
          sizeBytes: odd,
        })
        .map((json) => new TextEncoder().encode(JSON.stringify(json))),
    );
    fc.assert(
      fc.property(bytes, (data) => {
        decodeUploadNote(data);
        const record = ASSET_RECORDS.decode(data);
        if (record) expect(ASSET_RECORDS.decode(ASSET_RECORDS.encode(record))).toEqual(record);
        const path = ASSET_PATHS.decode(data);
        if (path) expect(ASSET_PATHS.decode(ASSET_PATHS.encode(path))).toEqual(path);
        if (path) expect(currentOf(path).hash).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });

  it('begins as its type says, or with anything, without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (head) => {
        for (const type of ASSET_TYPES.values()) expect(typeof type.fits(head)).toBe('boolean');
      }),
    );
  });
});
