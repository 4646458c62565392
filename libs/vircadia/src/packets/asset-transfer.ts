import type { Codec } from '../coding/codec.js';
import { AssetError, readHash, writeHash } from './asset-values.js';

/** The payload of an AssetGetInfo (specification I). */
export interface AssetGetInfo {
  readonly messageId: number;
  readonly hash: string;
}

export const AssetGetInfo: Codec<AssetGetInfo> = {
  read: (reader) => ({ messageId: reader.u32('message id'), hash: readHash(reader) }),
  write(writer, { messageId, hash }) {
    writer.u32(messageId, 'message id');
    writeHash(writer, hash);
  },
};

/** The payload of an AssetGetInfoReply. */
export interface AssetInfo extends AssetGetInfo {
  /** One of AssetError. */
  readonly error: number;
  /** Only without an error. */
  readonly sizeBytes?: number;
}

export const AssetInfo: Codec<AssetInfo> = {
  read(reader) {
    const [messageId, hash, error] = [reader.u32('message id'), readHash(reader), reader.u8('error')];
    return { messageId, hash, error, sizeBytes: error === AssetError.None ? reader.i64('size') : undefined };
  },
  write(writer, { messageId, hash, error, sizeBytes = 0 }) {
    writer.u32(messageId, 'message id');
    writeHash(writer, hash);
    writer.u8(error, 'error');
    if (error === AssetError.None) writer.u64(sizeBytes, 'size');
  },
};

/**
 * The payload of an AssetGet. Both 0: everything. A positive start: from there up to `end`. Otherwise the last `-start`
 * bytes, then the first `end` ones.
 */
export interface AssetGet extends AssetGetInfo {
  readonly start: number;
  readonly end: number;
}

export const AssetGet: Codec<AssetGet> = {
  read: (reader) => ({
    messageId: reader.u32('message id'),
    hash: readHash(reader),
    start: reader.i64('start'),
    end: reader.i64('end'),
  }),
  write(writer, { messageId, hash, start, end }) {
    writer.u32(messageId, 'message id');
    writeHash(writer, hash);
    writer.u64(start, 'start');
    writer.u64(end, 'end');
  },
};

/** The payload of an AssetGetReply; here the hash comes first. */
export interface AssetGetReply extends AssetGetInfo {
  /** One of AssetError. */
  readonly error: number;
  /** Only without an error. A view. */
  readonly data?: Uint8Array;
}

export const AssetGetReply: Codec<AssetGetReply> = {
  read(reader) {
    const [hash, messageId, error] = [readHash(reader), reader.u32('message id'), reader.u8('error')];
    const data = error === AssetError.None ? reader.bytesOf(reader.u64('length'), 'data') : undefined;
    return { hash, messageId, error, data };
  },
  write(writer, { hash, messageId, error, data = new Uint8Array() }) {
    writeHash(writer, hash);
    writer.u32(messageId, 'message id');
    writer.u8(error, 'error');
    if (error !== AssetError.None) return;
    writer.u64(data.length, 'length');
    writer.bytes(data, 'data');
  },
};

/** The payload of an AssetUpload. */
export interface AssetUpload {
  readonly messageId: number;
  /** A view. */
  readonly data: Uint8Array;
}

export const AssetUpload: Codec<AssetUpload> = {
  read: (reader) => ({ messageId: reader.u32('message id'), data: reader.bytesOf(reader.u64('size'), 'data') }),
  write(writer, { messageId, data }) {
    writer.u32(messageId, 'message id');
    writer.u64(data.length, 'size');
    writer.bytes(data, 'data');
  },
};

/** The payload of an AssetUploadReply. */
export interface AssetUploadReply {
  readonly messageId: number;
  /** One of AssetError. */
  readonly error: number;
  /** Only without an error. */
  readonly hash?: string;
}

export const AssetUploadReply: Codec<AssetUploadReply> = {
  read(reader) {
    const [messageId, error] = [reader.u32('message id'), reader.u8('error')];
    return { messageId, error, hash: error === AssetError.None ? readHash(reader) : undefined };
  },
  write(writer, { messageId, error, hash }) {
    writer.u32(messageId, 'message id');
    writer.u8(error, 'error');
    if (error === AssetError.None && hash !== undefined) writeHash(writer, hash);
  },
};
