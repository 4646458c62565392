import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { ASSET_TYPES, type AssetRecord, type AssetType, type ContentHash } from '@app/assets';
import type { Clock } from '@app/clock';
import { AssetError } from '../asset-server.errors.js';
import { type AssetLibrary, inspect } from '../files/asset-library.js';
import type { AssetJob, JobResult } from './asset-jobs.js';
import { watchMemory } from './memory-watch.js';
import { withScratchFile } from './scratch-file.js';

/** Limits of one run. */
export interface OptimiseLimits {
  /** Larger models are left as they are; 0 leaves all of them. */
  bytesMax: number;
  timeoutMs: number;
  /** Memory of the process that does it, beyond what Node needs itself, in MiB. */
  memoryMiBMax: number;
}

/** A model that is not at least this much smaller afterwards is not worth its room. */
const WORTH = 0.98;
const OUTPUT_BYTES_MAX = 65_536;
const BYTES_PER_MIB = 1_048_576;
/** What Node and the libraries take before they have read anything, in MiB. */
const NODE_MIB = 128;
/** The part of the memory that a model may take when it is read: each step has its own copy of what it changes. */
const DECODED_SHARE = 0.25;
const run = promisify(execFile);

/**
 * Makes models smaller that look the same. Somebody else's parser reads somebody else's file there, so it happens in a process
 * of its own, which is killed when it takes too long or too much memory.
 */
export class OptimiseJob implements AssetJob {
  readonly name = 'optimise';

  constructor(
    private readonly library: AssetLibrary,
    /** What is added is a file like any other. */
    private readonly onMade: (hash: ContentHash, by: string) => void,
    private readonly clock: Clock,
    private readonly folder: string,
    private readonly limits: OptimiseLimits,
    /** The program, compiled. */
    private readonly program: string,
  ) {}

  async run(hash: ContentHash, record: AssetRecord, signal: AbortSignal): Promise<JobResult> {
    const isModel = record.extension === 'glb' && record.by !== BY;
    if (!isModel || record.sizeBytes > this.limits.bytesMax) return {};
    return withScratchFile(this.folder, (input) =>
      withScratchFile(this.folder, async (output) => {
        await this.copyOut(hash, input);
        await this.optimise(input, output, signal);
        return this.takeIn(output, record);
      }),
    );
  }

  private async copyOut(hash: ContentHash, path: string): Promise<void> {
    const { handle } = await this.library.open(hash);
    try {
      await pipeline(handle.createReadStream({ start: 0, autoClose: false }), createWriteStream(path));
    } finally {
      await handle.close();
    }
  }

  private async optimise(input: string, output: string, signal: AbortSignal): Promise<void> {
    const { timeoutMs, memoryMiBMax } = this.limits;
    const decodedBytesMax = memoryMiBMax * BYTES_PER_MIB * DECODED_SHARE;
    const args = [`--max-old-space-size=${memoryMiBMax}`, this.program, input, output, `${decodedBytesMax}`];
    const options = {
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: OUTPUT_BYTES_MAX,
      env: {},
      signal,
    } as const;
    const running = run(process.execPath, args, options);
    const watch = watchMemory(this.clock, running.child, (memoryMiBMax + NODE_MIB) * BYTES_PER_MIB);
    try {
      await running;
    } catch (cause) {
      await rm(output, { force: true });
      throw new AssetError('optimise-failed', 'The model could not be made smaller.', { cause });
    } finally {
      watch.cancel();
    }
  }

  private async takeIn(output: string, record: AssetRecord): Promise<JobResult> {
    const made = await inspect(output);
    if (made.sizeBytes > record.sizeBytes * WORTH) return {};
    const type = ASSET_TYPES.get(record.extension) as AssetType;
    const { hash, sizeBytes } = made;
    await this.library.take(output, { hash, sizeBytes, type, name: record.name, by: BY });
    this.onMade(hash, BY);
    return { optimised: { hash, sizeBytes } };
  }
}

/** Who has made a model that was optimised; it is not optimised again. */
const BY = 'optimiser';
