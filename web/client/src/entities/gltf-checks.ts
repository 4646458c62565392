import { LoadError } from './bounded-fetch.js';
import { countDrawn } from './gltf-drawn.js';
import { MODEL_DRAWS_MAX, MODEL_TRIANGLES_MAX } from './visual-limits.js';

/** Most of everything in one file; beyond, a file is a mistake or an attack. */
export const GLTF_LIMITS = {
  nodes: 20_000,
  primitives: 10_000,
  /** Numbers in all accessors together. */
  values: 48_000_000,
  images: 256,
  buffers: 64,
  animations: 256,
} as const;

const JSON_CHUNK = 0x4e4f534a;
const BINARY_CHUNK = 0x004e4942;
const GLB_MAGIC = 0x676c5446;
const JSON_BYTES_MAX = 33_554_432;
const COMPONENTS: Record<string, number> = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 };

/** A file that a model consists of. */
export interface NamedFile {
  uri: string;
  /** Where images lie in it: the first byte, and how many. The whole file is one where that is what it is named for. */
  images: Array<readonly [offset: number, length: number]>;
}

/** What has to be known of a file before it is unpacked. */
export interface GltfContents {
  /** Other files that it names, as it names them: paths and data: addresses, of buffers and images. */
  uris: NamedFile[];
  /** Images that lie in it. */
  images: Uint8Array[];
  /** Numbers in all accessors together. */
  values: number;
  /** What is drawn in each frame, repetitions counted. */
  triangles: number;
  draws: number;
}

/**
 * Looks through a glTF or GLB before it is unpacked: a few bytes of it can claim billions of vertices, for which a loader
 * would make room. Fails with a LoadError; whatever the bytes are, with nothing else. Pure.
 */
export function checkGltf(bytes: Uint8Array): GltfContents {
  const { json, binary } = split(bytes);
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(json));
  } catch {
    throw new LoadError('It is no glTF file.');
  }
  if (!isObject(document) || !isObject(document.asset)) throw new LoadError('It is no glTF file.');
  const buffers = listOf(document, 'buffers', GLTF_LIMITS.buffers);
  const images = listOf(document, 'images', GLTF_LIMITS.images);
  listOf(document, 'nodes', GLTF_LIMITS.nodes);
  listOf(document, 'animations', GLTF_LIMITS.animations);
  countPrimitives(document);
  const values = countValues(document);
  const drawn = countDrawn(document);
  if (drawn.triangles > MODEL_TRIANGLES_MAX)
    throw new LoadError(`It has ${millions(drawn.triangles)} triangles; ${millions(MODEL_TRIANGLES_MAX)} is the most.`);
  if (drawn.draws > MODEL_DRAWS_MAX) throw new LoadError(`It consists of more than ${MODEL_DRAWS_MAX} parts.`);
  const views = images.flatMap(({ bufferView }) => viewOf(document, bufferView) ?? []);
  const within = (index: number): NamedFile['images'] =>
    views.filter(({ buffer }) => buffer === index).map(({ offset, length }) => [offset, length] as const);
  const uris = [
    ...buffers.map(({ uri }, index) => ({ uri, images: within(index) })),
    ...images.map(({ uri }) => ({ uri, images: [[0, Infinity] as const] })),
  ].filter((each): each is NamedFile => typeof each.uri === 'string');
  const own = binary && typeof buffers[0]?.uri !== 'string' ? within(0) : [];
  return { uris, images: own.map(([offset, length]) => binary!.subarray(offset, offset + length)), values, ...drawn };
}

function split(bytes: Uint8Array): { json: Uint8Array; binary: Uint8Array | undefined } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== GLB_MAGIC) {
    if (bytes.length > JSON_BYTES_MAX) throw new LoadError('It is too large.');
    return { json: bytes, binary: undefined };
  }
  const chunks = new Map<number, Uint8Array>();
  for (let offset = 12; offset + 8 <= bytes.length;) {
    const length = view.getUint32(offset, true);
    const type = view.getUint32(offset + 4, true);
    if (offset + 8 + length > bytes.length) throw new LoadError('The file is cut off.');
    if (!chunks.has(type)) chunks.set(type, bytes.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length;
  }
  const json = chunks.get(JSON_CHUNK);
  if (!json || json.length > JSON_BYTES_MAX) throw new LoadError('It is no glTF file.');
  return { json, binary: chunks.get(BINARY_CHUNK) };
}

function countPrimitives(document: Fields): void {
  let count = 0;
  for (const mesh of listOf(document, 'meshes', GLTF_LIMITS.primitives)) {
    count += Array.isArray(mesh.primitives) ? mesh.primitives.length : 0;
  }
  if (count > GLTF_LIMITS.primitives) throw tooMuch();
}

function countValues(document: Fields): number {
  let values = 0;
  for (const { count, type } of listOf(document, 'accessors', 200_000)) {
    if (count !== undefined && !(Number.isSafeInteger(count) && (count as number) >= 0)) throw tooMuch();
    values += Number(count ?? 0) * (COMPONENTS[String(type)] ?? 16);
    if (values > GLTF_LIMITS.values) throw tooMuch();
  }
  return values;
}

function viewOf(document: Fields, index: unknown): { buffer: number; offset: number; length: number } | undefined {
  const view = typeof index === 'number' ? listOf(document, 'bufferViews', 200_000)[index] : undefined;
  const [buffer, offset, length] = [view?.buffer, view?.byteOffset ?? 0, view?.byteLength].map(Number);
  return view && offset >= 0 && length > 0 ? { buffer, offset, length } : undefined;
}

type Fields = Record<string, unknown>;

function listOf(document: Fields, name: string, countMax: number): Fields[] {
  const list = document[name] ?? [];
  if (!Array.isArray(list) || list.length > countMax) throw tooMuch();
  if (!list.every(isObject)) throw new LoadError('It is no glTF file.');
  return list;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function millions(count: number): string {
  return `${(count / 1e6).toFixed(1)} million`;
}

function tooMuch(): LoadError {
  return new LoadError('There is too much in it.');
}
