import type { EntityWorld } from './entity-world.js';

/** A world as the content of its snapshot: gzip of length-delimited SnapshotParts, in pieces as they come. */
export async function* encodeSnapshot(_world: EntityWorld): AsyncIterable<Uint8Array> {
  throw new Error('not yet');
}

/** Reads the content of a snapshot. Its hash is compared. Fails with `snapshot-corrupt`, or as `chunks` does. */
export async function decodeSnapshot(_chunks: AsyncIterable<Uint8Array>): Promise<EntityWorld> {
  throw new Error('not yet');
}
