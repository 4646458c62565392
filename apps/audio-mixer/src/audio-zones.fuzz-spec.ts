import { describe, expect, it } from '@jest/globals';
import { AUDIO_ZONES_MAX, AUDIO_ZONE_PAIRS_MAX, POSITION_M_MAX } from '@app/world';
import fc from 'fast-check';
import { type WorldZones, readAudioZones } from './audio-zones.js';

function expectWithinLimits({ zones, zonePairs }: WorldZones): void {
  expect(zones.length).toBeLessThanOrEqual(AUDIO_ZONES_MAX);
  expect(zonePairs.length).toBeLessThanOrEqual(AUDIO_ZONE_PAIRS_MAX);
  const names = new Set(['*', ...zones.map(({ name }) => name)]);
  expect(names.size).toBe(zones.length + 1);
  for (const zone of zones) {
    for (const at of [zone.x, zone.y, zone.z]) expect(Math.abs(at) <= POSITION_M_MAX).toBe(true);
    for (const size of [zone.sizeX, zone.sizeY, zone.sizeZ]) expect(size > 0).toBe(true);
    expect(Math.abs(zone.yawRad) <= 2 * Math.PI).toBe(true);
    if (zone.reverb) expect(zone.reverb.decayS >= 0.1 && zone.reverb.wetDb <= 6).toBe(true);
  }
  for (const { from, to, attenuation } of zonePairs) {
    expect(names.has(from) && names.has(to)).toBe(true);
    expect(attenuation >= 0 && attenuation <= 1).toBe(true);
  }
}

/** Either zones within their limits, or one sentence that says what is wrong. */
function check(json: unknown): void {
  const read = readAudioZones(json);
  if ('problem' in read) expect(read.problem).toMatch(/^must /);
  else for (const zones of read.value.values()) expectWithinLimits(zones);
}

const odd = fc.oneof(fc.jsonValue(), fc.double(), fc.constantFrom(null, '*', 'a', 0, -1, true, [0, 0, 0]));
const or = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 8, arbitrary: arbitrary as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: odd });
const name = fc.constantFrom('a', 'b', 'c', '*');
const triple = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 3, maxLength: 3 });
const zone = fc.record(
  {
    name: or(fc.oneof(name, fc.string())),
    centre: or(triple),
    size: or(fc.constantFrom([1, 1, 1], [0, 1, 1], [9_000, 1, 1])),
    yawDegrees: or(fc.double({ min: -400, max: 400 })),
    decayS: or(fc.double({ min: 0, max: 21 })),
    wetDb: or(fc.double({ min: -61, max: 7 })),
    isStage: or(fc.boolean()),
  },
  { requiredKeys: ['name', 'centre', 'size'] },
);
const pair = fc.record({ from: or(name), to: or(name), attenuation: or(fc.double({ min: 0, max: 1 })) });
const world = fc.record(
  { zones: or(fc.array(or(zone), { maxLength: 3 })), pairs: or(fc.array(or(pair), { maxLength: 3 })) },
  { requiredKeys: [] },
);

describe('zones from anywhere', () => {
  it('are within their limits or refused with a sentence, whatever JSON comes', () => {
    fc.assert(fc.property(fc.jsonValue(), check), { numRuns: 500 });
  });

  it('are within their limits or refused with a sentence, whatever the fields say', () => {
    fc.assert(fc.property(fc.dictionary(fc.constantFrom('main', 'other', 'No'), or(world)), check), { numRuns: 2_000 });
  });
});
