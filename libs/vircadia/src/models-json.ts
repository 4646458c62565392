import {
  checkEntityProperties,
  ENTITIES_PER_WORLD_MAX,
  type EntityId,
  type EntityProperties,
  MODELS_JSON_BYTES_MAX,
} from '@app/world';
import { gunzipSync, gzipSync } from 'node:zlib';
import { inBraces, withIdsInBraces } from './id-spelling.js';
import { renderJson, STEP } from './json-text.js';
import { readEntity } from './models-entity.js';
import { type FamilyFault, findFamilyFaults } from './models-family.js';
import {
  MODELS_REMARKS_MAX,
  type ModelsEntity,
  type ModelsFile,
  type ModelsRemark,
  type ModelsReport,
} from './models-file.js';
import { VircadiaError } from './vircadia.errors.js';

/** How a models.json is read. */
export interface ModelsOptions {
  /** Whether one broken entity spoils all; otherwise broken ones are left out, with their children. Default true. */
  readonly isStrict?: boolean;
  /** Of the uncompressed file. */
  readonly bytesMax?: number;
}

/** A models.json in which entities are broken, refused as a whole. */
export class BrokenModelsError extends VircadiaError {
  constructor(readonly report: ModelsReport) {
    const { index, id, text } = report.broken[0];
    const count = `${report.brokenCount} of ${report.foundCount} entities`;
    super('import-invalid', `${count} cannot be taken; the first is number ${index}${id && `, ${id}`}: ${text}`);
  }
}

const FAMILY_SENTENCES: Readonly<Record<FamilyFault, string>> = {
  'parent-missing': 'Its parent, or a parent of that, is not in the file or is broken.',
  circle: 'It is its own parent, through others or directly.',
  'too-deep': 'It has too many parents above it.',
};

/** What stands beside the entities of a file that we write: the version whose names and values are used here. */
const ABOUT: EntityProperties = { DataVersion: 0, Version: 133 };

/** The first two bytes of gzip (RFC 1952, section 2.3.1). */
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * Reads a models.json or models.json.gz of Vircadia or Overte. Nothing is lost: renderModelsJson writes the same again.
 *
 * Fails with `import-invalid`: for what is no such file, is too large, or has more entities than a world can hold; and,
 * when strict, with a BrokenModelsError that names each broken entity.
 */
export function parseModelsJson(
  bytes: Uint8Array,
  { isStrict = true, bytesMax = MODELS_JSON_BYTES_MAX }: ModelsOptions = {},
): ModelsFile & { readonly report: ModelsReport } {
  const { Entities: elements, ...rest } = parseObject(uncompressed(bytes, bytesMax));
  if (!Array.isArray(elements)) throw invalid('There is no list called Entities.');
  if (elements.length > ENTITIES_PER_WORLD_MAX) throw invalid(`More than ${ENTITIES_PER_WORLD_MAX} entities.`);
  const about = checkEntityProperties('', rest);
  if ('field' in about) throw invalid(`Beside the entities: ${about.text}`);
  const { entities, report } = readEntities(elements);
  if (isStrict && report.brokenCount > 0) throw new BrokenModelsError(report);
  return { entities, about: about.properties, report };
}

/**
 * A models.json, in UTF-8, as the predecessor writes it: keys sorted, ids in braces. Entities in their order.
 *
 * @param file.about  beside the entities; a version of the predecessor that knows all names when it is absent
 */
export function renderModelsJson(
  { entities, about = ABOUT }: { readonly entities: Iterable<ModelsEntity>; readonly about?: EntityProperties },
  { isGzipped = false }: { readonly isGzipped?: boolean } = {},
): Uint8Array {
  const names = [...Object.keys(about).filter((name) => name !== 'Entities'), 'Entities'].sort();
  const pieces: Buffer[] = [];
  names.forEach((name, i) => {
    pieces.push(Buffer.from(`${i === 0 ? '{' : ','}\n${STEP}${JSON.stringify(name)}: `));
    if (name === 'Entities') for (const piece of renderEntities(entities)) pieces.push(piece);
    else pieces.push(Buffer.from(renderJson(about[name], STEP)));
  });
  pieces.push(Buffer.from('\n}\n'));
  const bytes = Buffer.concat(pieces);
  return new Uint8Array(isGzipped ? gzipSync(bytes) : bytes);
}

/** One piece for each entity, because a large world as one text is longer than engines allow. */
function* renderEntities(entities: Iterable<ModelsEntity>): IterableIterator<Buffer> {
  const indent = STEP + STEP;
  let separator = '[\n';
  for (const { id, type, properties } of entities) {
    const spelled = { ...withIdsInBraces(type, properties), id: inBraces(id), type };
    yield Buffer.from(`${separator}${indent}${renderJson(spelled, indent)}`);
    separator = ',\n';
  }
  yield Buffer.from(separator === '[\n' ? `[\n${STEP}]` : `\n${STEP}]`);
}

function uncompressed(bytes: Uint8Array, bytesMax: number): Uint8Array {
  const isGzip = bytes[0] === GZIP_MAGIC[0] && bytes[1] === GZIP_MAGIC[1];
  if (!isGzip) {
    if (bytes.length > bytesMax) throw invalid(`More than ${bytesMax} bytes.`);
    return bytes;
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: bytesMax });
  } catch (cause) {
    const isLarge = (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    throw invalid(isLarge ? `More than ${bytesMax} bytes when uncompressed.` : 'The gzip file is damaged.', cause);
  }
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid('This is no JSON.', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('This is no JSON object.');
  return value as Record<string, unknown>;
}

function readEntities(elements: readonly unknown[]): { entities: ModelsEntity[]; report: ModelsReport } {
  const broken: ModelsRemark[] = [];
  const mended: ModelsRemark[] = [];
  const found = new Map<EntityId, ModelsEntity>();
  const places = new Map<EntityId, number>();
  elements.forEach((element, index) => {
    const reading = readEntity(element);
    if ('text' in reading) return void broken.push({ index, ...reading });
    const { entity, dropped } = reading;
    const { id } = entity;
    if (found.has(id)) return void broken.push({ index, id, field: 'id', text: 'Its id is there twice.' });
    found.set(id, entity);
    places.set(id, index);
    for (const field of dropped) mended.push({ index, id, field, text: `${field} was null and has its default now.` });
  });
  for (const [id, fault] of findFamilyFaults(found)) {
    broken.push({ index: places.get(id) ?? 0, id, field: 'parentID', text: FAMILY_SENTENCES[fault] });
    found.delete(id);
  }
  broken.sort((a, b) => a.index - b.index);
  return { entities: [...found.values()], report: reportOf(elements.length, broken, mended) };
}

function reportOf(foundCount: number, broken: readonly ModelsRemark[], mended: readonly ModelsRemark[]): ModelsReport {
  return {
    foundCount,
    brokenCount: broken.length,
    broken: broken.slice(0, MODELS_REMARKS_MAX),
    mended: mended.slice(0, MODELS_REMARKS_MAX),
  };
}

function invalid(sentence: string, cause?: unknown): VircadiaError {
  return new VircadiaError('import-invalid', `The models.json cannot be read: ${sentence}`, { cause });
}
