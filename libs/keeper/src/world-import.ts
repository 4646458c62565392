import type { Broker } from '@app/broker';
import type { Entity, EntityEdit, EntityWorld, PlannedEntity } from '@app/entities';
import { ENTITY_TYPES, readAssetPath } from '@app/world';
import { findAssetReferences } from './asset-references.js';
import type { AssetShelf } from './asset-shelf.js';
import type { WorldFile } from './read-world-file.js';
import type { PlanProgress } from './send-plan.js';
import { planOf, type Transition } from './transition.js';
import { countTypes, summarise, type TypeCounts } from './transition-summary.js';
import { addWorldSettings, checkWorldSettings } from './world-settings.js';

/** What an import would do, found out without doing anything. */
export interface ImportReport {
  readonly types: readonly TypeCounts[];
  readonly unchangedCount: number;
  /** Types that nobody here can show; their entities are kept as they are. */
  readonly unknownTypes: ReadonlyArray<{ type: string; count: number }>;
  /** Assets that will be uploaded, and their bytes. */
  readonly assetCount: number;
  readonly assetBytes: number;
  /** Paths that lead elsewhere at present. */
  readonly changedPaths: readonly string[];
  /**
   * Paths that the asset-server cannot have, or that have no file; and what entities name and nobody has: paths, and
   * addresses such as `/assets/<sha256>.glb`.
   */
  readonly missingAssets: readonly string[];
  readonly plan: ReadonlyArray<readonly EntityEdit[]>;
}

/**
 * What there shall be after an import. Without `isReplacing` what the file does not have stays; entities of the same id
 * become what they are in the file either way.
 */
export function importTransition({ entities }: WorldFile, isReplacing: boolean): Transition {
  const target = (current: EntityWorld): Iterable<PlannedEntity> =>
    isReplacing ? entities : merged(current, entities);
  return { target, isInsistent: isReplacing };
}

/**
 * Checks everything: entities, settings, and the bytes of every asset. Fails with `import-invalid`, `archive-invalid` or
 * `world-settings-too-large`; nothing has been changed then, or afterwards.
 *
 * @param onProgress  told after each asset
 */
export async function checkImport(
  file: WorldFile,
  transition: Transition,
  current: EntityWorld,
  shelf: AssetShelf,
  onProgress?: PlanProgress,
): Promise<ImportReport> {
  const plan = planOf(transition, current);
  const types = summarise(current, plan);
  checkWorldSettings(file.settings);
  const assets = [...file.assets.values()];
  for (const [i, asset] of assets.entries()) {
    await asset.read();
    onProgress?.(i + 1, assets.length);
  }
  const present = await shelf.paths();
  const touched = types.reduce((sum, { added, changed }) => sum + added + changed, 0);
  return {
    types,
    unchangedCount: file.entities.length - touched,
    unknownTypes: countTypes(file.entities).filter(({ type }) => !ENTITY_TYPES.has(type)),
    assetCount: assets.length,
    assetBytes: assets.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    changedPaths: [...file.assetPaths]
      .filter(([path, hash]) => (present.get(path) ?? hash) !== hash)
      .map(([path]) => path),
    missingAssets: await missingAssets(file, present, shelf),
    plan,
  };
}

/** Uploads the assets of a checked file, leads its paths to them, and keeps its settings. */
export async function importAttachments(
  { assets, assetPaths, settings }: WorldFile,
  { broker, shelf, world }: { broker: Broker; shelf: AssetShelf; world: string },
  onProgress?: PlanProgress,
): Promise<void> {
  const names = new Map([...assetPaths].map(([path, hash]) => [hash, path.slice(path.lastIndexOf('/') + 1)]));
  let done = 0;
  for (const [hash, asset] of assets) {
    await shelf.put(hash, await asset.read(), names.get(hash) ?? '');
    onProgress?.(++done, assets.size);
  }
  for (const [path, hash] of assetPaths) await shelf.lead(path, hash);
  await addWorldSettings(broker, world, settings);
}

function* merged(current: EntityWorld, entities: readonly PlannedEntity[]): Iterable<PlannedEntity | Entity> {
  const imported = new Set(entities.map(({ id }) => id));
  yield* entities;
  for (const entity of current.entities()) if (!imported.has(entity.id)) yield entity;
}

async function missingAssets(
  file: WorldFile,
  present: ReadonlyMap<string, string>,
  shelf: AssetShelf,
): Promise<string[]> {
  const { paths, addressed } = findAssetReferences(file.entities.map(({ properties }) => properties));
  const unknown = [...paths].filter((path) => !file.assetPaths.has(path) && !present.has(path));
  for (const [hash, address] of addressed) {
    if (!file.assets.has(hash) && !(await shelf.has(hash))) unknown.push(address);
  }
  const impossible = [...file.assetPaths.keys()].filter((path) => readAssetPath(path) === undefined);
  return [...new Set([...file.missingPaths, ...impossible, ...unknown])].sort();
}
