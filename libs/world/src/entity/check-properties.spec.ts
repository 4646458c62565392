import { describe, expect, it } from '@jest/globals';
import {
  checkEntityProperties,
  checkRemovedNames,
  ENTITY_PROPERTIES_MAX,
  ENTITY_TEXT_CHARACTERS_MAX,
  ENTITY_USER_DATA_CHARACTERS_MAX,
  ENTITY_VALUE_DEPTH_MAX,
  ENTITY_VALUES_MAX,
  type PropertyFault,
} from '@app/world';

const ID = '0a112233-4455-6677-8899-aabbccddeeff';
const UNIT = { x: 0, y: 0, z: 0, w: 1 };

function faultOf(properties: unknown, type = 'Box'): PropertyFault {
  const answer = checkEntityProperties(type, properties);
  if ('properties' in answer) throw new Error('It was taken.');
  expect(answer.text).toMatch(/^.+\.$/);
  return answer;
}

function kept(properties: Record<string, unknown>, type = 'Box') {
  const answer = checkEntityProperties(type, properties);
  if ('field' in answer) throw new Error(`${answer.field}: ${answer.text}`);
  return answer.properties;
}

/** A list in a list and so on, so deep in all. */
const nested = (depth: number): unknown => (depth === 1 ? 1 : [nested(depth - 1)]);

