import type { EntityValue } from '@app/world';
import { writeZip, type ZipContent } from '@app/vircadia';
import { createHash } from 'node:crypto';
import {
  ARCHIVE_FILES,
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  assetFileOf,
  type AssetHash,
  invalidArchive,
} from './archive-format.js';
import { canonicalJson } from './canonical-json.js';
import type { PlannedEntity } from './planned-world.js';

/** Everything that goes into an archive. */
export interface ArchiveContent {
  readonly name: string;
  readonly shards: number;
  /** Those that move are written as they were at their `movedAtMs`, and go on from there when they are imported. */
  readonly entities: Iterable<PlannedEntity>;
  /** Hashes by path; paths begin with a slash. */
  readonly assetPaths: ReadonlyMap<string, AssetHash>;
  /** Assets that no path leads to. */
  readonly furtherAssets?: Iterable<AssetHash>;
  readonly readAsset: (hash: AssetHash) => Promise<Uint8Array>;
  /** Settings of the world, by name, without secrets. */
  readonly settings: Readonly<Record<string, EntityValue>>;
}

/**
 * A world with its assets and settings as one zip archive, piece by piece. The same content makes the same bytes, whenever
 * and wherever; who made an entity, and its revision, are not in it. Fails with `archive-invalid` when an asset's bytes do
 * not match its hash, or as `readAsset` does.
 */
export function writeArchive(content: ArchiveContent): AsyncIterable<Uint8Array> {
  return writeZip(filesOf(content));
}

async function* filesOf({ name, shards, settings, ...rest }: ArchiveContent): AsyncIterable<ZipContent> {
  const entities = [...rest.entities].sort((a, b) => (a.id < b.id ? -1 : 1));
  const head = { format: ARCHIVE_FORMAT, version: ARCHIVE_VERSION, name, shards, entities: entities.length };
  yield { name: ARCHIVE_FILES.world, data: textFile(`${canonicalJson(head)}\n`) };
  yield { name: ARCHIVE_FILES.settings, data: textFile(`${canonicalJson(settings)}\n`) };
  yield { name: ARCHIVE_FILES.entities, data: linesOf(entities) };
  const paths = [...rest.assetPaths].sort(([a], [b]) => (a < b ? -1 : 1));
  yield { name: ARCHIVE_FILES.assetPaths, data: textFile(`${canonicalJson(Object.fromEntries(paths))}\n`) };
  // Of several paths of one asset the first gives the ending.
  const files = new Map([...(rest.furtherAssets ?? [])].map((hash) => [hash, assetFileOf(hash, '')]));
  for (const [path, hash] of [...paths].reverse()) files.set(hash, assetFileOf(hash, path));
  for (const [hash, file] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const data = await rest.readAsset(hash);
    if (createHash('sha256').update(data).digest('hex') !== hash) throw invalidArchive(file, 'The asset is damaged.');
    yield { name: file, data };
  }
}

/** One entity a line; in pieces, because there may be more text than a string can hold. */
function linesOf(entities: readonly PlannedEntity[]): Uint8Array {
  const lines = entities.map(({ id, type, properties }) => textFile(`${canonicalJson({ id, type, properties })}\n`));
  return Buffer.concat(lines);
}

function textFile(text: string): Uint8Array {
  return Buffer.from(text);
}
