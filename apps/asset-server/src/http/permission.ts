import { currentOf, type PathRecord } from '@app/assets';
import { readUploadTicket, type UploadClaim } from '@app/runtime';
import { AssetError } from '../asset-server.errors.js';

/** What visitors may do. Operators may do everything. */
export interface VisitorRules {
  uploads: 'everyone' | 'nobody';
  /** own: name what has no name yet, and change what the same visitor has named last. */
  paths: 'everyone' | 'own' | 'nobody';
}

/**
 * Who asks, by the Authorization header.
 *
 * @throws AssetError  `upload-ticket-invalid`
 */
export function readBearer(header: string | undefined, key: Uint8Array, wallMs: number): UploadClaim {
  const ticket = /^Bearer +([A-Za-z0-9_-]+) *$/i.exec(header ?? '')?.[1];
  const claim = ticket === undefined ? undefined : readUploadTicket(ticket, key, wallMs);
  if (!claim)
    throw new AssetError('upload-ticket-invalid', 'This needs a valid upload ticket, as people in a world have.');
  return claim;
}

/** A person, or the operator, as records know them. */
export function nameOf({ role, world, sessionId }: UploadClaim): string {
  return role === 'operator' ? 'operator' : `person/${world}/${sessionId}`;
}

/** @throws AssetError  `upload-not-allowed` */
export function checkMayUpload(claim: UploadClaim, rules: VisitorRules): void {
  if (claim.role === 'person' && rules.uploads === 'nobody') {
    throw new AssetError('upload-not-allowed', 'Visitors may not upload files here.');
  }
}

/** @throws AssetError  `upload-not-allowed`, `asset-path-taken` */
export function checkMayChangePath(claim: UploadClaim, rules: VisitorRules, record: PathRecord | undefined): void {
  if (claim.role === 'operator') return;
  checkMayUpload(claim, rules);
  if (rules.paths === 'nobody') throw new AssetError('upload-not-allowed', 'Visitors may not name files here.');
  if (rules.paths === 'own' && record && currentOf(record).by !== nameOf(claim)) {
    throw new AssetError('asset-path-taken', 'This path leads to somebody else’s file already. Choose another one.');
  }
}

/** @throws AssetError  `upload-not-allowed` */
export function checkIsOperator(claim: UploadClaim): void {
  if (claim.role !== 'operator') throw new AssetError('upload-not-allowed', 'Only the operator may do this.');
}
