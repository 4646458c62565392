import { EntityError, type PlannedEntity, readArchive } from '@app/entities';
import {
  BrokenModelsError,
  type ModelsFile,
  type ModelsReport,
  openContentArchive,
  openZip,
  parseModelsJson,
  type ZipSource,
} from '@app/vircadia';
import { MODELS_JSON_BYTES_MAX } from '@app/world';
import type { WorldSettings } from './world-settings.js';

/** `archive` is ours; `models` is a models.json, `content` a content archive of Vircadia or Overte. */
export type WorldFormat = 'archive' | 'models' | 'content';

/** An asset in a file. */
export interface FiledAsset {
  readonly sizeBytes: number;
  /** Its bytes, compared with its hash. Fails with `archive-invalid`. */
  read(): Promise<Uint8Array>;
}

/** A world as a file has it; checked but for the bytes of assets. */
export interface WorldFile {
  readonly format: WorldFormat;
  /** Of archives of ours only. */
  readonly shards?: number;
  readonly entities: readonly PlannedEntity[];
  /** Hashes by path; paths begin with a slash. */
  readonly assetPaths: ReadonlyMap<string, string>;
  readonly assets: ReadonlyMap<string, FiledAsset>;
  /** Paths whose assets are not in the file. */
  readonly missingPaths: readonly string[];
  readonly settings: WorldSettings;
  /** For files of the predecessor: what is broken or was mended. */
  readonly report?: ModelsReport;
  /** Files of an archive that nobody needs. */
  readonly ignored: readonly string[];
}

/** Under which setting we keep what stands beside the entities of a models.json. */
export const MODELS_ABOUT = 'vircadia.about';

const ZIP_MAGIC = [0x50, 0x4b];
const OUR_FILE = 'world.json';

/**
 * Reads a world from a file of any known format, which is told by its content. Broken entities of a predecessor's file are
 * in the report, and then there are no entities at all. Fails with `archive-invalid` or `import-invalid` otherwise.
 *
 * @param name  what the file is called; one that ends with `.zip` must be an archive
 */
export async function readWorldFile(source: ZipSource, name = ''): Promise<WorldFile> {
  const head = await source.read(0, Math.min(2, source.sizeBytes));
  if (ZIP_MAGIC.every((byte, i) => head[i] === byte)) {
    return (await openZip(source)).has(OUR_FILE) ? readOurs(source) : readContent(source);
  }
  if (/\.zip$/i.test(name)) throw new EntityError('archive-invalid', `${name} is no archive.`);
  if (source.sizeBytes > MODELS_JSON_BYTES_MAX) {
    throw new EntityError('import-invalid', `A models.json has at most ${MODELS_JSON_BYTES_MAX} bytes.`);
  }
  const bytes = await source.read(0, source.sizeBytes);
  const models = await orReport(async () => parseModelsJson(bytes));
  return { ...NOTHING, format: 'models', ...models };
}

const NOTHING = {
  assetPaths: new Map<string, string>(),
  assets: new Map<string, FiledAsset>(),
  missingPaths: [],
  settings: {},
  ignored: [],
};

async function readOurs(source: ZipSource): Promise<WorldFile> {
  const { shards, entities, assetPaths, assets, settings, ignored } = await readArchive(source);
  return { format: 'archive', shards, entities, assetPaths, assets, missingPaths: [], settings, ignored };
}

async function readContent(source: ZipSource): Promise<WorldFile> {
  const archive = await openContentArchive(source);
  const models = await orReport(() => archive.readModels());
  const { mapping, assets, missing, unknown, settings } = archive;
  // The predecessor's settings are those of a whole domain, and may hold passwords: nothing of them is taken.
  const ignored = settings ? [...unknown, "the domain's settings"] : unknown;
  const missingPaths = new Set(missing);
  const assetPaths = new Map([...mapping].filter(([path]) => !missingPaths.has(path)));
  return { ...NOTHING, format: 'content', assetPaths, assets, missingPaths: missing, ignored, ...models };
}

type Models = Pick<WorldFile, 'entities' | 'report' | 'settings'>;

async function orReport(read: () => Promise<ModelsFile & { report: ModelsReport }>): Promise<Models> {
  try {
    const { entities, about, report } = await read();
    return { entities, report, settings: Object.keys(about).length > 0 ? { [MODELS_ABOUT]: about } : {} };
  } catch (error) {
    if (!(error instanceof BrokenModelsError)) throw error;
    return { entities: [], report: error.report, settings: {} };
  }
}
