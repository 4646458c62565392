import type { Clock } from '@app/clock';

const MS_PER_HOUR = 3_600_000;
/** Addresses whose additions are counted; the one that was counted first is forgotten for a new one. */
const ADDRESSES_MAX = 16_384;

/** How much may come from one network address within an hour; 0 for no limit. */
export interface AddressRateOptions {
  addressEntitiesPerHour: number;
  addressBytesPerHour: number;
}

interface Spent {
  count: number;
  bytes: number;
  atMs: number;
}

/**
 * What was added from each network address lately, whatever session it was: who leaves and comes back with another number is
 * still there. Counted by each entity-server for what it is asked for.
 */
export class AddressRates {
  private readonly spent = new Map<number, Spent>();

  constructor(
    private readonly clock: Clock,
    private readonly options: AddressRateOptions,
  ) {}

  /** Whether so many more entities and bytes may come from there. Origin 0 is nobody's address. */
  allows(origin: number, count: number, bytes: number): boolean {
    if (origin === 0) return true;
    const { addressEntitiesPerHour, addressBytesPerHour } = this.options;
    const known = this.spent.get(origin);
    const worn = known ? this.wornOf(known) : 0;
    return (
      isWithin((known?.count ?? 0) * worn + count, addressEntitiesPerHour) &&
      isWithin((known?.bytes ?? 0) * worn + bytes, addressBytesPerHour)
    );
  }

  /** So much is on its way into the world. */
  spend(origin: number, count: number, bytes: number): void {
    if (origin === 0 || (count === 0 && bytes === 0)) return;
    const known = this.spent.get(origin);
    const worn = known ? this.wornOf(known) : 0;
    if (!known && this.spent.size >= ADDRESSES_MAX) this.forgetOldest();
    this.spent.set(origin, {
      count: (known?.count ?? 0) * worn + count,
      bytes: (known?.bytes ?? 0) * worn + bytes,
      atMs: this.clock.nowMs(),
    });
  }

  /** The part that still counts. Whoever goes on and on gets exactly the limit in an hour. */
  private wornOf({ atMs }: Spent): number {
    return Math.exp((atMs - this.clock.nowMs()) / MS_PER_HOUR);
  }

  private forgetOldest(): void {
    for (const origin of this.spent.keys()) {
      this.spent.delete(origin);
      return;
    }
  }
}

function isWithin(amount: number, max: number): boolean {
  return max === 0 || amount <= max;
}
