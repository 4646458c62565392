import { SNAPSHOT_BYTES_MAX } from '@app/world';
import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { EntityWorld } from './entity-world.js';
import { PartSplitter } from './part-splitter.js';
import { corrupt, SnapshotReader } from './snapshot-parts.js';

/** The first bytes of everything that is gzipped (RFC 1952, section 2.3.1). No SnapshotPart begins like this. */
const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * A world as the content of its snapshot: gzip of length-delimited SnapshotParts. It is of the world as it is at the call,
 * however long reading it takes.
 */
export function encodeSnapshot(world: EntityWorld): AsyncIterable<Uint8Array> {
  const source = Readable.from(delimit(world.encodeParts()));
  // Speed counts more than the last tenth: level 1 is about three times as fast as the default.
  const gzip = createGzip({ level: 1 });
  source.on('error', (error) => gzip.destroy(error));
  gzip.on('close', () => source.destroy());
  return source.pipe(gzip);
}

/**
 * Reads the content of a snapshot, gzipped or already unzipped, and compares its hash. Fails with `snapshot-corrupt`, or
 * as `chunks` does.
 *
 * @param isThorough  compares the hash of what was restored instead of that of the bytes: for verifying; takes twice as long
 */
export async function decodeSnapshot(chunks: AsyncIterable<Uint8Array>, isThorough = false): Promise<EntityWorld> {
  const reader = new SnapshotReader(isThorough);
  const parts = new PartSplitter((part) => reader.push(part));
  for await (const chunk of inflated(chunks)) parts.push(chunk);
  parts.end();
  return new EntityWorld(reader.finish());
}

function* delimit(parts: Iterable<Uint8Array>): Iterable<Uint8Array> {
  for (const part of parts) {
    const length: number[] = [];
    let rest = part.length;
    for (; rest > 0x7f; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
    yield Uint8Array.from([...length, rest]);
    yield part;
  }
}

async function* inflated(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  while (head.length < GZIP_MAGIC.length) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const all = joined(head, iterator);
  if (GZIP_MAGIC.some((byte, i) => head[i] !== byte)) return yield* all;
  let bytes = 0;
  for await (const chunk of gunzipped(all)) {
    bytes += chunk.length;
    if (bytes > SNAPSHOT_BYTES_MAX) throw corrupt('It is larger than a world can be.');
    yield chunk;
  }
}

async function* joined(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** What `chunks` fails with stays as it is; what gunzip finds wrong is a corrupt snapshot. */
async function* gunzipped(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const source = Readable.from(chunks, { objectMode: true });
  const gunzip = createGunzip({ chunkSize: 262_144 });
  let sourceError: unknown;
  source.on('error', (error) => {
    sourceError = error;
    gunzip.destroy(error);
  });
  gunzip.on('close', () => source.destroy());
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw sourceError === error ? error : corrupt('It cannot be unzipped.', error);
  }
}
