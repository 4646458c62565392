import type { Clock } from '@app/clock';
import { UPLOAD_ADDRESSES_MAX } from '@app/world';

const MS_PER_HOUR = 3_600_000;

interface Spent {
  uploads: number;
  bytes: number;
  sinceMs: number;
}

/** What may come from one network address (`networkOf`) within an hour. */
export class AddressLimits {
  private readonly spent = new Map<string, Spent>();

  constructor(
    private readonly clock: Clock,
    private readonly uploadsPerHour: number,
    private readonly bytesPerHour: number,
  ) {}

  /** Counts an upload; false, and nothing is counted, when it is one too many. */
  take(address: string, bytes: number): boolean {
    const nowMs = this.clock.nowMs();
    const spent = this.spentBy(address, nowMs);
    // What was spent wears off evenly.
    const worn = Math.max(0, 1 - (nowMs - spent.sinceMs) / MS_PER_HOUR);
    const uploads = spent.uploads * worn + 1;
    const bytesSpent = spent.bytes * worn + bytes;
    if (uploads > this.uploadsPerHour || bytesSpent > this.bytesPerHour) return false;
    Object.assign(spent, { uploads, bytes: bytesSpent, sinceMs: nowMs });
    return true;
  }

  private spentBy(address: string, nowMs: number): Spent {
    let spent = this.spent.get(address);
    if (spent) return spent;
    if (this.spent.size >= UPLOAD_ADDRESSES_MAX) this.forgetOldest();
    spent = { uploads: 0, bytes: 0, sinceMs: nowMs };
    this.spent.set(address, spent);
    return spent;
  }

  /** A thousand addresses cannot be stopped by this anyway; honest ones should not pay for them. */
  private forgetOldest(): void {
    const [oldest] = this.spent.keys();
    this.spent.delete(oldest);
  }
}
