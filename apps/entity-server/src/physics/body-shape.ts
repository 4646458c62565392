import { type PlacedEntity, type Vec3, vectorOf } from '@app/world';
import { hasHull } from './hull-points.js';

/** An axis of a body. */
export type Axis = 'x' | 'y' | 'z';

/** The form that something collides with, about its middle; metres. */
export type BodyForm =
  | { readonly kind: 'box'; readonly extents: Vec3 }
  | { readonly kind: 'ball'; readonly radiusM: number }
  | { readonly kind: 'capsule' | 'cylinder'; readonly axis: Axis; readonly lengthM: number; readonly radiusM: number }
  /** See hullPoints. */
  | { readonly kind: 'hull'; readonly form: string; readonly extents: Vec3 };

/** What an entity collides with. */
export interface BodyShape {
  readonly form: BodyForm;
  /** From its position to its middle, in its own frame, in metres. */
  readonly offset: Vec3;
  /** Everything is within this distance of the middle, in metres. */
  readonly radiusM: number;
}

/** What is thinner is taken for this thick, in metres: things without a thickness cannot be hit. */
const EXTENT_M_MIN = 0.01;
/** Extents that differ by less than this share are equal. */
const ROUND_SHARE = 0.02;
/** Shapes of which only the extents are known here: the forms themselves are in files. */
const FORMS_IN_FILES = new Set(['hull', 'simple-hull', 'compound', 'simple-compound', 'static-mesh', 'multisphere']);

/** What an entity of this type and with these properties collides with; undefined when it has no body. Pure. */
export function bodyShapeOf({ type, properties }: PlacedEntity): BodyShape | undefined {
  const dimensions = vectorOf(type, properties, 'dimensions');
  const registration = vectorOf(type, properties, 'registrationPoint');
  const extents = { x: thick(dimensions.x), y: thick(dimensions.y), z: thick(dimensions.z) };
  const form = formOf(type, properties, extents);
  if (!form) return undefined;
  const offset = {
    x: (0.5 - registration.x) * dimensions.x,
    y: (0.5 - registration.y) * dimensions.y,
    z: (0.5 - registration.z) * dimensions.z,
  };
  return { form, offset, radiusM: Math.hypot(extents.x, extents.y, extents.z) / 2 };
}

function formOf(type: string, properties: PlacedEntity['properties'], extents: Vec3): BodyForm | undefined {
  const word = (name: string, fallback: string): string => {
    const value = properties[name];
    return typeof value === 'string' ? value : fallback;
  };
  if (type === 'Box') return drawnForm(word('shape', 'Cube'), extents);
  if (type === 'Sphere' || type === 'Shape') return drawnForm(word('shape', 'Sphere'), extents);
  if (type === 'Model') return chosenForm(word('shapeType', 'none'), extents);
  return undefined;
}

/** The form of something by how it looks. */
function drawnForm(shape: string, extents: Vec3): BodyForm {
  if (shape === 'Sphere' || shape === 'sphere') return ellipsoid(extents);
  if (shape === 'Cylinder' || shape === 'Circle' || shape === 'Torus') return cylinder('y', extents);
  return hasHull(shape) ? { kind: 'hull', form: shape, extents } : { kind: 'box', extents };
}

/** The form of something by its shapeType. */
function chosenForm(shapeType: string, extents: Vec3): BodyForm | undefined {
  const axis = shapeType.at(-1) as Axis;
  if (shapeType === 'sphere' || shapeType === 'ellipsoid') return ellipsoid(extents);
  if (shapeType.startsWith('cylinder-')) return cylinder(axis, extents);
  if (shapeType === 'circle') return cylinder('y', extents);
  if (shapeType.startsWith('capsule-')) return capsule(axis, extents);
  if (shapeType === 'plane') return { kind: 'box', extents: { ...extents, y: EXTENT_M_MIN } };
  return shapeType === 'box' || FORMS_IN_FILES.has(shapeType) ? { kind: 'box', extents } : undefined;
}

function ellipsoid(extents: Vec3): BodyForm {
  const { x, y, z } = extents;
  if (areEqual(x, y) && areEqual(y, z)) return { kind: 'ball', radiusM: (x + y + z) / 6 };
  return { kind: 'hull', form: 'Sphere', extents };
}

function cylinder(axis: Axis, extents: Vec3): BodyForm {
  const [a, b] = across(axis, extents);
  if (areEqual(a, b)) return { kind: 'cylinder', axis, lengthM: extents[axis], radiusM: (a + b) / 4 };
  return axis === 'y' ? { kind: 'hull', form: 'Cylinder', extents } : { kind: 'box', extents };
}

function capsule(axis: Axis, extents: Vec3): BodyForm {
  const [a, b] = across(axis, extents);
  const radiusM = Math.min(a, b) / 2;
  // Without a straight part between its ends it is a ball.
  if (extents[axis] <= 2 * radiusM) return { kind: 'ball', radiusM: extents[axis] / 2 };
  return { kind: 'capsule', axis, lengthM: extents[axis], radiusM };
}

function across(axis: Axis, { x, y, z }: Vec3): [number, number] {
  if (axis === 'x') return [y, z];
  return axis === 'y' ? [x, z] : [x, y];
}

function areEqual(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUND_SHARE * Math.max(a, b);
}

function thick(extent: number): number {
  return Math.max(EXTENT_M_MIN, Math.abs(extent));
}
