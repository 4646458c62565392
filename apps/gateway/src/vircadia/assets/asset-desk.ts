import { UPLOAD_TICKET_LIFETIME_MS, type UploadClaim } from '@app/runtime';
import type { Clock } from '@app/clock';
import { type SessionId, VIRCADIA_UPLOADS_BYTES_MAX } from '@app/world';
import { TokenBucket } from '../../rate-limit.js';
import type { AssetClient, AssetPapers } from './asset-client.js';

/** Bytes of files that one gateway sends to all such clients per second, and at once. */
const BYTES_PER_S = 16_777_216;
const BURST_BYTES = 1_048_576;

/** What the clients of one gateway share when they ask for files: the way to the asset-server, and budgets. */
export class AssetDesk {
  private readonly pace = new TokenBucket(BYTES_PER_S, BURST_BYTES);
  private uploadBytes = 0;

  /**
   * @param sign             makes upload tickets
   * @param isUploadAllowed  for visitors
   */
  constructor(
    readonly client: Pick<AssetClient, 'sizeOf' | 'open' | 'hashAt' | 'list' | 'put' | 'delete' | 'upload'>,
    private readonly clock: Clock,
    private readonly sign: (claim: UploadClaim) => string,
    readonly isUploadAllowed: boolean,
  ) {}

  /** With which a session's client asks. */
  papersOf(sessionId: SessionId, world: string, address: string): AssetPapers {
    const expiresAtMs = this.clock.wallMs() + UPLOAD_TICKET_LIFETIME_MS;
    return { ticket: this.sign({ role: 'person', sessionId, world, expiresAtMs }), address };
  }

  /** Whether so many bytes of a file may be sent now. */
  takeBytes(bytes: number, nowMs: number): boolean {
    return this.pace.take(nowMs, bytes);
  }

  /** Makes room for bytes of an upload; false when there is none. */
  reserve(bytes: number): boolean {
    if (this.uploadBytes + bytes > VIRCADIA_UPLOADS_BYTES_MAX) return false;
    this.uploadBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.uploadBytes -= bytes;
  }
}