describe('checkEntityProperties', () => {
  it.each([
    ['position.x', { position: { x: NaN, y: 0, z: 0 } }],
    ['position.y', { position: { x: 0, y: Infinity, z: 0 } }],
    ['position.z', { position: { x: 0, y: 0, z: 16_001 } }],
    ['position.z', { position: { x: 0, y: 0 } }],
    ['position.x', { position: { x: '1', y: 0, z: 0 } }],
    ['position', { position: [0, 0, 0] }],
    ['position', { position: { x: 0, y: 0, z: 0, w: 0 } }],
    ['position', { position: null }],
    ['dimensions.x', { dimensions: { x: -0.1, y: 1, z: 1 } }],
    ['dimensions.y', { dimensions: { x: 1, y: 1e9, z: 1 } }],
    ['rotation', { rotation: { x: 0, y: 0, z: 0, w: 0 } }],
    ['rotation', { rotation: { x: 1, y: 1, z: 1, w: 1 } }],
    ['rotation.w', { rotation: { x: 0, y: 0, z: 0 } }],
    ['lifetime', { lifetime: -2 }],
    ['lifetime', { lifetime: 1e12 }],
    ['damping', { damping: 1.1 }],
    ['visible', { visible: 1 }],
    ['name', { name: 7 }],
    ['name', { name: '\ud800' }],
    ['userData', { userData: 'x'.repeat(ENTITY_USER_DATA_CHARACTERS_MAX + 1) }],
    ['script', { script: 'x'.repeat(ENTITY_TEXT_CHARACTERS_MAX + 1) }],
    ['href', { href: 'x'.repeat(2_049) }],
    ['href', { href: ' javascript:alert(1)' }],
    ['parentID', { parentID: 'me' }],
    ['parentID', { parentID: 7 }],
    ['parentJointIndex', { parentJointIndex: 0.5 }],
    ['color.red', { color: { red: 256, green: 0, blue: 0 } }],
    ['color', { color: '#ff0000' }],
    ['shape', { shape: 'Dog' }],
    ['grab.grabbable', { grab: { grabbable: 'yes' } }],
    ['grab', { grab: true }],
    ['renderWithZones', { renderWithZones: ID }],
    ['renderWithZones.1', { renderWithZones: [ID, 'me'] }],
    ['id', { id: ID }],
    ['type', { type: 'Box' }],
    ['', { '': 1 }],
    ['mine', { mine: undefined }],
    ['mine', { mine: () => 1 }],
    ['mine', { mine: 1n }],
    ['mine', { mine: new Date(0) }],
    ['mine.a.1', { mine: { a: [0, NaN] } }],
    ['mine', { mine: { '': 1 } }],
    ['mine', { mine: 'x'.repeat(ENTITY_TEXT_CHARACTERS_MAX + 1) }],
    ['mine', { mine: JSON.parse('{"__proto__": {}}') as unknown }],
    ['__proto__', JSON.parse('{"__proto__": {}}') as unknown],
  ])('names %s', (field, properties) => {
    expect(faultOf(properties).field).toBe(field);
  });

  it('says in a sentence what would be right', () => {
    expect(faultOf({ position: { x: 20_000, y: 0, z: 0 } }).text).toBe(
      'position.x is a number from -16000 to 16000 m.',
    );
    expect(faultOf({ shapeType: 'dog' }, 'Zone').text).toContain('one of none, box');
  });

  it('checks what is inside by type, and only there', () => {
    expect(faultOf({ haze: { hazeRange: -1 } }, 'Zone').field).toBe('haze.hazeRange');
    expect(kept({ haze: { hazeRange: -1 } }, 'Box')).toEqual({ haze: { hazeRange: -1 } });
    expect(faultOf({ linePoints: [{ x: 0, y: 0, z: 0 }, 7] }, 'PolyLine').field).toBe('linePoints.1');
    expect(kept({ ring: { mine: 7 } }, 'Gizmo')).toEqual({ ring: { mine: 7 } });
  });

  it('gives the given object itself when nothing has to change', () => {
    const properties = {
      position: { x: 1, y: 2, z: 3 },
      mine: { a: [null, { b: 'c' }] },
      rotation: UNIT,
      alphaStart: null,
    };
    expect(kept(properties, 'ParticleEffect')).toBe(properties);
    expect(kept(properties, 'Unheard')).toBe(properties);
    const rounded = { rotation: { x: 0.70710677, y: 0, z: 0, w: 0.70710677 } };
    expect(kept(rounded)).toBe(rounded);
  });

  it('puts ids into their one form, and leaves the given object alone', () => {
    const given = { parentID: `{${ID.toUpperCase()}}`, renderWithZones: [ID, `{${ID}}`] };
    expect(kept(given)).toEqual({ parentID: ID, renderWithZones: [ID, ID] });
    expect(given.parentID).toBe(`{${ID.toUpperCase()}}`);
    expect(kept({ parentID: '' })).toEqual({ parentID: null });
    expect(kept({ parentID: '{00000000-0000-0000-0000-000000000000}' })).toEqual({ parentID: null });
  });

  it('takes largest values as the predecessor rounds them', () => {
    const rounded = {
      azimuthStart: Math.fround(-Math.PI),
      azimuthFinish: Math.fround(Math.PI),
      restitution: Math.fround(0.99),
    };
    expect(kept(rounded, 'ParticleEffect')).toBe(rounded);
    expect(faultOf({ azimuthFinish: 3.1416 }, 'ParticleEffect').field).toBe('azimuthFinish');
  });

  it('mends a rotation that is nearly one', () => {
    const { rotation } = kept({ rotation: { x: 0, y: 0.6, z: 0, w: 0.81 } }) as { rotation: typeof UNIT };
    expect(Math.hypot(rotation.y, rotation.w)).toBeCloseTo(1, 12);
  });

  it('bounds what is not known', () => {
    expect(kept({ mine: nested(ENTITY_VALUE_DEPTH_MAX) })).toBeDefined();
    expect(faultOf({ mine: nested(ENTITY_VALUE_DEPTH_MAX + 1) }).text).toContain('deep');
    expect(faultOf({ mine: new Array(ENTITY_VALUES_MAX).fill(0) }).text).toContain('values');
    const many = Object.fromEntries(Array.from({ length: ENTITY_PROPERTIES_MAX + 1 }, (_, i) => [`p${i}`, i]));
    expect(faultOf(many).text).toContain('properties');
    const endless: Record<string, unknown> = {};
    endless.mine = endless;
    expect(faultOf(endless).text).toContain('deep');
  });

  it('never throws, whatever it is given', () => {
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('trap');
        },
      },
    );
    const getter = Object.defineProperty({}, 'name', {
      enumerable: true,
      get: () => {
        throw new Error('trap');
      },
    });
    for (const odd of [undefined, null, 7, 'text', [], () => 1, new Map(), trap, getter, Symbol('s')]) {
      expect(faultOf(odd)).toBeDefined();
    }
  });
});

describe('checkRemovedNames', () => {
  it('takes names of properties', () => {
    expect(checkRemovedNames(['name', 'mine'])).toEqual({ names: ['name', 'mine'] });
    expect(checkRemovedNames([])).toEqual({ names: [] });
  });

  it.each([
    [7],
    [['']],
    [[7]],
    [['id']],
    [['n'.repeat(65)]],
    [new Array(ENTITY_PROPERTIES_MAX + 1).fill('a')],
    [undefined],
  ])('refuses %j', (names) => {
    expect(checkRemovedNames(names)).toHaveProperty('text');
  });
});
