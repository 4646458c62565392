import type { AssetRecord, ContentHash, Variant } from '@app/assets';
import { ASSET_JOBS_PER_UPLOADER_MAX, ASSET_JOBS_WAITING_MAX } from '@app/world';
import type { Logger } from '@app/runtime';
import type { AssetServerMetrics } from '../asset-server.metrics.js';
import type { AssetRecords } from '../files/asset-records.js';
import { FairQueue } from './fair-queue.js';

/** What a job found, as a change of the file's record; nothing when there is nothing to be won. */
export type JobResult = Partial<Record<'br' | 'gzip' | 'optimised', Variant>>;

/** One thing that is done with a file after it was stored. */
export interface AssetJob {
  name: string;
  run(hash: ContentHash, record: AssetRecord, signal: AbortSignal): Promise<JobResult>;
}

/**
 * Makes smaller forms of files, one file at a time, while the file as it was uploaded is served already. What fails is
 * counted and left as it is: nobody needs it.
 */
export class AssetJobs {
  private readonly waiting = new FairQueue(ASSET_JOBS_WAITING_MAX, ASSET_JOBS_PER_UPLOADER_MAX);
  private readonly stopping = new AbortController();
  private working: Promise<void> | undefined;

  /** @param discard  erases compressed forms of a file that is gone */
  constructor(
    private readonly records: AssetRecords,
    private readonly discard: (hashes: ContentHash[]) => Promise<void>,
    private readonly jobs: readonly AssetJob[],
    private readonly metrics: AssetServerMetrics,
    private readonly logger: Logger,
  ) {}

  /** Goes on with what no process before this one has finished. */
  start(): void {
    for (const [hash, record] of this.records.entries()) if (!record.isPrepared) this.add(hash, record.by);
  }

  /** Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.waiting.clear();
    await this.working;
  }

  /** Uploaders take turns. Files beyond what may wait, of one of them or of all, are left as they are until the next start. */
  add(hash: ContentHash, by: string): void {
    if (this.stopping.signal.aborted || !this.waiting.add(by, hash)) return;
    this.metrics.jobsWaiting.set(this.waiting.size);
    this.working ??= this.work().finally(() => (this.working = undefined));
  }

  /** Resolves when nothing is waiting; for specs. */
  async settled(): Promise<void> {
    while (this.working) await this.working;
  }

  private async work(): Promise<void> {
    for (let next = this.take(); next !== undefined; next = this.take()) {
      await this.prepare(next).catch((error: unknown) => this.logger.warn({ err: error }, 'A file was not prepared.'));
    }
  }

  private take(): ContentHash | undefined {
    const next = this.waiting.take();
    this.metrics.jobsWaiting.set(this.waiting.size);
    return next;
  }

  private async prepare(hash: ContentHash): Promise<void> {
    const record = await this.records.get(hash);
    if (!record || record.isPrepared) return;
    let found: JobResult = {};
    for (const job of this.jobs) found = { ...found, ...(await this.runOne(job, hash, record)) };
    if (this.stopping.signal.aborted) return;
    const isThere = await this.records.change(hash, (now) => ({ ...now, ...found, isPrepared: true }));
    if (!isThere) await this.discard([found.br, found.gzip].flatMap((made) => made?.hash ?? []));
  }

  private async runOne(job: AssetJob, hash: ContentHash, record: AssetRecord): Promise<JobResult> {
    try {
      const found = await job.run(hash, record, this.stopping.signal);
      this.metrics.jobs.inc(1, { job: job.name, outcome: Object.keys(found).length > 0 ? 'smaller' : 'left' });
      return found;
    } catch (error) {
      this.metrics.jobs.inc(1, { job: job.name, outcome: 'failed' });
      this.logger.info({ err: error, hash, job: job.name }, 'A file stays as it is.');
      return {};
    }
  }
}
