import { createHash } from 'node:crypto';
import { isAssetHash, parseAssetMapping, renderAssetMapping } from './asset-mapping.js';
import { type ModelsOptions, parseModelsJson } from './models-json.js';
import type { ModelsFile, ModelsReport } from './models-file.js';
import { VircadiaError } from './vircadia.errors.js';
import { openZip, type ZipEntry, type ZipLimits, type ZipSource } from './zip-archive.js';
import { shown } from './zip-directory.js';
import { type ZipContent, writeZip } from './zip-writer.js';

/** Where the parts of an archive may be; the first that is there counts. We write the first of each. */
const MODELS_NAMES = ['models.json.gz', 'entities/models.json.gz', 'models/models.json.gz', 'models.json'];
const MORE_MODELS_NAMES = ['entities/models.json', 'models/models.json'];
const MAPPING_NAMES = ['mappings.json', 'assets/map.json', 'assets/mappings.json', 'map.json'];
const SETTINGS_NAMES = ['content-settings.json', 'domain-settings.json', 'settings.json', 'config.json'];
/** Folders in which files are named by their content. */
const ASSET_PATTERN = /^(?:files|assets\/files|assets)\/([0-9a-fA-F]{64})$/;

/** A file of the predecessor's asset server. */
export interface ArchivedAsset {
  /** SHA-256, 64 lower-case hexadecimal digits. */
  readonly hash: string;
  readonly sizeBytes: number;
  /** Its bytes, with the hash compared. Fails with `archive-invalid`. */
  read(): Promise<Uint8Array>;
}

/** A domain's content as the predecessor backs it up. */
export interface ContentArchive {
  /** Whether there is a models.json at all. */
  readonly hasModels: boolean;
  /** The world. Fails with `import-invalid` as parseModelsJson does, also when there is none. */
  readModels(options?: ModelsOptions): Promise<ModelsFile & { readonly report: ModelsReport }>;
  /** Paths of assets, such as `/models/tree.glb`, with their hashes. */
  readonly mapping: ReadonlyMap<string, string>;
  /** Files by hash. */
  readonly assets: ReadonlyMap<string, ArchivedAsset>;
  /** Paths whose files are not in the archive. */
  readonly missing: readonly string[];
  /** The domain's settings as they are in the file, which nobody has checked; undefined when there are none. */
  readonly settings: Uint8Array | undefined;
  /** Names of files that are no part of such an archive. */
  readonly unknown: readonly string[];
}

/** What goes into an archive. */
export interface ContentParts {
  /** A models.json.gz. */
  readonly models: Uint8Array;
  readonly mapping: ReadonlyMap<string, string>;
  /** The files of the mapping, each once. */
  readonly assets: Iterable<{ hash: string; data: Uint8Array }> | AsyncIterable<{ hash: string; data: Uint8Array }>;
  readonly settings?: Uint8Array;
}

/** Opens a zip archive of Vircadia or Overte. Fails with `archive-invalid`; see openZip for limits. */
export async function openContentArchive(
  source: ZipSource | Uint8Array,
  limits: Partial<ZipLimits> = {},
): Promise<ContentArchive> {
  const entries = new Map(await openZip(source, limits));
  const models = takeFirst(entries, [...MODELS_NAMES, ...MORE_MODELS_NAMES]);
  const mappingEntry = takeFirst(entries, MAPPING_NAMES);
  const settings = takeFirst(entries, SETTINGS_NAMES);
  const mapping = mappingEntry ? parseAssetMapping(await mappingEntry.read()) : new Map<string, string>();
  const assets = takeAssets(entries);
  return {
    hasModels: models !== undefined,
    readModels: async (options) => parseModelsJson(await readModelsOf(models), options),
    mapping,
    assets,
    missing: [...mapping].filter(([, hash]) => !assets.has(hash)).map(([path]) => path),
    settings: await settings?.read(),
    unknown: [...entries.keys()],
  };
}

/** A zip archive as the predecessor's backups are, piece by piece. Equal parts make equal bytes. */
export function writeContentArchive(parts: ContentParts): AsyncIterableIterator<Uint8Array> {
  return writeZip(contentsOf(parts));
}

async function* contentsOf({ models, mapping, assets, settings }: ContentParts): AsyncIterableIterator<ZipContent> {
  yield { name: MODELS_NAMES[0], data: models };
  yield { name: MAPPING_NAMES[0], data: renderAssetMapping(mapping) };
  if (settings) yield { name: SETTINGS_NAMES[0], data: settings };
  for await (const { hash, data } of assets) {
    if (!isAssetHash(hash)) throw invalid(`${shown(hash)} is no SHA-256 hash.`);
    yield { name: `files/${hash}`, data };
  }
}

function takeFirst(entries: Map<string, ZipEntry>, names: readonly string[]): ZipEntry | undefined {
  const name = names.find((candidate) => entries.has(candidate));
  if (name === undefined) return undefined;
  const entry = entries.get(name);
  entries.delete(name);
  return entry;
}

function takeAssets(entries: Map<string, ZipEntry>): Map<string, ArchivedAsset> {
  const assets = new Map<string, ArchivedAsset>();
  for (const [name, entry] of entries) {
    const hash = ASSET_PATTERN.exec(name)?.[1].toLowerCase();
    if (hash === undefined) continue;
    entries.delete(name);
    assets.set(hash, { hash, sizeBytes: entry.sizeBytes, read: () => readAsset(entry, hash) });
  }
  return assets;
}

async function readAsset(entry: ZipEntry, hash: string): Promise<Uint8Array> {
  const bytes = await entry.read();
  if (createHash('sha256').update(bytes).digest('hex') !== hash) {
    throw invalid(`${shown(entry.name)} does not have the content that its name says.`);
  }
  return bytes;
}

async function readModelsOf(entry: ZipEntry | undefined): Promise<Uint8Array> {
  if (!entry) throw new VircadiaError('import-invalid', 'There is no models.json in the archive.');
  return entry.read();
}

function invalid(sentence: string): VircadiaError {
  return new VircadiaError('archive-invalid', sentence);
}
