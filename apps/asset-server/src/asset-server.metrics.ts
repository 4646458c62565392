import type { Counter, Gauge, Metrics } from '@app/runtime';

/** Numbers of the asset-server. */
export interface AssetServerMetrics {
  /** By outcome: `stored`, or the code of the refusal. */
  uploads: Counter;
  uploadedBytes: Counter;
  uploadsOpen: Gauge;
  /** By outcome: `whole`, `part`, `unchanged`, `refused`. */
  served: Counter;
  servedBytes: Counter;
  corrupt: Counter;
  files: Gauge;
  storedBytes: Gauge;
  paths: Gauge;
  /** By outcome: `hit`, `miss`. */
  cacheLookups: Counter;
  cacheBytes: Gauge;
  /** By job and outcome. */
  jobs: Counter;
  jobsWaiting: Gauge;
}

export function assetServerMetrics(metrics: Metrics): AssetServerMetrics {
  return {
    uploads: metrics.counter('asset_uploads_total', 'Files and paths that people sent, by outcome.', ['outcome']),
    uploadedBytes: metrics.counter('asset_uploaded_bytes_total', 'Bytes of files that were stored.'),
    uploadsOpen: metrics.gauge('asset_uploads_open', 'Uploads that are under way.'),
    served: metrics.counter('asset_served_total', 'Answers to requests for files, by outcome.', ['outcome']),
    servedBytes: metrics.counter('asset_served_bytes_total', 'Bytes of files that were sent.'),
    corrupt: metrics.counter('asset_corrupt_total', 'Requests for files whose stored bytes are not what was uploaded.'),
    files: metrics.gauge('asset_files', 'Files that are stored.'),
    storedBytes: metrics.gauge('asset_stored_bytes', 'Bytes of all files, compressed forms included.'),
    paths: metrics.gauge('asset_paths', 'Paths that lead to files.'),
    cacheLookups: metrics.counter(
      'asset_cache_lookups_total',
      'Files that were looked for on this machine, by outcome.',
      ['outcome'],
    ),
    cacheBytes: metrics.gauge('asset_cache_bytes', 'Bytes of files that are kept on this machine.'),
    jobs: metrics.counter('asset_jobs_total', 'Files that were compressed or optimised, by job and outcome.', [
      'job',
      'outcome',
    ]),
    jobsWaiting: metrics.gauge('asset_jobs_waiting', 'Files that wait to be compressed and optimised.'),
  };
}
