import { describe, expect, it } from '@jest/globals';
import {
  checkEntityProperties,
  defaultOf,
  type EntityProperties,
  type EntityValue,
  type PropertyDefinition,
  propertyOf,
} from '@app/world';
import { SeededRandom } from '@app/testing';
import { ByteReader } from '../coding/byte-reader.js';
import { ByteWriter } from '../coding/byte-writer.js';
import { EntityEdits } from './entity-edits.js';
import type { WireProperties } from './entity-properties.js';
import { WIRE_ENTITY_TYPES } from './entity-property-table.js';
import { ROOT_OCTAL_CODE } from './octal-code.js';
import { isSameLayout, sharedNamesOf, toWireProperties, toWorldProperties } from './world-properties.js';

const ID = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const TYPES = WIRE_ENTITY_TYPES.map(([type]) => type);

/** Numbers of the world that are whole on the wire. */
const WHOLE_ON_WIRE = new Set(['dpi', 'maxFPS']);

const random = new SeededRandom(5);
const int = (count: number): number => Math.floor(random.next() * count);
const pick = <Value>(values: readonly Value[]): Value => values[int(values.length)];

/** A number of a range with four digits: people do not write more. */
function numberWithin({ min = 0, max = 1, kind }: PropertyDefinition): number {
  const value = min + random.next() * (max - min);
  return kind === 'integer' ? Math.round(value) : Math.min(max, Math.max(min, Number(value.toPrecision(4))));
}

/** A value of a property that the wire can say exactly. */
function sampleOf(definition: PropertyDefinition, wireName: string): EntityValue {
  if (definition.default === null && int(3) === 0) return null;
  switch (definition.kind) {
    case 'number':
      if (wireName === 'scriptTimestamp') return int(1e15);
      return numberWithin(WHOLE_ON_WIRE.has(wireName) ? { ...definition, kind: 'integer' } : definition);
    case 'integer':
      return numberWithin(wireName === 'parentJointIndex' ? { ...definition, min: 0 } : definition);
    case 'boolean':
      return random.next() < 0.5;
    case 'text':
      return wireName === 'actionData' || wireName === 'voxelData' ? 'AAECAw==' : pick(['', 'Zoë', '{"a": 1}']);
    case 'url':
      return pick(['', 'https://example.org/a.glb']);
    case 'choice':
      return pick(definition.choices ?? []);
    case 'vector':
      return Object.fromEntries((definition.axes ?? ['x', 'y', 'z']).map((axis) => [axis, numberWithin(definition)]));
    case 'colour':
      return { red: int(256), green: int(256), blue: int(256) };
    case 'rotation':
      return pick([
        { x: 1, y: 0, z: 0, w: 0 },
        { x: 0, y: 0, z: 0, w: 1 },
      ]);
    case 'id':
      return ID;
    case 'list': {
      const { items = definition } = definition;
      return Array.from({ length: int(4) }, () => sampleOf({ ...items, default: 0 }, wireName));
    }
    case 'map':
      return Object.fromEntries((definition.properties ?? []).map((part) => [part.name, sampleOf(part, part.name)]));
  }
}

/** All properties of a type that both have. */
function sampleEntity(type: string): EntityProperties {
  const properties: Record<string, EntityValue> = {};
  for (const wireName of sharedNamesOf(type)) {
    const [name, inner] = wireName.split('.');
    const value = sampleOf(propertyOf(type, wireName) as PropertyDefinition, wireName);
    properties[name] = inner === undefined ? value : { ...(properties[name] as object), [inner]: value };
  }
  const mask = int(32);
  properties.collisionMask = mask;
  const words = ['static', 'dynamic', 'kinematic', 'myAvatar', 'otherAvatar'].filter((_, bit) => mask & (1 << bit));
  properties.collidesWith = words.map((word) => `${word},`).join('');
  return properties;
}

function throughBytes(type: string, properties: WireProperties): WireProperties {
  const writer = ByteWriter.growing(100_000);
  const edit = { octalCode: ROOT_OCTAL_CODE, lastEditedUs: 1, id: ID, type, updateDeltaUs: 0, properties };
  EntityEdits.write(writer, { sequence: 1, sentUs: 2, edits: [edit] });
  return EntityEdits.read(new ByteReader(writer.written())).edits[0].properties;
}

