import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { AssetStoreError } from './assets.errors.js';
import type { BlobStore } from './blob-store.js';
import { type BlobSource, type ContentHash, corrupt, mismatch, verified } from './content-hash.js';

/** Where an S3 bucket is, and who we are there. */
export interface S3Options {
  bucket: string;
  region: string;
  /** Of a service that is not Amazon's; undefined for Amazon's. */
  endpoint: string | undefined;
  /** Begins the names of our objects, for example `vicinity/`. */
  prefix: string;
  /** Undefined: as the SDK finds them (environment, files, the machine's role). */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
}

const ignore = (): void => undefined;
const SILENT = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Requests that are refused or not answered are made this often. */
const ATTEMPTS_MAX = 3;

/** Files in a bucket of S3, or of anything that speaks its protocol. */
export class S3BlobStore implements BlobStore {
  private readonly client: S3Client;

  constructor(private readonly options: S3Options) {
    this.client = new S3Client({
      region: options.region,
      endpoint: options.endpoint,
      // Other services than Amazon's rarely have a name for each bucket.
      forcePathStyle: options.endpoint !== undefined,
      credentials: options.credentials,
      maxAttempts: ATTEMPTS_MAX,
      // Every read is hashed by us; trailers with checksums are what other services do not understand.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // What goes wrong is told by the errors that we throw.
      logger: SILENT,
    });
  }

  async put(hash: ContentHash, source: BlobSource): Promise<void> {
    const sending = new AbortController();
    const body = Readable.from(verified(hash, source.open(), mismatch), { objectMode: false });
    let failure: unknown;
    body.on('error', (error) => {
      failure = error;
      sending.abort();
    });
    const command = new PutObjectCommand({
      ...this.place(hash),
      Body: body,
      ContentLength: source.sizeBytes,
    });
    // The hash is known, so the service checks it, and nothing has to be read twice to sign it.
    command.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-amz-content-sha256'] = hash;
        return next(args);
      },
      { step: 'build', name: 'contentHash' },
    );
    try {
      await this.client.send(command, { abortSignal: sending.signal });
    } catch (error) {
      throw failure ?? inOurWords(error);
    }
  }

  async get(hash: ContentHash): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand(this.place(hash)));
      return verified(hash, translated(Body as Readable), () => corrupt(hash));
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw inOurWords(error);
    }
  }

  async has(hash: ContentHash): Promise<boolean> {
    try {
      await this.client.send(new HeadObjectCommand(this.place(hash)));
      return true;
    } catch (error) {
      if (isAbsence(error)) return false;
      throw inOurWords(error);
    }
  }

  async delete(hash: ContentHash): Promise<void> {
    try {
      await this.client.send(new DeleteObjectCommand(this.place(hash)));
    } catch (error) {
      if (!isAbsence(error)) throw inOurWords(error);
    }
  }

  /** Gives its connections back. */
  close(): void {
    this.client.destroy();
  }

  private place(hash: ContentHash): { Bucket: string; Key: string } {
    return { Bucket: this.options.bucket, Key: this.options.prefix + hash };
  }
}

async function* translated(data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* data;
  } catch (error) {
    throw inOurWords(error);
  }
}

function isAbsence(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'NoSuchKey' || error.name === 'NotFound') return true;
  const isMissing = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;
  return isMissing && error.name !== 'NoSuchBucket';
}

function inOurWords(error: unknown): unknown {
  if (error instanceof AssetStoreError) return error;
  return new AssetStoreError('asset-store-unavailable', 'The S3 bucket cannot be used.', { cause: error });
}
