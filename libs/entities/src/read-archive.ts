import {
  ENTITIES_PER_WORLD_MAX,
  ENTITY_BYTES_MAX,
  ENTITY_SHARDS_MAX,
  type EntityProperties,
  type EntityValue,
  isWorldName,
} from '@app/world';
import { openZip, wrongZipName, type ZipEntry, type ZipSource } from '@app/vircadia';
import { createHash } from 'node:crypto';
import {
  ARCHIVE_FILES,
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  type AssetHash,
  assetOfFile,
  invalidArchive,
  isAssetHash,
} from './archive-format.js';
import { orderTarget, type PlannedEntity } from './planned-world.js';

/** An asset in an archive. */
export interface ArchivedAsset {
  readonly sizeBytes: number;
  /** Its bytes, compared with its hash. Fails with `archive-invalid`. */
  read(): Promise<Uint8Array>;
}

/** What is in an archive; all of it has been checked but for the bytes of assets. */
export interface WorldArchive {
  readonly name: string;
  readonly shards: number;
  /** A world: for planTransition. Parents before their children. */
  readonly entities: readonly PlannedEntity[];
  /** Hashes by path; each asset is there. */
  readonly assetPaths: ReadonlyMap<string, AssetHash>;
  readonly assets: ReadonlyMap<AssetHash, ArchivedAsset>;
  readonly settings: Readonly<Record<string, EntityValue>>;
  /** Files that nobody needs. */
  readonly ignored: readonly string[];
}

type Files = ReadonlyMap<string, ZipEntry>;

/** Bytes of a line of entities.ndjson: every byte of an entity may have to be written as \uXXXX. */
const LINE_BYTES_MAX = 6 * ENTITY_BYTES_MAX;
const NEW_LINE = 0x0a;

/**
 * Reads an archive of a world. Fails with `archive-invalid`, naming the file, for what is no such archive or breaks a
 * limit, and with `import-invalid`, naming the entity, when the entities are no world; otherwise only as `source` does.
 */
export async function readArchive(source: ZipSource | Uint8Array): Promise<WorldArchive> {
  const files = await openZip(source);
  const { name, shards, entitiesCount } = readHead(await readObject(files, ARCHIVE_FILES.world));
  const entities = orderTarget(readEntities(await readFile(files, ARCHIVE_FILES.entities)));
  if (entities.length !== entitiesCount) throw invalidArchive(ARCHIVE_FILES.world, 'The number of entities is wrong.');
  const assets = assetsOf(files);
  const assetPaths = readPaths(await readObject(files, ARCHIVE_FILES.assetPaths), assets);
  const settings = (await readObject(files, ARCHIVE_FILES.settings)) as Record<string, EntityValue>;
  const known = new Set<string>(Object.values(ARCHIVE_FILES));
  const ignored = [...files.keys()].filter((file) => !known.has(file) && assetOfFile(file) === undefined);
  return { name, shards, entities, assetPaths, assets, settings, ignored };
}

function readHead(head: Record<string, unknown>): { name: string; shards: number; entitiesCount: number } {
  const { format, version, name, shards, entities } = head;
  const file = ARCHIVE_FILES.world;
  if (format !== ARCHIVE_FORMAT) throw invalidArchive(file, 'This is no archive of a world.');
  if (version !== ARCHIVE_VERSION)
    throw invalidArchive(file, `Only archives of version ${ARCHIVE_VERSION} can be read.`);
  if (typeof name !== 'string' || !isWorldName(name)) throw invalidArchive(file, 'The name is none of a world.');
  if (!isInteger(shards, 1, ENTITY_SHARDS_MAX)) throw invalidArchive(file, 'The number of shards is wrong.');
  if (!isInteger(entities, 0, ENTITIES_PER_WORLD_MAX)) throw invalidArchive(file, 'The number of entities is wrong.');
  return { name, shards, entitiesCount: entities };
}

function* readEntities(data: Uint8Array): Iterable<PlannedEntity> {
  const file = ARCHIVE_FILES.entities;
  for (let start = 0, line = 1; start < data.length; line++) {
    const end = data.indexOf(NEW_LINE, start);
    if (end < 0) throw invalidArchive(file, 'The last line has no end.');
    if (end - start > LINE_BYTES_MAX) throw invalidArchive(file, `Line ${line} is too long.`);
    if (line > ENTITIES_PER_WORLD_MAX) throw invalidArchive(file, 'There are more entities than a world can have.');
    const value = parseObject(data.subarray(start, end), `${file}, line ${line}`);
    const { id, type, properties, ...rest } = value;
    const isEntity = typeof id === 'string' && typeof type === 'string' && isObject(properties);
    if (!isEntity || Object.keys(rest).length > 0) throw invalidArchive(file, `Line ${line} is no entity.`);
    yield { id, type, properties: properties as EntityProperties };
    start = end + 1;
  }
}

function assetsOf(files: Files): Map<AssetHash, ArchivedAsset> {
  const assets = new Map<AssetHash, ArchivedAsset>();
  for (const [file, entry] of files) {
    const hash = assetOfFile(file);
    if (hash === undefined) continue;
    const read = async (): Promise<Uint8Array> => {
      const data = await entry.read();
      if (createHash('sha256').update(data).digest('hex') === hash) return data;
      throw invalidArchive(file, 'Its bytes are not those that its name says.');
    };
    if (assets.has(hash)) throw invalidArchive(file, 'The asset is there twice.');
    assets.set(hash, { sizeBytes: entry.sizeBytes, read });
  }
  return assets;
}

function readPaths(object: Record<string, unknown>, assets: ReadonlyMap<AssetHash, unknown>): Map<string, AssetHash> {
  const file = ARCHIVE_FILES.assetPaths;
  const paths = new Map<string, AssetHash>();
  for (const [path, hash] of Object.entries(object)) {
    const wrong = path.startsWith('/') ? wrongZipName(path.slice(1)) : 'has no slash at its beginning';
    if (wrong) throw invalidArchive(file, `The path ${JSON.stringify(path).slice(0, 80)} ${wrong}.`);
    if (!isAssetHash(hash) || !assets.has(hash)) throw invalidArchive(file, `The asset of ${path} is missing.`);
    paths.set(path, hash);
  }
  return paths;
}

async function readObject(files: Files, file: string): Promise<Record<string, unknown>> {
  return parseObject(await readFile(files, file), file);
}

async function readFile(files: Files, file: string): Promise<Uint8Array> {
  const entry = files.get(file);
  if (!entry) throw invalidArchive(file, 'It is missing.');
  return entry.read();
}

function parseObject(data: Uint8Array, place: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch (cause) {
    throw invalidArchive(place, 'It is no JSON.', cause);
  }
  if (!isObject(value)) throw invalidArchive(place, 'It is no JSON object.');
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInteger(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}
