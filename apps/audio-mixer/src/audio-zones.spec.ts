import { describe, expect, it } from '@jest/globals';
import { AUDIO_ZONES_MAX, AUDIO_ZONE_PAIRS_MAX } from '@app/world';
import { type WorldZones, readAudioZones } from './audio-zones.js';

function zonesOf(json: unknown, world = 'main'): WorldZones | undefined {
  const read = readAudioZones(json);
  if ('problem' in read) throw new Error(read.problem);
  return read.value.get(world);
}

function problemOf(json: unknown): string {
  const read = readAudioZones(json);
  return 'problem' in read ? read.problem : 'nothing';
}

const box = (fields: object = {}): object => ({ name: 'hall', centre: [1, 2, 3], size: [4, 5, 6], ...fields });
const main = (...zones: object[]): object => ({ main: { zones } });
const pairs = (...list: object[]): object => ({ main: { zones: [box()], pairs: list } });

describe('readAudioZones', () => {
  it('reads volumes, reverb, stages and pairs, by world', () => {
    const json = {
      main: {
        zones: [
          box({ yawDegrees: 90, decayS: 2.5, wetDb: -9 }),
          { name: 'stage', centre: [0, 0, 0], size: [1, 1, 1], isStage: true },
        ],
        pairs: [{ from: 'hall', to: '*', attenuation: 0.9 }],
      },
      other: {},
    };
    expect(zonesOf(json)).toEqual({
      zones: [
        {
          ...{ name: 'hall', x: 1, y: 2, z: 3, sizeX: 4, sizeY: 5, sizeZ: 6, yawRad: Math.PI / 2 },
          reverb: { decayS: 2.5, wetDb: -9 },
        },
        { name: 'stage', x: 0, y: 0, z: 0, sizeX: 1, sizeY: 1, sizeZ: 1, yawRad: 0, isStage: true },
      ],
      zonePairs: [{ from: 'hall', to: '*', attenuation: 0.9 }],
    });
    expect(zonesOf(json, 'other')).toEqual({ zones: [], zonePairs: [] });
    expect(zonesOf(json, 'elsewhere')).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [[], 'must have zones by world'],
    [null, 'must have zones by world'],
    [{ 'No world': {} }, 'must have names of worlds, and No world is none'],
    [{ main: [] }, 'must have at main an object with zones, pairs'],
    [{ main: { zonez: [] } }, 'must not have main.zonez'],
    [{ main: { zones: {} } }, 'must have at main.zones a list of at most 64 items'],
    [main(box({ colour: 1 })), 'must not have main.zones[0].colour'],
    [main(box({ name: '*' })), 'must have at main.zones[0].name a name of 1 to 64 characters other than *'],
    [main(box({ name: 7 })), 'must have at main.zones[0].name a name of 1 to 64 characters other than *'],
    [main(box(), box()), 'must have at main.zones[1].name a name of its own'],
    [main(box({ centre: [1, 2] })), 'must have at main.zones[0].centre three numbers from -8000 to 8000 (m)'],
    [main(box({ size: [1, 0, 1] })), 'must have at main.zones[0].size three numbers from 0.1 to 16000 (m)'],
    [main(box({ size: ['1', 1, 1] })), 'must have at main.zones[0].size three numbers from 0.1 to 16000 (m)'],
    [main(box({ yawDegrees: 1e9 })), 'must have at main.zones[0].yawDegrees a number from -360 to 360 (degrees)'],
    [main(box({ decayS: 2 })), 'must have at main.zones[0].wetDb a number from -60 to 6 (dB)'],
    [main(box({ wetDb: -6 })), 'must have at main.zones[0].decayS a number from 0.1 to 20 (s)'],
    [main(box({ isStage: 'yes' })), 'must have at main.zones[0].isStage true or false'],
    [
      pairs({ from: 'hell', to: '*', attenuation: 1 }),
      'must have at main.pairs[0].from the name of a zone of this world, or *',
    ],
    [
      pairs({ from: 'hall', to: '*', attenuation: 2 }),
      'must have at main.pairs[0].attenuation a number from 0 to 1 (coefficient)',
    ],
    [
      pairs({ from: 'hall', to: '*', attenuation: 1 }, { from: 'hall', to: '*', attenuation: 0 }),
      'must have at main.pairs[1] a pair that has not been before',
    ],
    [
      { main: { zones: Array.from({ length: AUDIO_ZONES_MAX + 1 }, (_, index) => box({ name: `zone ${index}` })) } },
      'must have at main.zones a list of at most 64 items',
    ],
    [
      pairs(...new Array<object>(AUDIO_ZONE_PAIRS_MAX + 1).fill({})),
      'must have at main.pairs a list of at most 256 items',
    ],
  ])('refuses %j and says where', (json, sentence) => {
    expect(problemOf(json)).toBe(sentence);
  });

  it('takes names for nothing but names', () => {
    const json: unknown = JSON.parse('{"main":{"zones":[{"__proto__":1,"name":"a","centre":[0,0,0],"size":[1,1,1]}]}}');
    expect(problemOf(json)).toBe('must not have main.zones[0].__proto__');
  });
});
