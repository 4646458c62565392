import { unzlibSync, zlibSync } from 'fflate';

/** Cubes of clay that are there or not. */
export interface Voxels {
  /** How many along each axis, 1 to 128. */
  width: number;
  height: number;
  depth: number;
  /** One byte for each: 0 is air. Along x first, then y, then z. */
  cells: Uint8Array;
}

const SIZE_MAX = 128;
const HEADER_BYTES = 10;
/** Base64 of the sizes: six bytes. */
const HEADER_CHARACTERS = 8;

/**
 * Reads the predecessor's voxel data: base64 of three sizes (16 bits, big end first), the length of what follows, the
 * unpacked length, and zlib of one byte for each cube. Undefined for whatever is not that. Never throws. Pure.
 */
export function readVoxels(text: string): Voxels | undefined {
  try {
    const bytes = Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
    if (bytes.length <= HEADER_BYTES) return undefined;
    const view = new DataView(bytes.buffer);
    const [width, height, depth] = [0, 2, 4].map((offset) => view.getUint16(offset));
    if ([width, height, depth].some((size) => size < 1 || size > SIZE_MAX)) return undefined;
    const count = width * height * depth;
    // Qt puts the unpacked length before what zlib wrote; other writers leave it out.
    const start = isZlib(bytes, HEADER_BYTES) ? HEADER_BYTES : HEADER_BYTES + 4;
    if (!isZlib(bytes, start)) return undefined;
    // With the room given, no more than that is ever unpacked.
    const cells = unzlibSync(bytes.subarray(start), { out: new Uint8Array(count) });
    return cells.length === count ? { width, height, depth, cells } : undefined;
  } catch {
    return undefined;
  }
}

/** How many cubes there are, by the first bytes alone; undefined for whatever is no voxel data. Never throws. Pure. */
export function readVoxelSize(text: string): Pick<Voxels, 'width' | 'height' | 'depth'> | undefined {
  try {
    const characters = [...atob(text.slice(0, HEADER_CHARACTERS).trim())];
    const [width, height, depth] = [0, 2, 4].map(
      (at) => characters[at].charCodeAt(0) * 256 + characters[at + 1].charCodeAt(0),
    );
    return [width, height, depth].some((size) => size < 1 || size > SIZE_MAX) ? undefined : { width, height, depth };
  } catch {
    return undefined;
  }
}

/** Writes voxel data as the predecessor does. Pure. */
export function writeVoxels({ width, height, depth, cells }: Voxels): string {
  const packed = zlibSync(cells);
  const file = new Uint8Array(HEADER_BYTES + 4 + packed.length);
  const view = new DataView(file.buffer);
  [width, height, depth].forEach((size, index) => view.setUint16(2 * index, size));
  view.setUint32(6, packed.length + 4);
  view.setUint32(HEADER_BYTES, cells.length);
  file.set(packed, HEADER_BYTES + 4);
  return btoa(String.fromCharCode(...file));
}

function isZlib(bytes: Uint8Array, offset: number): boolean {
  const [method, flags] = [bytes[offset], bytes[offset + 1]];
  return (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0;
}
