import { ARCHIVE_ENTRIES_MAX, ARCHIVE_ENTRY_BYTES_MAX, ARCHIVE_RATIO_FREE_BYTES, ARCHIVE_RATIO_MAX } from '@app/world';
import { deflateSync, Zip, type ZipInputFile } from 'fflate';
import { crc32 } from 'node:zlib';
import { VircadiaError } from './vircadia.errors.js';
import { shown } from './zip-directory.js';
import { wrongZipName } from './zip-name.js';

/** A file that goes into an archive. */
export interface ZipContent {
  /** A relative path with forward slashes; see wrongZipName. */
  readonly name: string;
  readonly data: Uint8Array;
}

/** Formats that hold compressed data already. */
const COMPRESSED_PATTERN = /\.(gz|zip|png|jpe?g|webp|ktx2|basis|glb|mp3|mp4|m4a|ogg|opus|webm|flac|woff2?)$/i;
/** Files larger than this are stored as they are, because compressing holds everybody else up, in bytes. */
const DEFLATE_BYTES_MAX = 67_108_864;
/** The first moment that zip can tell, in any time zone: equal files make equal archives. */
const WRITTEN_AT = new Date(1980, 0, 1);
/** Unix, a plain file that everybody may read. */
const UNIX = 3;
const PLAIN_FILE = (0o100_644 << 16) >>> 0;

/**
 * A zip archive with these files in their order, piece by piece; the same files make the same bytes on every machine.
 * openZip with its default limits can read it. Fails with `archive-invalid` for names that are wrong or there twice,
 * for too many files and for too large ones.
 */
export async function* writeZip(
  contents: Iterable<ZipContent> | AsyncIterable<ZipContent>,
): AsyncIterableIterator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const names = new Set<string>();
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    pieces.push(piece);
  });
  for await (const content of contents) {
    checkContent(content, names);
    addFile(zip, content);
    yield* pieces.splice(0);
  }
  zip.end();
  yield* pieces;
}

function checkContent({ name, data }: ZipContent, names: Set<string>): void {
  const wrong = wrongZipName(name);
  if (wrong) throw invalid(`The name ${shown(name)} ${wrong}.`);
  if (names.has(name)) throw invalid(`${shown(name)} is there twice.`);
  if (data.length > ARCHIVE_ENTRY_BYTES_MAX) throw invalid(`${shown(name)} is too large for an archive.`);
  if (names.add(name).size > ARCHIVE_ENTRIES_MAX) throw invalid(`There are more than ${ARCHIVE_ENTRIES_MAX} files.`);
}

function addFile(zip: Zip, { name, data }: ZipContent): void {
  const deflated = deflate(name, data);
  const file: ZipInputFile = {
    filename: name,
    size: data.length,
    crc: crc32(data),
    compression: deflated ? 8 : 0,
    os: UNIX,
    attrs: PLAIN_FILE,
    mtime: WRITTEN_AT,
    ondata: undefined,
  };
  zip.add(file);
  file.ondata?.(null, (deflated ?? data) as Uint8Array<ArrayBuffer>, true);
}

/** The compressed form; undefined when the file is better stored as it is. */
function deflate(name: string, data: Uint8Array): Uint8Array | undefined {
  if (data.length > DEFLATE_BYTES_MAX || COMPRESSED_PATTERN.test(name)) return undefined;
  const deflated = deflateSync(data);
  if (deflated.length >= data.length) return undefined;
  // What looks like a bomb would be refused by those who read it.
  const isBomb = data.length > ARCHIVE_RATIO_FREE_BYTES && data.length > deflated.length * ARCHIVE_RATIO_MAX;
  return isBomb ? undefined : deflated;
}

function invalid(sentence: string): VircadiaError {
  return new VircadiaError('archive-invalid', sentence);
}
