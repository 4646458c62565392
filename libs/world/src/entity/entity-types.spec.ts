import { describe, expect, it } from '@jest/globals';
import {
  checkEntityProperties,
  COMMON_PROPERTIES,
  defaultOf,
  ENTITY_TYPES,
  type PropertyDefinition,
  propertiesOfType,
  propertyOf,
} from '@app/world';

/** A property and those inside it. */
const withInner = (property: PropertyDefinition): PropertyDefinition[] => [
  property,
  ...(property.properties ?? []).flatMap(withInner),
];
const ALL = [...COMMON_PROPERTIES, ...[...ENTITY_TYPES.values()].flatMap(({ properties }) => properties)].flatMap(
  withInner,
);

describe('ENTITY_TYPES', () => {
  it('knows what builders of worlds know', () => {
    expect([...ENTITY_TYPES.keys()].sort()).toEqual(
      [
        ...['Box', 'Empty', 'Gizmo', 'Grid', 'Image', 'Light', 'Line', 'Material', 'Model', 'ParticleEffect'],
        ...['PolyLine', 'PolyVox', 'Shape', 'Sound', 'Sphere', 'Text', 'Web', 'Zone'],
      ].sort(),
    );
  });

  it('has no name twice in one place', () => {
    for (const { properties, type } of ENTITY_TYPES.values()) {
      const places = [
        [...COMMON_PROPERTIES, ...properties],
        ...properties.flatMap(({ properties: inner }) => (inner ? [inner] : [])),
      ];
      for (const place of places) {
        const names = place.map(({ name }) => name);
        expect({ type, names }).toEqual({ type, names: [...new Set(names)] });
      }
    }
  });

  it('has a help of whole sentences, and a range with every number', () => {
    for (const { name, help, kind, min, max, choices } of ALL) {
      expect({ name, help }).toEqual({ name, help: expect.stringMatching(/^[A-Z0].*\.$/s) });
      if (['number', 'integer', 'vector'].includes(kind))
        expect({ name, range: min! < max! }).toEqual({ name, range: true });
      if (kind === 'choice') expect(choices!.length).toBeGreaterThan(0);
    }
  });

  it('has defaults that the check takes as they are', () => {
    for (const type of ENTITY_TYPES.keys()) {
      for (const [name, { default: value }] of propertiesOfType(type)) {
        const given = { [name]: value };
        const checked = checkEntityProperties(type, given);
        expect({ type, name, checked }).toEqual({ type, name, checked: { properties: given } });
      }
    }
  });

  it('finds properties of a type, of all types, and inside others', () => {
    expect(defaultOf('Zone', 'shapeType')).toBe('box');
    expect(defaultOf('Model', 'shapeType')).toBe('none');
    expect(defaultOf('Text', 'lifetime')).toBe(-1);
    expect(defaultOf('Unheard', 'dimensions')).toEqual({ x: 0.1, y: 0.1, z: 0.1 });
    expect(propertyOf('Zone', 'haze.hazeRange')?.unit).toBe('m');
    expect(propertyOf('Box', 'haze.hazeRange')).toBeUndefined();
    expect(propertyOf('Zone', 'haze.toString')).toBeUndefined();
    expect(propertyOf('Zone', 'toString')).toBeUndefined();
    expect(defaultOf('Box', 'mine')).toBeNull();
  });
});
