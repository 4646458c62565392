import { type Entity, type EntityWorld, type PlannedEntity, propertiesAt, writeArchive } from '@app/entities';
import { renderModelsJson, writeContentArchive } from '@app/vircadia';
import type { EntityProperties } from '@app/world';
import { findAssetReferences } from './asset-references.js';
import type { AssetShelf } from './asset-shelf.js';
import { contentWorldOf } from './content-world.js';
import { MODELS_ABOUT, type WorldFormat } from './read-world-file.js';
import { withoutSecrets, type WorldSettings } from './world-settings.js';

/** Which assets go into an archive: those that the world's entities name, all of the domain, or none. */
export type AssetChoice = 'used' | 'all' | 'none';

/** What is exported. */
export interface ExportSource {
  readonly world: EntityWorld;
  readonly name: string;
  readonly shards: number;
  /** As a predecessor's file has no velocities that go on, what moves is written as it is at this time, in ms. */
  readonly atMs: number;
  readonly settings: WorldSettings;
  readonly assets: ExportedAssets;
}

/** Assets that go along. */
export interface ExportedAssets {
  /** Hashes by path; paths begin with a slash. */
  readonly paths: ReadonlyMap<string, string>;
  /** Assets that no path leads to. */
  readonly further: readonly string[];
  /** What entities name, or paths lead to, and is not there: paths, and addresses such as `/assets/<sha256>.glb`. */
  readonly missing: readonly string[];
  readonly read: (hash: string) => Promise<Uint8Array>;
}

/** Finds out which assets go along. What is missing is told, not an error: a world may be exported without it. */
export async function chooseAssets(
  shelf: AssetShelf,
  world: EntityWorld,
  choice: AssetChoice,
): Promise<ExportedAssets> {
  const read = (hash: string): Promise<Uint8Array> => shelf.read(hash);
  if (choice === 'none') return { paths: new Map(), further: [], missing: [], read };
  const all = await shelf.paths();
  const named = findAssetReferences([...world.entities()].map(({ properties }) => properties));
  const wanted = choice === 'all' ? [...all.keys()] : [...named.paths];
  const paths = new Map<string, string>();
  const missing = [...named.paths].filter((path) => !all.has(path));
  for (const path of wanted) {
    const hash = all.get(path);
    if (hash === undefined) continue;
    if (await shelf.has(hash)) paths.set(path, hash);
    else missing.push(path);
  }
  const reached = new Set(paths.values());
  const further: string[] = [];
  // Any 64 digits may be some other hash, so one that is not there is an asset only where an address says so.
  for (const hash of named.hashes) {
    if (reached.has(hash)) continue;
    const address = named.addressed.get(hash);
    if (await shelf.has(hash)) further.push(hash);
    else if (address !== undefined) missing.push(address);
  }
  return { paths, further: further.sort(), missing: [...new Set(missing)].sort(), read };
}

/** A world as a file, piece by piece; equal worlds make equal bytes. `models` is gzipped if it should be. */
export function exportWorld(source: ExportSource, format: WorldFormat, isGzipped = false): AsyncIterable<Uint8Array> {
  if (format === 'archive') return exportArchive(source);
  if (format === 'content') return exportContent(source);
  return once(renderModelsJson({ entities: entitiesOf(source), ...aboutOf(source) }, { isGzipped }));
}

function exportContent(source: ExportSource): AsyncIterable<Uint8Array> {
  const { read } = source.assets;
  const { entities, mapping } = contentWorldOf(entitiesOf(source), source.assets);
  const files = async function* (): AsyncGenerator<{ hash: string; data: Uint8Array }> {
    for (const hash of new Set(mapping.values())) yield { hash, data: await read(hash) };
  };
  const models = renderModelsJson({ entities, ...aboutOf(source) }, { isGzipped: true });
  return writeContentArchive({ models, mapping, assets: files() });
}

function exportArchive({ world, name, shards, settings, assets }: ExportSource): AsyncIterable<Uint8Array> {
  return writeArchive({
    name,
    shards,
    entities: world.entities(),
    assetPaths: assets.paths,
    furtherAssets: assets.further,
    readAsset: assets.read,
    settings: withoutSecrets(settings),
  });
}

function entitiesOf({ world, atMs }: ExportSource): PlannedEntity[] {
  const entities = [...world.entities()].map((entity) => asItIs(entity, atMs));
  return entities.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function aboutOf({ settings }: ExportSource): { about?: EntityProperties } {
  const about = settings[MODELS_ABOUT];
  const isObject = typeof about === 'object' && about !== null && !Array.isArray(about);
  return isObject ? { about: about as EntityProperties } : {};
}

function asItIs(entity: Entity, atMs: number): PlannedEntity {
  const properties = propertiesAt(entity, Math.max(atMs, entity.movedAtMs));
  return { id: entity.id, type: entity.type, properties };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
