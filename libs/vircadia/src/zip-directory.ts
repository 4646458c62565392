import { VircadiaError } from './vircadia.errors.js';
import { wrongZipName } from './zip-name.js';

/** Signatures and lengths of APPNOTE.TXT 6.3.10 (PKWARE), sections 4.3.7, 4.3.12 and 4.3.16. */
const END_SIGNATURE = 0x0605_4b50;
const DIRECTORY_SIGNATURE = 0x0201_4b50;
const LOCAL_SIGNATURE = 0x0403_4b50;
export const END_BYTES = 22;
export const LOCAL_BYTES = 30;
const DIRECTORY_BYTES = 46;
/** The end record has a comment of at most 65,535 bytes behind it. */
export const END_SEARCH_BYTES = END_BYTES + 65_535;

/** General purpose flag: encrypted. */
const FLAG_ENCRYPTED = 1;
/** A file's kind in the upper half of its external attributes, as Unix has it. */
const MODE_KIND = 0xf000;
const MODE_FILE = 0x8000;
const MODE_FOLDER = 0x4000;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Where the list of files is. */
export interface ZipEnd {
  readonly entriesCount: number;
  readonly directoryOffset: number;
  readonly directoryBytes: number;
}

/** What the list says about one file. */
export interface ZipRecord {
  readonly name: string;
  /** As it is in the archive; names are compared as bytes. */
  readonly nameBytes: Uint8Array;
  readonly isFolder: boolean;
  /** 0 stored, 8 deflated. */
  readonly method: 0 | 8;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly sizeBytes: number;
  /** Of the header before its data. */
  readonly localOffset: number;
}

/**
 * Finds the end record in the last bytes of an archive. Fails with `archive-invalid`.
 *
 * @param tail       the last bytes, at most END_SEARCH_BYTES
 * @param sizeBytes  of the whole archive
 */
export function readZipEnd(tail: Uint8Array, sizeBytes: number): ZipEnd {
  const view = viewOf(tail);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue;
    // Anything else with this signature is by chance inside a comment or a file.
    if (at + END_BYTES + view.getUint16(at + 20, true) !== tail.length) continue;
    return checkEnd(view, at, sizeBytes - tail.length + at);
  }
  throw invalid('This is no zip archive, or its end is missing.');
}

function checkEnd(view: DataView, at: number, endOffset: number): ZipEnd {
  const entriesCount = view.getUint16(at + 10, true);
  const directoryBytes = view.getUint32(at + 12, true);
  const directoryOffset = view.getUint32(at + 16, true);
  const isSplit = view.getUint16(at + 4, true) !== 0 || view.getUint16(at + 8, true) !== entriesCount;
  if (isSplit) throw invalid('The archive is one of several parts.');
  if (directoryOffset === 0xffff_ffff || entriesCount === 0xffff) throw invalid('The archive is in the zip64 format.');
  if (directoryOffset + directoryBytes > endOffset) throw invalid('The list of files is not inside the archive.');
  return { entriesCount, directoryOffset, directoryBytes };
}

/** The records of the list of files, each checked by itself. Fails with `archive-invalid`, which names the file. */
export function* readZipDirectory(directory: Uint8Array, entriesCount: number): IterableIterator<ZipRecord> {
  const view = viewOf(directory);
  let at = 0;
  for (let i = 0; i < entriesCount; i++) {
    if (at + DIRECTORY_BYTES > directory.length || view.getUint32(at, true) !== DIRECTORY_SIGNATURE) {
      throw invalid('The list of files is broken.');
    }
    const nameEnd = at + DIRECTORY_BYTES + view.getUint16(at + 28, true);
    const end = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (end > directory.length) throw invalid('The list of files is broken.');
    yield readRecord(view, at, directory.subarray(at + DIRECTORY_BYTES, nameEnd));
    at = end;
  }
  if (at !== directory.length) throw invalid('The list of files is longer than its files.');
}

function readRecord(view: DataView, at: number, nameBytes: Uint8Array): ZipRecord {
  const { name, isFolder } = readName(nameBytes);
  const method = view.getUint16(at + 10, true);
  if (view.getUint16(at + 8, true) & FLAG_ENCRYPTED) throw invalid(`${shown(name)} is encrypted.`);
  if (method !== 0 && method !== 8) throw invalid(`${shown(name)} is compressed in a way that is not known here.`);
  checkMode(name, isFolder, view.getUint32(at + 38, true) >>> 16);
  const record: ZipRecord = {
    name,
    nameBytes,
    isFolder,
    method,
    crc32: view.getUint32(at + 16, true),
    compressedBytes: view.getUint32(at + 20, true),
    sizeBytes: view.getUint32(at + 24, true),
    localOffset: view.getUint32(at + 42, true),
  };
  if (method === 0 && record.sizeBytes !== record.compressedBytes) throw invalid(`${shown(name)} has two sizes.`);
  if (isFolder && record.sizeBytes !== 0) throw invalid(`${shown(name)} is a folder with bytes of its own.`);
  return record;
}

function readName(nameBytes: Uint8Array): { name: string; isFolder: boolean } {
  let name: string;
  try {
    name = utf8.decode(nameBytes);
  } catch (cause) {
    throw new VircadiaError('archive-invalid', 'The name of a file is not UTF-8.', { cause });
  }
  const isFolder = name.endsWith('/');
  if (isFolder) name = name.slice(0, -1);
  const wrong = wrongZipName(name);
  if (wrong) throw invalid(`The name ${shown(name)} ${wrong}.`);
  return { name, isFolder };
}

/** Links, devices and pipes have no place in an archive. Other systems than Unix leave the mode 0. */
function checkMode(name: string, isFolder: boolean, mode: number): void {
  const kind = mode & MODE_KIND;
  if (kind !== 0 && kind !== (isFolder ? MODE_FOLDER : MODE_FILE)) throw invalid(`${shown(name)} is no plain file.`);
}

/**
 * Where the data of a file begins. Fails with `archive-invalid` when its own header contradicts the list.
 *
 * @param header  LOCAL_BYTES, and as many as the name has
 */
export function readZipDataOffset(header: Uint8Array, record: ZipRecord): number {
  const view = viewOf(header);
  const nameEnd = LOCAL_BYTES + record.nameBytes.length;
  const isSame =
    header.length === nameEnd &&
    view.getUint32(0, true) === LOCAL_SIGNATURE &&
    view.getUint16(8, true) === record.method &&
    view.getUint16(26, true) === record.nameBytes.length &&
    record.nameBytes.every((byte, i) => header[LOCAL_BYTES + i] === byte);
  if (!isSame) throw invalid(`${shown(record.name)} is called otherwise in its own header.`);
  return record.localOffset + nameEnd + view.getUint16(28, true);
}

/** A name as it can be shown in a sentence: short, in quotes, without control characters. */
export function shown(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function invalid(sentence: string): VircadiaError {
  return new VircadiaError('archive-invalid', sentence);
}
