import type { ContentHash } from '@app/assets';
import { networkOf } from '@app/runtime';
import { AssetError } from '../asset-server.errors.js';
import type { AssetServerMetrics } from '../asset-server.metrics.js';
import type { AssetLibrary, StoredAsset } from '../files/asset-library.js';
import type { AssetJobs } from '../jobs/asset-jobs.js';
import type { AssetMap } from '../paths/asset-map.js';
import type { AddressLimits } from '../uploads/address-limits.js';
import { readUploadRequest, type UploadRules } from '../uploads/upload-request.js';
import type { UploadSpool } from '../uploads/upload-spool.js';
import { answerEmpty, answerJson, type Exchange, readJson } from './exchange.js';
import type { Authenticate } from './path-requests.js';
import { checkIsOperator, checkMayUpload, nameOf, type VisitorRules } from './permission.js';
import type { RequestTarget } from './request-target.js';

type UploadTarget = RequestTarget & { kind: 'upload' };

/** Takes files, in as many pieces as the network allows. */
export class UploadRequests {
  constructor(
    private readonly library: AssetLibrary,
    private readonly map: AssetMap,
    private readonly spool: UploadSpool,
    private readonly jobs: AssetJobs,
    private readonly limits: AddressLimits,
    private readonly rules: UploadRules & VisitorRules,
    private readonly authenticate: Authenticate,
    private readonly metrics: AssetServerMetrics,
  ) {}

  /** `POST /assets/uploads`: 201 with the address of the upload, or 200 when the file is there already. */
  async create(exchange: Exchange): Promise<void> {
    const claim = this.authenticate(exchange);
    checkMayUpload(claim, this.rules);
    const wanted = readUploadRequest(await readJson(exchange), this.rules);
    const known = await this.library.findWhole(wanted.hash);
    if (known) return this.answerStored(exchange, { hash: wanted.hash, record: known });
    if (!(await this.library.find(wanted.hash))) this.library.checkRoom(wanted.sizeBytes);
    const network = claim.role === 'person' ? networkOf(exchange.address) || 'unknown' : '';
    if (network !== '' && !this.limits.take(network, wanted.sizeBytes)) {
      throw new AssetError('upload-rate-limited', 'Too much was uploaded from this address within the last hour.');
    }
    const upload = await this.spool.create({ ...wanted, by: nameOf(claim) }, network);
    answerJson(exchange, 201, { id: upload.id, offset: 0 }, { Location: `uploads/${upload.id}`, 'Upload-Offset': '0' });
  }

  /** `HEAD /assets/uploads/<id>`: how much has arrived. */
  async look(exchange: Exchange, { id }: UploadTarget): Promise<void> {
    const { offset, announced } = this.spool.get(id);
    answerEmpty(exchange, 200, { 'Upload-Offset': `${offset}`, 'Upload-Length': `${announced.sizeBytes}` });
  }

  /** `PATCH /assets/uploads/<id>` with Upload-Offset: 204 and how much has arrived, or 200 when the file is stored. */
  async append(exchange: Exchange, { id }: UploadTarget): Promise<void> {
    const { request } = exchange;
    const offset = offsetOf(request.headers['upload-offset']);
    const upload = await this.spool.append(id, offset, request, () => void request.destroy());
    if (upload.offset < upload.announced.sizeBytes) {
      return answerEmpty(exchange, 204, { 'Upload-Offset': `${upload.offset}` });
    }
    const stored = await this.spool.finish(id, ({ path, announced }) => this.library.take(path, announced));
    this.metrics.uploadedBytes.inc(stored.record.sizeBytes);
    this.jobs.add(stored.hash, stored.record.by);
    this.answerStored(exchange, stored);
  }

  /** `DELETE /assets/uploads/<id>`: the client has changed its mind. */
  async cancel(exchange: Exchange, { id }: UploadTarget): Promise<void> {
    await this.spool.cancel(id);
    answerEmpty(exchange, 204);
  }

  /** `DELETE /assets/<sha256>`, for operators: frees room. */
  async erase(exchange: Exchange, { hash }: { hash: ContentHash }): Promise<void> {
    checkIsOperator(this.authenticate(exchange));
    if (this.map.leadsTo(hash)) throw new AssetError('asset-in-use', 'A path leads, or has led, to this file.');
    if (!(await this.library.erase(hash))) throw new AssetError('asset-unknown', 'There is no such file here.');
    answerEmpty(exchange, 204);
  }

  private answerStored(exchange: Exchange, { hash, record }: StoredAsset): void {
    this.metrics.uploads.inc(1, { outcome: 'stored' });
    const url = `/assets/${hash}.${record.extension}`;
    answerJson(exchange, 200, { url, hash, sizeBytes: record.sizeBytes });
  }
}

function offsetOf(header: string | string[] | undefined): number {
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  throw new AssetError('asset-request-invalid', 'Upload-Offset must say how many bytes came before.');
}
