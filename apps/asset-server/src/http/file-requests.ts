import { pipeline } from 'node:stream/promises';
import { ASSET_TYPES, type AssetRecord, type AssetType, type ContentHash } from '@app/assets';
import { AssetError } from '../asset-server.errors.js';
import type { AssetServerMetrics } from '../asset-server.metrics.js';
import type { AssetLibrary } from '../files/asset-library.js';
import type { OpenBlob } from '../files/blob-cache.js';
import { acceptsEncoding } from './accept-encoding.js';
import { type ByteRange, readRange } from './byte-range.js';
import { answerEmpty, answerJson, type Exchange } from './exchange.js';
import { headersOfFile } from './headers.js';
import type { RequestTarget } from './request-target.js';

/** The bytes that are sent for a file: its own, or those of a compressed form. */
interface Form {
  hash: ContentHash;
  sizeBytes: number;
  encoding?: 'br' | 'gzip';
  etag: string;
}

/** Gives files. */
export class FileRequests {
  constructor(
    private readonly library: AssetLibrary,
    private readonly metrics: AssetServerMetrics,
  ) {}

  /** `GET /assets/<sha256>[.ext]`, with ranges; with `?v=optimised` the smaller one, as soon as there is one. */
  async get(exchange: Exchange, target: RequestTarget & { kind: 'file' }): Promise<void> {
    const record = await this.find(target.hash);
    const type = ASSET_TYPES.get(record.extension) as AssetType;
    if (target.wantsOptimised) {
      const hash = record.optimised?.hash ?? target.hash;
      return answerEmpty(exchange, 302, { Location: `${hash}.${type.extension}`, 'Cache-Control': 'no-cache' });
    }
    const { headers } = exchange.request;
    const range = rangeOf(headers.range, headers['if-range'], target.hash, record.sizeBytes);
    const form = formOf(target.hash, record, range === 'whole' ? headers['accept-encoding'] : undefined);
    const common = { ...headersOfFile(type), ETag: form.etag };
    if (isKnown(headers['if-none-match'], form.etag)) {
      this.metrics.served.inc(1, { outcome: 'unchanged' });
      return void exchange.response.writeHead(304, common).end();
    }
    if (range === 'unsatisfiable') {
      this.metrics.served.inc(1, { outcome: 'refused' });
      return answerEmpty(exchange, 416, { 'Content-Range': `bytes */${record.sizeBytes}` });
    }
    const blob = await this.open(form);
    if (blob) return this.send(exchange, form, blob, range, common);
    // The file itself is as good; only the smaller form of it is damaged.
    const itself = formOf(target.hash, record, undefined);
    await this.send(exchange, itself, await this.library.open(target.hash), range, { ...common, ETag: itself.etag });
  }

  /** `GET /assets/info/<sha256>`: what is known of a file. */
  async info(exchange: Exchange, { hash }: RequestTarget & { kind: 'info' }): Promise<void> {
    const { extension, sizeBytes, name, storedAtMs, isPrepared, optimised } = await this.find(hash);
    const type = ASSET_TYPES.get(extension)?.mediaType;
    answerJson(exchange, 200, { hash, type, extension, sizeBytes, name, storedAtMs, isPrepared, optimised });
  }

  private async find(hash: ContentHash): Promise<AssetRecord> {
    const record = await this.library.find(hash);
    if (!record) throw new AssetError('asset-unknown', 'There is no such file here.');
    return record;
  }

  /** Undefined for a compressed form that is damaged. */
  private async open(form: Form): Promise<OpenBlob | undefined> {
    try {
      return await this.library.open(form.hash);
    } catch (error) {
      if (!form.encoding || (AssetError.of(error)?.retryable ?? true)) throw error;
      this.metrics.corrupt.inc();
      return undefined;
    }
  }

  private async send(
    { request, response }: Exchange,
    form: Form,
    { handle, sizeBytes }: OpenBlob,
    range: ByteRange | 'whole',
    common: Record<string, string>,
  ): Promise<void> {
    try {
      const part = range === 'whole' ? { start: 0, end: sizeBytes - 1 } : range;
      const count = part.end - part.start + 1;
      response.writeHead(range === 'whole' ? 200 : 206, {
        ...common,
        'Content-Length': count,
        ...(form.encoding ? { 'Content-Encoding': form.encoding } : {}),
        ...(range === 'whole' ? {} : { 'Content-Range': `bytes ${part.start}-${part.end}/${sizeBytes}` }),
      });
      if (request.method === 'HEAD') return void response.end();
      this.metrics.served.inc(1, { outcome: range === 'whole' ? 'whole' : 'part' });
      await pipeline(handle.createReadStream({ ...part, autoClose: false }), response);
      this.metrics.servedBytes.inc(count);
    } finally {
      await handle.close();
    }
  }
}

/** A range of an older file than ours is worth nothing; names are hashes here, so there is none, but clients may ask. */
function rangeOf(
  range: string | undefined,
  ifRange: string | string[] | undefined,
  hash: ContentHash,
  sizeBytes: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  if (ifRange !== undefined && ifRange !== `"${hash}"`) return 'whole';
  return readRange(range, sizeBytes);
}

function formOf(hash: ContentHash, record: AssetRecord, accepted: string | undefined): Form {
  for (const encoding of ['br', 'gzip'] as const) {
    const variant = record[encoding];
    if (!variant || !acceptsEncoding(accepted, encoding)) continue;
    return { ...variant, encoding, etag: `"${hash}-${encoding}"` };
  }
  return { hash, sizeBytes: record.sizeBytes, etag: `"${hash}"` };
}

function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((part) => ['*', etag, `W/${etag}`].includes(part.trim()));
}
