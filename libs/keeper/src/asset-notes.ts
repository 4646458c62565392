import { ASSET_PATH_BYTES_MAX, ASSET_PATH_STEPS_MAX, ASSET_VERSIONS_MAX } from '@app/world';

/** Endings of files that the asset-server knows, with other spellings; whatever else there is, is `bin`. */
const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ...['glb', 'gltf', 'png', 'jpg', 'webp', 'gif', 'ktx2', 'wav', 'mp3', 'ogg', 'json', 'txt', 'svg', 'html', 'js'].map(
    (name) => [name, name] as const,
  ),
  ['jpeg', 'jpg'],
  ['vrm', 'glb'],
  ['oga', 'ogg'],
  ['opus', 'ogg'],
  ['htm', 'html'],
  ['mjs', 'js'],
]);
/** Control characters, and what other systems take for something else than a part of a name. */
const FORBIDDEN = /[\p{Cc}\\:*?"<>|\u2028\u2029\ufeff]/u;

/** Who an asset is from that an operator has imported. */
const BY = 'operator';

/** What the asset-server notes about a file, as its bucket has it. */
export function fileNote(name: string, sizeBytes: number, atMs: number): Uint8Array {
  const ending = /\.([A-Za-z0-9]{1,8})$/.exec(name)?.[1].toLowerCase() ?? '';
  const extension = EXTENSIONS.get(ending) ?? 'bin';
  return encode({ extension, sizeBytes, name, by: BY, storedAtMs: atMs, isPrepared: false });
}

/** A path without the slash at its beginning, as the asset-server has it; undefined for one that it cannot have. */
export function readPath(text: string): string | undefined {
  const path = text.normalize('NFC').replace(/^\//, '');
  if (path === '' || FORBIDDEN.test(path) || path !== path.trim()) return undefined;
  if (Buffer.byteLength(path) > ASSET_PATH_BYTES_MAX) return undefined;
  const steps = path.split('/');
  return steps.length <= ASSET_PATH_STEPS_MAX && steps.every((step) => /[^\s.]/.test(step)) ? path : undefined;
}

/** A path as the key of its bucket. */
export function keyOfPath(path: string): string {
  return Buffer.from(path, 'utf8').toString('base64url');
}

/** The path of a key; undefined when it is none. */
export function pathOfKey(key: string): string | undefined {
  return readPath(Buffer.from(key, 'base64url').toString('utf8'));
}

/** Where a path leads; undefined when the note cannot be read. */
export function targetOf(note: Uint8Array): string | undefined {
  const hash = versionsOf(note)?.at(-1)?.hash;
  return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
}

/** The note of a path that leads to a file from now on; its earlier versions stay. */
export function pathNote(before: Uint8Array | undefined, hash: string, atMs: number): Uint8Array {
  const versions = (before && versionsOf(before)) ?? [];
  const newest = versions.at(-1)?.version;
  const version = typeof newest === 'number' ? newest + 1 : 1;
  const next = { version, hash, form: 'original', atMs, by: BY };
  return encode({ versions: [...versions, next].slice(-ASSET_VERSIONS_MAX) });
}

function versionsOf(note: Uint8Array): Array<Record<string, unknown>> | undefined {
  try {
    const { versions } = JSON.parse(new TextDecoder().decode(note)) as { versions?: unknown };
    return Array.isArray(versions) ? (versions as Array<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function encode(note: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(note));
}
