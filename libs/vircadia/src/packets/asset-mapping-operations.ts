import type { ByteReader } from '../coding/byte-reader.js';
import type { ByteWriter } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { malformed } from '../vircadia.errors.js';
import { AssetError, readHash, writeHash } from './asset-values.js';

/** What can be done with the paths of assets (specification I). */
export const MappingOperation = { Get: 0, GetAll: 1, Set: 2, Delete: 3, Rename: 4, SetBakingEnabled: 5 } as const;

export type MappingRequest =
  | { readonly operation: typeof MappingOperation.Get; readonly path: string }
  | { readonly operation: typeof MappingOperation.GetAll }
  | { readonly operation: typeof MappingOperation.Set; readonly path: string; readonly hash: string }
  | { readonly operation: typeof MappingOperation.Delete; readonly paths: readonly string[] }
  | { readonly operation: typeof MappingOperation.Rename; readonly oldPath: string; readonly newPath: string }
  | {
      readonly operation: typeof MappingOperation.SetBakingEnabled;
      readonly isEnabled: boolean;
      readonly paths: readonly string[];
    };

/** The payload of an AssetMappingOperation. */
export interface AssetMappingOperation {
  /** The client's number, which the reply repeats. */
  readonly messageId: number;
  readonly request: MappingRequest;
}

export const AssetMappingOperation: Codec<AssetMappingOperation> = {
  read: (reader) => ({ messageId: reader.u32('message id'), request: readRequest(reader) }),
  write(writer, { messageId, request }) {
    writer.u32(messageId, 'message id');
    writer.u8(request.operation, 'operation');
    writeRequest(writer, request);
  },
};

/** How far the baking of an asset is. */
export const BakingStatus = { Irrelevant: 0, NotBaked: 1, Pending: 2, Baking: 3, Baked: 4, Error: 5 } as const;

export interface MappedAsset {
  readonly path: string;
  readonly hash: string;
  /** One of BakingStatus. */
  readonly baking: number;
  /** Only with BakingStatus.Error. */
  readonly bakingError?: string;
}

/** What a reply says beyond success, by the operation that was asked for: the reply does not tell. */
export type MappingResult =
  | { readonly operation: typeof MappingOperation.Get; readonly hash: string; readonly redirectedPath?: string }
  | { readonly operation: typeof MappingOperation.GetAll; readonly assets: readonly MappedAsset[] }
  | { readonly operation: 2 | 3 | 4 | 5 };

/** The payload of an AssetMappingOperationReply. */
export interface AssetMappingReply {
  readonly messageId: number;
  /** One of AssetError. */
  readonly error: number;
  /** Only without an error. */
  readonly result?: MappingResult;
}

/** What the reply to an operation looks like. */
export function assetMappingReply(operation: number): Codec<AssetMappingReply> {
  return {
    read(reader) {
      const messageId = reader.u32('message id');
      const error = reader.u8('error');
      if (error !== AssetError.None) return { messageId, error, result: undefined };
      return { messageId, error, result: readResult(reader, operation) };
    },
    write(writer, { messageId, error, result }) {
      writer.u32(messageId, 'message id');
      writer.u8(error, 'error');
      if (error === AssetError.None && result) writeResult(writer, result);
    },
  };
}

function readRequest(reader: ByteReader): MappingRequest {
  const operation = reader.u8('operation');
  switch (operation) {
    case MappingOperation.Get:
      return { operation, path: reader.str32('path') };
    case MappingOperation.GetAll:
      return { operation };
    case MappingOperation.Set:
      return { operation, path: reader.str32('path'), hash: readHash(reader) };
    case MappingOperation.Delete:
      return { operation, paths: readPaths(reader) };
    case MappingOperation.Rename:
      return { operation, oldPath: reader.str32('old path'), newPath: reader.str32('new path') };
    case MappingOperation.SetBakingEnabled:
      return { operation, isEnabled: reader.bool('enabled'), paths: readPaths(reader) };
    default:
      throw malformed('operation', `There is no operation ${operation}.`);
  }
}

function writeRequest(writer: ByteWriter, request: MappingRequest): void {
  switch (request.operation) {
    case MappingOperation.Get:
      return writer.str32(request.path, 'path');
    case MappingOperation.GetAll:
      return;
    case MappingOperation.Set:
      writer.str32(request.path, 'path');
      return writeHash(writer, request.hash);
    case MappingOperation.Delete:
      return writePaths(writer, request.paths);
    case MappingOperation.Rename:
      writer.str32(request.oldPath, 'old path');
      return writer.str32(request.newPath, 'new path');
    case MappingOperation.SetBakingEnabled:
      writer.bool(request.isEnabled, 'enabled');
      return writePaths(writer, request.paths);
  }
}

function readResult(reader: ByteReader, operation: number): MappingResult {
  if (operation === MappingOperation.Get) {
    const hash = readHash(reader);
    return { operation, hash, redirectedPath: reader.bool('redirected') ? reader.str32('path') : undefined };
  }
  if (operation === MappingOperation.GetAll) {
    const assets: MappedAsset[] = [];
    for (let left = reader.u32('count'); left > 0; left--) assets.push(readMapped(reader));
    return { operation, assets };
  }
  return { operation: operation as 2 | 3 | 4 | 5 };
}

function writeResult(writer: ByteWriter, result: MappingResult): void {
  if (result.operation === MappingOperation.Get) {
    writeHash(writer, result.hash);
    writer.bool(result.redirectedPath !== undefined, 'redirected');
    if (result.redirectedPath !== undefined) writer.str32(result.redirectedPath, 'path');
  }
  if (result.operation === MappingOperation.GetAll) {
    writer.u32(result.assets.length, 'count');
    for (const asset of result.assets) writeMapped(writer, asset);
  }
}

function readMapped(reader: ByteReader): MappedAsset {
  const path = reader.str32('path');
  const hash = readHash(reader);
  const baking = reader.u32('baking status');
  const bakingError = baking === BakingStatus.Error ? reader.str32('baking error') : undefined;
  return { path, hash, baking, bakingError };
}

function writeMapped(writer: ByteWriter, { path, hash, baking, bakingError = '' }: MappedAsset): void {
  writer.str32(path, 'path');
  writeHash(writer, hash);
  writer.u32(baking, 'baking status');
  if (baking === BakingStatus.Error) writer.str32(bakingError, 'baking error');
}

/** Their number is not believed: reading ends where the bytes do. */
function readPaths(reader: ByteReader): string[] {
  const paths: string[] = [];
  for (let left = reader.i32('path count'); left > 0; left--) paths.push(reader.str32('path'));
  return paths;
}

function writePaths(writer: ByteWriter, paths: readonly string[]): void {
  writer.i32(paths.length, 'path count');
  for (const path of paths) writer.str32(path, 'path');
}
