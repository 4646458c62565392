import {
  ARCHIVE_BYTES_MAX,
  ARCHIVE_ENTRIES_MAX,
  ARCHIVE_ENTRY_BYTES_MAX,
  ARCHIVE_INFLATED_BYTES_MAX,
  ARCHIVE_RATIO_FREE_BYTES,
  ARCHIVE_RATIO_MAX,
} from '@app/world';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { VircadiaError } from './vircadia.errors.js';
import {
  END_SEARCH_BYTES,
  LOCAL_BYTES,
  readZipDataOffset,
  readZipDirectory,
  readZipEnd,
  shown,
  type ZipRecord,
} from './zip-directory.js';

const inflate = promisify(inflateRaw);

/** Something with bytes at offsets: a file, an object in a store, or just bytes. */
export interface ZipSource {
  readonly sizeBytes: number;
  /** Exactly that many bytes, which are inside. */
  read(offset: number, lengthBytes: number): Promise<Uint8Array>;
}

/** How much an archive may hold; each has its default in limits.ts. */
export interface ZipLimits {
  readonly archiveBytesMax: number;
  readonly entriesMax: number;
  readonly entryBytesMax: number;
  readonly inflatedBytesMax: number;
  /** Uncompressed over compressed size, of each file larger than ARCHIVE_RATIO_FREE_BYTES. */
  readonly ratioMax: number;
}

/** A file in an archive. */
export interface ZipEntry {
  /** A relative path that stays inside, with forward slashes. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly compressedBytes: number;
  /** Its bytes, with size and checksum compared. Fails with `archive-invalid`. */
  read(): Promise<Uint8Array>;
}

const LIMITS: ZipLimits = {
  archiveBytesMax: ARCHIVE_BYTES_MAX,
  entriesMax: ARCHIVE_ENTRIES_MAX,
  entryBytesMax: ARCHIVE_ENTRY_BYTES_MAX,
  inflatedBytesMax: ARCHIVE_INFLATED_BYTES_MAX,
  ratioMax: ARCHIVE_RATIO_MAX,
};

/**
 * The files of a zip archive by name, in the order of the archive; folders are left out. Nothing is uncompressed before
 * the whole list is known to be within limits.
 *
 * Fails with `archive-invalid` and nothing else (but what `source` fails with): for names that lead out, names that are
 * there twice, links, encrypted files, files inside each other, and everything beyond `limits`.
 */
export async function openZip(
  source: ZipSource | Uint8Array,
  limits: Partial<ZipLimits> = {},
): Promise<ReadonlyMap<string, ZipEntry>> {
  const from = source instanceof Uint8Array ? sourceOf(source) : source;
  const max = { ...LIMITS, ...limits };
  if (from.sizeBytes > max.archiveBytesMax) throw invalid(`The archive has more than ${max.archiveBytesMax} bytes.`);
  const tailBytes = Math.min(from.sizeBytes, END_SEARCH_BYTES);
  const end = readZipEnd(await from.read(from.sizeBytes - tailBytes, tailBytes), from.sizeBytes);
  if (end.entriesCount > max.entriesMax) throw invalid(`The archive has more than ${max.entriesMax} files.`);
  const directory = await from.read(end.directoryOffset, end.directoryBytes);
  const records = [...readZipDirectory(directory, end.entriesCount)];
  checkTogether(records, end.directoryOffset, max);
  const files = records.filter(({ isFolder }) => !isFolder);
  return new Map(files.map((record) => [record.name, entryOf(from, record, end.directoryOffset)]));
}

function checkTogether(records: readonly ZipRecord[], directoryOffset: number, max: ZipLimits): void {
  const names = new Set<string>();
  let inflatedBytes = 0;
  for (const record of records) {
    const { name, sizeBytes, compressedBytes } = record;
    if (names.has(name)) throw invalid(`${shown(name)} is there twice.`);
    names.add(name);
    inflatedBytes += sizeBytes;
    if (sizeBytes > max.entryBytesMax) throw invalid(`${shown(name)} has more than ${max.entryBytesMax} bytes.`);
    if (sizeBytes > ARCHIVE_RATIO_FREE_BYTES && sizeBytes > compressedBytes * max.ratioMax) {
      throw invalid(`${shown(name)} is more than ${max.ratioMax} times as large as its compressed form.`);
    }
  }
  if (inflatedBytes > max.inflatedBytesMax) throw invalid(`The files have more than ${max.inflatedBytesMax} bytes.`);
  checkOverlaps(records, directoryOffset);
}

/** Files inside each other make a small archive large beyond measure. */
function checkOverlaps(records: readonly ZipRecord[], directoryOffset: number): void {
  const sorted = [...records].sort((a, b) => a.localOffset - b.localOffset);
  sorted.forEach(({ name, nameBytes, localOffset, compressedBytes }, i) => {
    const end = i + 1 < sorted.length ? sorted[i + 1].localOffset : directoryOffset;
    if (localOffset + LOCAL_BYTES + nameBytes.length + compressedBytes > end) {
      throw invalid(`${shown(name)} overlaps with what comes after it.`);
    }
  });
}

function entryOf(source: ZipSource, record: ZipRecord, directoryOffset: number): ZipEntry {
  const { name, sizeBytes, compressedBytes } = record;
  const read = async (): Promise<Uint8Array> => {
    const header = await source.read(record.localOffset, LOCAL_BYTES + record.nameBytes.length);
    const offset = readZipDataOffset(header, record);
    if (offset + compressedBytes > directoryOffset) throw invalid(`${shown(name)} is not inside the archive.`);
    const bytes = await expand(await source.read(offset, compressedBytes), record);
    if (bytes.length !== sizeBytes || crc32(bytes) !== record.crc32) throw invalid(`${shown(name)} is damaged.`);
    return bytes;
  };
  return { name, sizeBytes, compressedBytes, read };
}

async function expand(data: Uint8Array, { name, method, sizeBytes }: ZipRecord): Promise<Uint8Array> {
  if (method === 0) return data;
  try {
    const { buffer, byteOffset, byteLength } = await inflate(data, { maxOutputLength: Math.max(1, sizeBytes) });
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    throw new VircadiaError('archive-invalid', `${shown(name)} cannot be uncompressed.`, { cause });
  }
}

function sourceOf(bytes: Uint8Array): ZipSource {
  return {
    sizeBytes: bytes.length,
    read: (offset, lengthBytes) => Promise.resolve(bytes.subarray(offset, offset + lengthBytes)),
  };
}

function invalid(sentence: string): VircadiaError {
  return new VircadiaError('archive-invalid', sentence);
}
