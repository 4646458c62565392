import { describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage, vicinity } from '@app/wire';
import { AUDIO_ZONES_MAX, SOUND_VOLUME_MAX, SOUNDS_PER_WORLD_MAX } from '@app/world';
import fc from 'fast-check';
import { readSoundAddress } from './sound-address.js';
import { readSoundTable } from './sound-table.js';

function check(table: vicinity.v1.EntitySoundTable): void {
  const { sounds, zones, sequence, refused } = readSoundTable(table);
  expect(Number.isSafeInteger(sequence) && sequence >= 0).toBe(true);
  expect(sounds.length).toBeLessThanOrEqual(SOUNDS_PER_WORLD_MAX);
  expect(zones.length).toBeLessThanOrEqual(AUDIO_ZONES_MAX);
  expect(sounds.length + zones.length + refused).toBe(table.sounds.length + table.zones.length);
  expect(new Set(sounds.map(({ id }) => id)).size).toBe(sounds.length);
  for (const sound of sounds) {
    const numbers = [sound.position, sound.velocity].flatMap(({ x, y, z }) => [x, y, z]);
    expect([...numbers, sound.startedAtMs].every(Number.isFinite)).toBe(true);
    expect(sound.volume >= 0 && sound.volume <= SOUND_VOLUME_MAX).toBe(true);
    expect(sound.id).toMatch(/^[0-9a-f]{32}$/);
    expect(sound.url.length).toBeLessThanOrEqual(2_048);
  }
  for (const zone of zones) {
    expect([zone.x, zone.y, zone.z, zone.yawRad].every(Number.isFinite)).toBe(true);
    expect(Math.min(zone.sizeX, zone.sizeY, zone.sizeZ) > 0).toBe(true);
    if (zone.reverb) expect(zone.reverb.decayS >= 0.1 && zone.reverb.decayS <= 20 && zone.reverb.wetDb <= 6).toBe(true);
  }
}

const odd = fc.oneof(fc.double(), fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e300));
const vector = fc.option(fc.record({ x: odd, y: odd, z: odd }, { requiredKeys: [] }), { nil: undefined });
const id = fc.oneof(fc.constant(new Uint8Array(16)), fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array());
const sound = fc.record(
  {
    id,
    url: fc.oneof(fc.webUrl(), fc.constantFrom('', 'atp:/x', 'a'.repeat(2_049))),
    position: vector,
    velocity: vector,
    volume: odd,
    loop: fc.boolean(),
    startedAtMs: fc.nat(),
    isAmbient: fc.boolean(),
  },
  { requiredKeys: [] },
);
const rotation = fc.record({ x: odd, y: odd, z: odd, w: odd });
const zone = fc.record(
  { id, name: fc.string(), position: vector, rotation, dimensions: vector, reverbDecayS: odd, reverbWetDb: odd },
  { requiredKeys: [] },
);

describe('readSoundTable', () => {
  it('takes what can be used of any table, and nothing else', () => {
    const tables = fc.record({ sounds: fc.array(sound), zones: fc.array(zone), sequence: fc.nat() });
    fc.assert(
      fc.property(tables, (fields) => {
        check(decodeMessage('EntitySoundTable', encodeMessage('EntitySoundTable', fields)));
      }),
    );
  });

  it('takes no more than there may be', () => {
    const sounds = Array.from({ length: SOUNDS_PER_WORLD_MAX + 9 }, (_, index) => ({
      id: Uint8Array.from({ length: 16 }, (__, byte) => index >> byte),
      url: 'atp:/x',
    }));
    const dimensions = { x: 1, y: 1, z: 1 };
    check(vicinity.v1.EntitySoundTable.create({ sounds, zones: Array.from({ length: 99 }, () => ({ dimensions })) }));
  });
});

describe('readSoundAddress', () => {
  const hash = 'ab'.repeat(32);

  it('knows what sounds may be called', () => {
    for (const text of [
      `atp:${hash}`,
      `atp:/${hash}.wav`,
      `ATP:${hash}.mp3`,
      `/assets/${hash}`,
      `/assets/${hash}.ogg?v=1`,
    ])
      expect(readSoundAddress(text)).toEqual({ kind: 'content', hash });
    const webUrl = `https://world.example/assets/${hash}.wav`;
    expect(readSoundAddress(webUrl)).toEqual({ kind: 'content', hash, webUrl });
    expect(readSoundAddress('atp:/bells/one.wav')).toEqual({ kind: 'path', path: 'bells/one.wav' });
    expect(readSoundAddress('/assets/at/b%C3%A4r.wav')).toEqual({ kind: 'path', path: 'bär.wav' });
    expect(readSoundAddress('http://a.example/x.wav')).toEqual({ kind: 'web', webUrl: 'http://a.example/x.wav' });
    for (const text of ['', 'atp:', 'atp:///', '/etc/passwd', '/assets/xyz', '/assets/at/..', 'file:///etc/passwd'])
      expect(readSoundAddress(text)).toBeUndefined();
  });

  it('throws at nothing', () => {
    const names = fc.constantFrom('', 'atp:', '/assets/', '/assets/at/', 'http://', 'https://[');
    fc.assert(fc.property(names, fc.string(), (name, rest) => void readSoundAddress(name + rest)));
  });
});
