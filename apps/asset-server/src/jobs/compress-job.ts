import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import {
  ASSET_TYPES,
  type AssetRecord,
  type BlobStore,
  type ContentHash,
  sourceOfFile,
  type Variant,
} from '@app/assets';
import { inspect, type AssetLibrary } from '../files/asset-library.js';
import type { AssetJob, JobResult } from './asset-jobs.js';
import { withScratchFile } from './scratch-file.js';

/** Smaller files fit into one packet anyway; in bytes. */
const BYTES_MIN = 1_024;
/** A form that is not at least this much smaller is not worth its room. */
const WORTH = 0.9;
/** Of 11: the highest levels take ten times as long for a few percent. */
const BROTLI_QUALITY = 9;
const GZIP_LEVEL = 9;

/** Compresses files that are worth it, once, so that nobody has to do it while somebody waits. */
export class CompressJob implements AssetJob {
  readonly name = 'compress';

  constructor(
    private readonly library: AssetLibrary,
    private readonly store: BlobStore,
    private readonly folder: string,
    private readonly bytesMax: number,
  ) {}

  async run(hash: ContentHash, record: AssetRecord, signal: AbortSignal): Promise<JobResult> {
    const { extension, sizeBytes } = record;
    if (!ASSET_TYPES.get(extension)?.isCompressible || sizeBytes < BYTES_MIN || sizeBytes > this.bytesMax) return {};
    const br = await this.compress('br', hash, sizeBytes, signal);
    // Whoever takes brotli does not need the other; who does not gets a little more for it.
    const gzip = await this.compress('gzip', hash, sizeBytes, signal);
    return { ...(br && { br }), ...(gzip && { gzip }) };
  }

  private compress(
    encoding: 'br' | 'gzip',
    hash: ContentHash,
    sizeBytes: number,
    signal: AbortSignal,
  ): Promise<Variant | undefined> {
    return withScratchFile(this.folder, async (path) => {
      const { handle } = await this.library.open(hash);
      try {
        const from = handle.createReadStream({ start: 0, autoClose: false });
        await pipeline(from, compressorOf(encoding, sizeBytes), createWriteStream(path), { signal });
      } finally {
        await handle.close();
      }
      const made = await inspect(path);
      if (made.sizeBytes > sizeBytes * WORTH) return undefined;
      this.library.checkRoom(made.sizeBytes);
      await this.store.put(made.hash, sourceOfFile(path, made.sizeBytes));
      return { hash: made.hash, sizeBytes: made.sizeBytes };
    });
  }
}

function compressorOf(encoding: 'br' | 'gzip', sizeBytes: number): NodeJS.ReadWriteStream {
  if (encoding === 'gzip') return createGzip({ level: GZIP_LEVEL });
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  return createBrotliCompress({
    params: { [BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [BROTLI_PARAM_SIZE_HINT]: sizeBytes },
  });
}