/** Quaternions of the wire have 16 bits. */
function roughly(value: EntityValue): unknown {
  return JSON.parse(JSON.stringify(value), (key, part: unknown) =>
    typeof part === 'number' && ['x', 'y', 'z', 'w'].includes(key) ? Number(part.toFixed(4)) : part,
  );
}

describe('properties of the world and of the wire', () => {
  it.each(TYPES)('%s: all, both ways, many times', (type) => {
    for (let round = 0; round < 30; round++) {
      const entity = sampleEntity(type);
      expect(checkEntityProperties(type, entity)).not.toHaveProperty('field');
      const back = toWorldProperties(type, throughBytes(type, toWireProperties(type, entity)), {});
      expect(Object.keys(back).sort()).toEqual(Object.keys(entity).sort());
      for (const [name, value] of Object.entries(entity)) {
        expect([name, roughly(back[name])]).toEqual([name, roughly(value)]);
      }
    }
  });

  it.each(TYPES)('%s: each by itself, and back to what it was to the last digit', (type) => {
    const entity = sampleEntity(type);
    const wire = throughBytes(type, toWireProperties(type, entity));
    for (const [name, value] of wire) {
      const outer = name.split('.')[0];
      const changed = toWorldProperties(type, new Map([[name, value]]), entity);
      for (const changedName of Object.keys(changed)) expect(['collidesWith', outer]).toContain(changedName);
      expect(changed[outer]).toEqual(outer === name || changed[outer] === undefined ? changed[outer] : entity[outer]);
      if (changed[outer] !== undefined) expect(changed[outer]).toEqual(entity[outer]);
    }
  });

  it.each(TYPES)('%s: nothing is left of a new entity that has nothing', (type) => {
    const wire = throughBytes(type, toWireProperties(type, {}));
    expect(toWorldProperties(type, wire, {}, true)).toEqual({});
    const others = ['privateUserData'];
    expect(sharedNamesOf(type).filter((name) => !wire.has(name))).toEqual(others);
  });

  it('keep all digits of what is the same on the wire', () => {
    const entity = {
      position: { x: 0.1 + 1e-12, y: 1 / 3, z: 0 },
      damping: 1 / 3,
      rotation: { x: 0, y: 0, z: 0, w: 1 },
    };
    const wire = throughBytes('Box', toWireProperties('Box', entity));
    expect(toWorldProperties('Box', wire, entity)).toMatchObject(entity);
    expect(toWorldProperties('Box', new Map([['damping', Math.fround(0.1)]]), entity)).toEqual({ damping: 0.1 });
  });

  it('come into their range', () => {
    const wire = new Map<string, never>(
      Object.entries({ alpha: 7, position: { x: 1e9, y: -1e9, z: 0 }, restitution: 1, friction: -1 }) as never,
    );
    expect(toWorldProperties('Box', wire, {})).toEqual({
      alpha: 1,
      position: { x: 16_000, y: -16_000, z: 0 },
      restitution: 0.99,
      friction: 0,
    });
  });

  it('are left out where the other side has no such value', () => {
    expect(toWorldProperties('Box', new Map([['renderLayer', 77]]), {})).not.toHaveProperty('renderLayer', 'world');
    const strange = { renderLayer: 'sideways', position: 'here', name: 5, visible: null, renderWithZones: [null] };
    const wire = toWireProperties('Box', strange as EntityProperties);
    expect(wire.get('renderLayer')).toBe(0);
    expect(wire.get('position')).toEqual(defaultOf('Box', 'position'));
    expect(wire.get('renderWithZones')).toEqual([]);
    expect(wire.get('name')).toBe('');
  });

  it('say the same of what it collides with, as words and as bits', () => {
    const { collisionMask } = Object.fromEntries(toWireProperties('Box', { collidesWith: 'dynamic, otherAvatar' }));
    expect(collisionMask).toBe(18);
    expect(toWorldProperties('Box', new Map([['collisionMask', 18]]), {})).toEqual({
      collisionMask: 18,
      collidesWith: 'dynamic,otherAvatar,',
    });
  });

  it('are the same for the three kinds of shapes', () => {
    expect([isSameLayout('Box', 'Shape'), isSameLayout('Box', 'Model'), isSameLayout('Sound', 'Sound')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
