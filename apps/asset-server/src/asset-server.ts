import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetStoreError, type BlobStore, openBlobStore } from '@app/assets';
import type { Broker } from '@app/broker';
import type { Clock, Timer } from '@app/clock';
import { CannotStartError, type Logger, obtainSecretKey, UPLOAD_TICKET_KEY } from '@app/runtime';
import type { AssetServerMetrics } from './asset-server.metrics.js';
import type { AssetServerSettings } from './asset-server.settings.js';
import { AssetLibrary } from './files/asset-library.js';
import { AssetRecords } from './files/asset-records.js';
import { BlobCache } from './files/blob-cache.js';
import { AssetHttp } from './http/asset-http.js';
import { FileRequests } from './http/file-requests.js';
import { PathRequests } from './http/path-requests.js';
import { readBearer, type VisitorRules } from './http/permission.js';
import { UploadRequests } from './http/upload-requests.js';
import { AssetJobs } from './jobs/asset-jobs.js';
import { CompressJob } from './jobs/compress-job.js';
import { OptimiseJob } from './jobs/optimise-job.js';
import { AssetMap } from './paths/asset-map.js';
import { AddressLimits } from './uploads/address-limits.js';
import type { UploadRules } from './uploads/upload-request.js';
import { UploadSpool } from './uploads/upload-spool.js';

/** What the asset-server stands on. */
export interface AssetServerGround {
  broker: Broker;
  clock: Clock;
  logger: Logger;
  metrics: AssetServerMetrics;
  /** Compiled, to run in a process of its own; for specs. */
  optimiseProgram?: string;
  /** For specs, instead of the one that the settings say. */
  openStore?: (settings: AssetServerSettings, broker: Broker) => Promise<BlobStore>;
}

const MS_PER_MINUTE = 60_000;
/** The part of the spool that one network may take. */
const SPOOL_SHARE = 0.25;
const GAUGES_INTERVAL_MS = 5_000;
const OPTIMISE_PROGRAM = fileURLToPath(new URL('./jobs/optimise-process.js', import.meta.url));

/** Files and their names: all parts put together, started and stopped in order. No sockets, no NestJS. */
export class AssetServer {
  private readonly folder: string;
  private readonly map: AssetMap;
  private readonly records: AssetRecords;
  private readonly spool: UploadSpool;
  private http: AssetHttp | undefined;
  private jobs: AssetJobs | undefined;
  private gauges: Timer | undefined;

  constructor(
    private readonly settings: AssetServerSettings,
    private readonly ground: AssetServerGround,
  ) {
    const { broker, clock, metrics } = ground;
    this.folder = resolve(settings.assetWorkDir ?? join(tmpdir(), `vicinity-assets-${settings.httpPort}`));
    this.map = new AssetMap(broker, clock, settings);
    this.records = new AssetRecords(broker, clock);
    const spoolLimits = {
      uploadsMax: settings.uploadsOpenMax,
      bytesMax: settings.spoolBytesMax,
      uploadsPerNetworkMax: settings.uploadsPerAddressMax,
      // At least one of the largest files.
      bytesPerNetworkMax: Math.max(settings.fileBytesMax, settings.spoolBytesMax * SPOOL_SHARE),
      ageMsMax: settings.uploadAgeMinutesMax * MS_PER_MINUTE,
    };
    this.spool = new UploadSpool(join(this.folder, 'uploads'), spoolLimits, clock, (count) =>
      metrics.uploadsOpen.set(count),
    );
  }

  /** Resolves when requests can be handled. */
  async start(): Promise<void> {
    const { settings, ground } = this;
    const key = await obtainSecretKey(ground.broker, UPLOAD_TICKET_KEY);
    const store = await (ground.openStore ?? openChosenStore)(settings, ground.broker);
    await this.records.start();
    await this.map.start();
    await this.spool.start();
    const cache = new BlobCache(join(this.folder, 'cache'), store, settings.cacheBytesMax, {
      onLookup: (isHit) => ground.metrics.cacheLookups.inc(1, { outcome: isHit ? 'hit' : 'miss' }),
      onSize: (sizeBytes) => ground.metrics.cacheBytes.set(sizeBytes),
    });
    await cache.start();
    const quota = { filesMax: settings.quotaFilesMax, bytesMax: settings.quotaBytesMax };
    const library = new AssetLibrary(store, this.records, cache, quota, ground.clock);
    this.jobs = this.makeJobs(library, store);
    this.http = this.makeHttp(library, this.jobs, key);
    this.jobs.start();
    this.gauges = ground.clock.every(GAUGES_INTERVAL_MS, () => this.measure());
    this.measure();
  }

  /** Ends what runs; uploads that are under way go on after the next start. */
  async stop(): Promise<void> {
    this.gauges?.cancel();
    this.spool.stop();
    this.map.stop();
    this.records.stop();
    await this.jobs?.stop();
  }

  /** Resolves when all files have been looked at for smaller forms; for specs. */
  async settled(): Promise<void> {
    await this.jobs?.settled();
  }

  /** Answers everything below `/assets/`. Never fails. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.http) await this.http.handle(request, response);
    else response.writeHead(503, { Connection: 'close' }).end();
  }

  private makeJobs(library: AssetLibrary, store: BlobStore): AssetJobs {
    const { settings, ground } = this;
    const folder = join(this.folder, 'jobs');
    const limits = {
      bytesMax: settings.optimiseBytesMax,
      timeoutMs: settings.optimiseTimeoutMs,
      memoryMiBMax: settings.optimiseHeapMbMax,
    };
    const program = ground.optimiseProgram ?? OPTIMISE_PROGRAM;
    const jobs: AssetJobs = new AssetJobs(
      this.records,
      (hashes) => library.discard(hashes),
      [
        new CompressJob(library, store, folder, settings.compressBytesMax),
        new OptimiseJob(library, (hash, by) => jobs.add(hash, by), ground.clock, folder, limits, program),
      ],
      ground.metrics,
      ground.logger,
    );
    return jobs;
  }

  private makeHttp(library: AssetLibrary, jobs: AssetJobs, key: Uint8Array): AssetHttp {
    const { settings, ground } = this;
    const { clock, metrics, logger } = ground;
    const rules: VisitorRules & UploadRules = {
      uploads: settings.uploads,
      paths: settings.visitorPaths,
      bytesMax: settings.fileBytesMax,
      typesAllowed: settings.typesAllowed,
    };
    const authenticate: ConstructorParameters<typeof PathRequests>[4] = ({ request }) =>
      readBearer(request.headers.authorization, key, clock.wallMs());
    const limits = new AddressLimits(clock, settings.uploadsPerHour, settings.uploadBytesPerHour);
    return new AssetHttp(
      new FileRequests(library, metrics),
      new PathRequests(library, this.map, new AddressLimits(clock, settings.pathsPerHour, 0), rules, authenticate),
      new UploadRequests(library, this.map, this.spool, jobs, limits, rules, authenticate, metrics),
      { clock, trustForwarded: settings.trustForwarded },
      metrics,
      logger,
    );
  }

  private measure(): void {
    const { metrics } = this.ground;
    const { files, bytes } = this.records.totals;
    metrics.files.set(files);
    metrics.storedBytes.set(bytes);
    metrics.paths.set(this.map.size);
  }
}

async function openChosenStore(settings: AssetServerSettings, broker: Broker): Promise<BlobStore> {
  try {
    return await openBlobStore(settings, broker);
  } catch (error) {
    const isForOperator = error instanceof AssetStoreError && error.code === 'asset-store-misconfigured';
    throw isForOperator ? new CannotStartError(error) : error;
  }
}
