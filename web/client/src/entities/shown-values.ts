import { defaultOf, type EntityProperties, type EntityValue, type Quat, type Vec3 } from '@app/world';

/**
 * An entity's properties as what they are: the given ones, else the defaults of the type. Values that are not of the kind
 * asked for count as absent, because worlds are written by older and newer programs, and by people who try things.
 */
export class ShownValues {
  /** @param prefix  of properties inside others, for example `haze.` */
  constructor(
    readonly type: string,
    private readonly properties: EntityProperties,
    private readonly prefix = '',
  ) {}

  /** The value itself, or its default; null when there is neither. */
  raw(name: string): EntityValue {
    const value = Object.hasOwn(this.properties, name) ? this.properties[name] : undefined;
    return value ?? defaultOf(this.type, this.prefix + name);
  }

  /** A finite number; `fallback` where neither value nor default is one. */
  number(name: string, fallback = 0): number {
    return finite(this.raw(name)) ?? finite(defaultOf(this.type, this.prefix + name)) ?? fallback;
  }

  /** A finite number, or undefined where another property decides. */
  optionalNumber(name: string): number | undefined {
    return finite(this.raw(name));
  }

  truth(name: string): boolean {
    const value = this.raw(name);
    return typeof value === 'boolean' ? value : defaultOf(this.type, this.prefix + name) === true;
  }

  text(name: string): string {
    const value = this.raw(name);
    if (typeof value === 'string') return value;
    const fallback = defaultOf(this.type, this.prefix + name);
    return typeof fallback === 'string' ? fallback : '';
  }

  vector(name: string): Vec3 {
    return asVector(this.raw(name)) ?? asVector(defaultOf(this.type, this.prefix + name)) ?? { x: 0, y: 0, z: 0 };
  }

  /** A rotation of length 1. */
  rotation(name: string): Quat {
    const value = this.raw(name);
    const w = finite((value as Record<string, EntityValue> | null)?.w);
    const { x, y, z } = asVector(value) ?? { x: 0, y: 0, z: 0 };
    const length = Math.hypot(x, y, z, w ?? 0);
    if (w === undefined || !(length > 1e-6)) return { x: 0, y: 0, z: 0, w: 1 };
    return { x: x / length, y: y / length, z: z / length, w: w / length };
  }

  /** 0xRRGGBB. */
  colour(name: string): number {
    return this.optionalColour(name) ?? asColour(defaultOf(this.type, this.prefix + name)) ?? 0xffffff;
  }

  /** 0xRRGGBB, or undefined where another property decides. */
  optionalColour(name: string): number | undefined {
    return asColour(this.raw(name));
  }

  list(name: string): readonly EntityValue[] {
    const value = this.raw(name);
    return Array.isArray(value) ? (value as readonly EntityValue[]) : [];
  }

  /** Properties inside another, as those of `haze`. */
  group(name: string): ShownValues {
    const value = this.raw(name);
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return new ShownValues(this.type, isMap ? (value as EntityProperties) : {}, `${this.prefix}${name}.`);
  }

  /** From the position to the middle of the dimensions, in the entity's own frame, in metres. */
  get middle(): Vec3 {
    const dimensions = this.vector('dimensions');
    const registration = this.vector('registrationPoint');
    return {
      x: (0.5 - registration.x) * dimensions.x,
      y: (0.5 - registration.y) * dimensions.y,
      z: (0.5 - registration.z) * dimensions.z,
    };
  }
}

/** A vector, if it is one. */
export function asVector(value: EntityValue | undefined): Vec3 | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const map = value as Record<string, EntityValue | undefined>;
  const [x, y, z] = [finite(map.x), finite(map.y), finite(map.z)];
  return x === undefined || y === undefined || z === undefined ? undefined : { x, y, z };
}

/** A colour as 0xRRGGBB, if it is one. */
export function asColour(value: EntityValue | undefined): number | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const map = value as Record<string, EntityValue | undefined>;
  const parts = [map.red, map.green, map.blue].map(finite);
  if (parts.some((part) => part === undefined)) return undefined;
  const [red, green, blue] = parts.map((part) => Math.min(255, Math.max(0, Math.round(part!))));
  return (red << 16) | (green << 8) | blue;
}

function finite(value: EntityValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
