import { sizeIn16Bits } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { type ConicalView, readViews, writeViews } from './conical-view.js';

/** Bit of a query: tell when everything has been sent once. */
export const QUERY_WANTS_COMPLETION = 1;

/** What a client wants to know of entities (specification H.1). */
export interface EntityQuery {
  /** Another one than before: forget what this client has. */
  readonly connectionId: number;
  /** None: everything. */
  readonly views: readonly ConicalView[];
  readonly packetsPerSecondMax: number;
  readonly octreeSizeScale: number;
  readonly boundaryLevelAdjust: number;
  /** Qt's binary JSON: filters that nobody here reads. A view. */
  readonly jsonParameters: Uint8Array;
  /** See QUERY_WANTS_COMPLETION. */
  readonly flags: number;
}

export const EntityQuery: Codec<EntityQuery> = {
  read: (reader) => ({
    connectionId: reader.u16('connection id'),
    views: readViews(reader),
    packetsPerSecondMax: reader.i32('packets per second'),
    octreeSizeScale: reader.f32('octree size scale'),
    boundaryLevelAdjust: reader.i32('boundary level adjust'),
    jsonParameters: reader.bytesOf(reader.u16('json parameters'), 'json parameters'),
    flags: reader.u16('query flags'),
  }),
  write(writer, query) {
    writer.u16(query.connectionId, 'connection id');
    writeViews(writer, query.views);
    writer.i32(query.packetsPerSecondMax, 'packets per second');
    writer.f32(query.octreeSizeScale, 'octree size scale');
    writer.i32(query.boundaryLevelAdjust, 'boundary level adjust');
    writer.u16(sizeIn16Bits(query.jsonParameters.length, 'json parameters'), 'json parameters');
    writer.bytes(query.jsonParameters, 'json parameters');
    writer.u16(query.flags, 'query flags');
  },
};
