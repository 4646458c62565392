// A program of its own: `node optimise-process.js <from> <to> <bytes>`, the last being those that the model may have once
// it is unfolded. It knows nothing of the rest of the asset-server, and ends with an exit code other than 0, and no file,
// when there is anything about a model that it does not understand.
import { readFile, writeFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { NodeIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { dedup, prune, resample, weld } from '@gltf-transform/functions';

const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const JSON_CHUNK = 0x4e4f534a;
/** Bytes of one number, by what glTF calls its type; and how many of them make one value. */
const COMPONENT_BYTES: Readonly<Record<number, number>> = { 5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4 };
const PARTS: Readonly<Record<string, number>> = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 };
/** These hold their data in a form that only their own decoder reads; and they are small already. */
const COMPRESSED = ['KHR_draco_mesh_compression', 'EXT_meshopt_compression', 'KHR_meshopt_compression'];
/** Nodes, meshes, materials and whatever else a model lists: each costs time, however few bytes it has. */
const MODEL_PARTS_MAX = 20_000;

// It has time when nobody else needs it: sound is mixed on the same machine.
setPriority(constants.priority.PRIORITY_LOW);

const [from, to, decodedBytesMax] = process.argv.slice(2);
const bytes = new Uint8Array(await readFile(from));
const known = new Set(
  ALL_EXTENSIONS.map(({ EXTENSION_NAME }) => EXTENSION_NAME).filter((name) => !COMPRESSED.includes(name)),
);
const json = jsonOf(bytes);
for (const name of listOf(json, 'extensionsUsed').map(String)) {
  // What is not known would be left out: a person made of it would lose a face.
  if (!known.has(name)) throw new Error(`The model uses ${name}, which is not known here.`);
}
const parts = partsOf(json);
if (parts > MODEL_PARTS_MAX) throw new Error(`The model has ${parts} parts.`);
const decodedBytes = decodedBytesOf(json);
// Also for NaN.
if (!(decodedBytes <= Number(decodedBytesMax)))
  throw new Error(`The model has ${decodedBytes} bytes when it is unfolded.`);
const io = new NodeIO().registerExtensions(ALL_EXTENSIONS);
const document = await io.readBinary(bytes);
await document.transform(
  dedup({ keepUniqueNames: true }),
  weld(),
  resample(),
  // Names, places and notes are what scripts look for.
  prune({ keepLeaves: true, keepAttributes: true, keepExtras: true, keepSolidTextures: true }),
);
await writeFile(to, await io.writeBinary(document));

/** What a binary glTF says about itself. */
function jsonOf(glb: Uint8Array): object {
  const view = new DataView(glb.buffer, glb.byteOffset, glb.byteLength);
  const length = view.getUint32(HEADER_BYTES, true);
  if (view.getUint32(HEADER_BYTES + 4, true) !== JSON_CHUNK) throw new Error('The model has no JSON.');
  const start = HEADER_BYTES + CHUNK_HEADER_BYTES;
  return objectOf(JSON.parse(new TextDecoder().decode(glb.subarray(start, start + length))));
}

/** How many things a model lists, those of its meshes and animations included. */
function partsOf(json: object): number {
  const lists = Object.values(json).filter((value): value is unknown[] => Array.isArray(value));
  const inner = [
    ...listOf(json, 'meshes').flatMap((mesh) => listOf(mesh, 'primitives')),
    ...listOf(json, 'animations').flatMap((animation) => [
      ...listOf(animation, 'samplers'),
      ...listOf(animation, 'channels'),
    ]),
  ];
  return lists.reduce((sum, list) => sum + list.length, inner.length);
}

/**
 * Bytes of everything that is read or made anew of a model: lists of numbers, which need not be in the file as they are;
 * and those again that a mesh, a shape of it or a movement names, as each of them gets its own.
 */
function decodedBytesOf(json: object): number {
  const sizes = listOf(json, 'accessors').map(accessorBytes);
  const sizeAt = (index: unknown): number => (index === undefined ? 0 : (sizes[Number(index)] ?? NaN));
  const views = listOf(json, 'bufferViews').map((view) => Number(fieldOf(view, 'byteLength')));
  const images = listOf(json, 'images').map((image) => views[Number(fieldOf(image, 'bufferView') ?? NaN)] ?? 0);
  const primitives = listOf(json, 'meshes').flatMap((mesh) => listOf(mesh, 'primitives'));
  const used = [
    ...primitives.map((primitive) => fieldOf(primitive, 'indices')),
    ...primitives.flatMap((primitive) => Object.values(objectOf(fieldOf(primitive, 'attributes') ?? {}))),
    ...primitives.flatMap((primitive) =>
      listOf(primitive, 'targets').flatMap((target) => Object.values(objectOf(target))),
    ),
    ...listOf(json, 'animations')
      .flatMap((animation) => listOf(animation, 'samplers'))
      .flatMap((sampler) => [fieldOf(sampler, 'input'), fieldOf(sampler, 'output')]),
  ];
  return [...sizes, ...images, ...used.map(sizeAt)].reduce((sum, size) => sum + size, 0);
}

/** NaN for what is no list of numbers. */
function accessorBytes(accessor: unknown): number {
  const parts = PARTS[String(fieldOf(accessor, 'type'))] ?? NaN;
  const bytes = COMPONENT_BYTES[Number(fieldOf(accessor, 'componentType'))] ?? NaN;
  const count = fieldOf(accessor, 'count');
  return typeof count === 'number' && count >= 0 ? count * parts * bytes : NaN;
}

function listOf(value: unknown, field: string): unknown[] {
  const list = fieldOf(value, field) ?? [];
  if (!Array.isArray(list)) throw new Error(`The model has no list of ${field}.`);
  return list;
}

function fieldOf(value: unknown, field: string): unknown {
  return (objectOf(value) as Record<string, unknown>)[field];
}

function objectOf(value: unknown): object {
  if (typeof value === 'object' && value !== null) return value;
  throw new Error('The model is not made as models are.');
}
