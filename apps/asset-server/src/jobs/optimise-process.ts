// A program of its own: `node optimise-process.js <from> <to>`. It knows nothing of the rest of the asset-server, and ends with
// an exit code other than 0, and no file, when there is anything about a model that it does not understand.
import { readFile, writeFile } from 'node:fs/promises';
import { NodeIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { dedup, prune, resample, weld } from '@gltf-transform/functions';

const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const JSON_CHUNK = 0x4e4f534a;
/** These hold their data in a form that only their own decoder reads; and they are small already. */
const COMPRESSED = ['KHR_draco_mesh_compression', 'EXT_meshopt_compression', 'KHR_meshopt_compression'];

const [from, to] = process.argv.slice(2);
const bytes = new Uint8Array(await readFile(from));
const known = new Set(
  ALL_EXTENSIONS.map(({ EXTENSION_NAME }) => EXTENSION_NAME).filter((name) => !COMPRESSED.includes(name)),
);
for (const name of extensionsOf(bytes)) {
  // What is not known would be left out: a person made of it would lose a face.
  if (!known.has(name)) throw new Error(`The model uses ${name}, which is not known here.`);
}
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

/** What a binary glTF says that it needs beyond the standard. */
function extensionsOf(glb: Uint8Array): string[] {
  const view = new DataView(glb.buffer, glb.byteOffset, glb.byteLength);
  const length = view.getUint32(HEADER_BYTES, true);
  if (view.getUint32(HEADER_BYTES + 4, true) !== JSON_CHUNK) throw new Error('The model has no JSON.');
  const start = HEADER_BYTES + CHUNK_HEADER_BYTES;
  const json = JSON.parse(new TextDecoder().decode(glb.subarray(start, start + length))) as {
    extensionsUsed?: unknown;
  };
  const used = json.extensionsUsed ?? [];
  if (!Array.isArray(used)) throw new Error('The model does not say what it needs.');
  return used.map(String);
}
