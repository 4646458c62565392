import { currentOf, isContentHash, type PathForm, type PathRecord } from '@app/assets';
import { networkOf, type UploadClaim } from '@app/runtime';
import { AssetError } from '../asset-server.errors.js';
import type { AssetLibrary } from '../files/asset-library.js';
import type { AssetMap } from '../paths/asset-map.js';
import { unknownPath } from '../paths/asset-map.js';
import type { AddressLimits } from '../uploads/address-limits.js';
import { answerEmpty, answerJson, type Exchange, readJson } from './exchange.js';
import { checkMayChangePath, nameOf, type VisitorRules } from './permission.js';
import type { RequestTarget } from './request-target.js';

/** Says who asks; throws when nobody does who may. */
export type Authenticate = (exchange: Exchange) => UploadClaim;

/** Names for files: where they lead, where they have led, where they shall lead. */
export class PathRequests {
  constructor(
    private readonly library: AssetLibrary,
    private readonly map: AssetMap,
    private readonly limits: AddressLimits,
    private readonly rules: VisitorRules,
    private readonly authenticate: Authenticate,
  ) {}

  /** `GET /assets/at/<path>`: sends on to the file. The address is relative, so that a proxy may add a prefix. */
  async get(exchange: Exchange, { path, depth }: RequestTarget & { kind: 'path' }): Promise<void> {
    const record = await this.map.get(path);
    if (!record) throw unknownPath();
    const { hash, form } = currentOf(record);
    const file = await this.library.find(hash);
    if (!file) throw new AssetError('asset-unknown', 'The file that this path leads to is not there any more.');
    const target = (form === 'optimised' && file.optimised?.hash) || hash;
    const Location = `${'../'.repeat(depth)}${target}.${file.extension}`;
    answerEmpty(exchange, 302, { Location, 'Cache-Control': 'no-cache' });
  }

  /** `PUT /assets/at/<path>` with `{ hash, form? }`. */
  async put(exchange: Exchange, { path }: RequestTarget & { kind: 'path' }): Promise<void> {
    const claim = this.authenticate(exchange);
    const { hash, form } = readMapping(await readJson(exchange));
    if (!(await this.library.find(hash))) throw new AssetError('asset-unknown', 'There is no such file here.');
    const guard = (before: PathRecord | undefined): void => checkMayChangePath(claim, this.rules, before);
    this.count(exchange, claim);
    const record = await this.map.put(path, { hash, form, by: nameOf(claim) }, guard);
    answerJson(exchange, 200, { path, ...currentOf(record) });
  }

  /** `DELETE /assets/at/<path>` */
  async delete(exchange: Exchange, { path }: RequestTarget & { kind: 'path' }): Promise<void> {
    const claim = this.authenticate(exchange);
    this.count(exchange, claim);
    await this.map.delete(path, (record) => checkMayChangePath(claim, this.rules, record));
    answerEmpty(exchange, 204);
  }

  /** `GET /assets/versions/<path>` */
  async versions(exchange: Exchange, { path }: RequestTarget & { kind: 'versions' }): Promise<void> {
    const record = await this.map.get(path);
    if (!record) throw unknownPath();
    answerJson(exchange, 200, { path, versions: record.versions });
  }

  /** `POST /assets/rollback/<path>` with `{ version }`. */
  async rollback(exchange: Exchange, { path }: RequestTarget & { kind: 'rollback' }): Promise<void> {
    const claim = this.authenticate(exchange);
    const version = readVersion(await readJson(exchange));
    const guard = (before: PathRecord | undefined): void => checkMayChangePath(claim, this.rules, before);
    this.count(exchange, claim);
    const record = await this.map.rollback(path, version, nameOf(claim), guard);
    answerJson(exchange, 200, { path, ...currentOf(record) });
  }

  /** `GET /assets/paths?prefix=models/` */
  async list(exchange: Exchange, { prefix }: RequestTarget & { kind: 'paths' }): Promise<void> {
    this.authenticate(exchange);
    const paths = this.map.list(prefix).map(({ path, version }) => ({ path, ...version }));
    answerJson(exchange, 200, { paths });
  }

  private count({ address }: Exchange, { role }: UploadClaim): void {
    if (role === 'operator' || this.limits.take(networkOf(address), 0)) return;
    throw new AssetError('upload-rate-limited', 'Too many paths were changed from this address within the last hour.');
  }
}

function readMapping(json: unknown): { hash: string; form: PathForm } {
  const { hash, form = 'original' } = (json ?? {}) as Record<string, unknown>;
  const isForm = form === 'original' || form === 'optimised';
  if (!isContentHash(hash) || !isForm) {
    throw new AssetError('asset-request-invalid', 'A path is led to { hash, form }; form is original or optimised.');
  }
  return { hash, form };
}

function readVersion(json: unknown): number {
  const { version } = (json ?? {}) as Record<string, unknown>;
  if (Number.isSafeInteger(version)) return version as number;
  throw new AssetError('asset-request-invalid', 'A rollback names a version: { version }.');
}
