import type { BinEntries } from './bin-entries.js';
import { HORIZON_BINS, horizonPlace, NADIR_BIN, verticalShare, ZENITH_BIN } from './far-directions.js';
import type { FarList } from './far-list.js';
import type { ListenerState } from './listener-state.js';
import { type PairLevel, WAY } from './pair-level.js';
import type { SignalTable } from './signal-table.js';

/** In FarList.bins: the vertical bin is the nadir, not the zenith. */
const NADIR_FLAG = 0x80;
const BIN_MASK = HORIZON_BINS - 1;
/** Three gains of what is not heard. */
const SILENCE = new Float32Array(3);

/** Pans the far signals of one listener after the other into bins, each from where it was in the block before. */
export class FarPlan {
  /** Place in the listener's last list by signal, valid while the stamp is that of the listener at work. */
  private readonly placeBefore: Int32Array;
  private readonly stamps: Float64Array;
  private stamp = 0;
  private listener!: ListenerState;
  private before!: FarList;
  private now!: FarList;

  constructor(
    private readonly signals: SignalTable,
    private readonly levels: PairLevel,
    private readonly entries: BinEntries,
    private readonly capacity: number,
  ) {
    this.placeBefore = new Int32Array(signals.count);
    this.stamps = new Float64Array(signals.count);
  }

  /** Begins with a listener; `levels` must have begun with it, too. */
  begin(listener: ListenerState): void {
    this.listener = listener;
    this.before = listener.farBefore;
    this.now = listener.farNow;
    this.now.count = 0;
    this.stamp++;
    const { signals } = this.before;
    for (let index = 0; index < this.before.count; index++) {
      this.placeBefore[signals[index]] = index;
      this.stamps[signals[index]] = this.stamp;
    }
  }

  /** Whether the listener heard this signal far away in the last block, and it was not added yet. */
  wasHeard(signal: number): boolean {
    return this.stamps[signal] === this.stamp;
  }

  /** Lets the listener hear a signal from where it is. */
  add(signal: number): void {
    const { now } = this;
    if (now.count === this.capacity) return;
    const isKnown = this.stamps[signal] === this.stamp;
    const place = isKnown ? this.placeBefore[signal] : 0;
    if (isKnown && !this.isNews(signal)) this.keep(place);
    else this.aim(signal);
    now.signals[now.count] = signal;
    if (isKnown) {
      this.stamps[signal] = 0;
      this.glide(signal, place);
    } else this.appear(signal);
    // What is not heard at all needs no memory.
    const gains = 3 * now.count;
    if (now.gains[gains] !== 0 || now.gains[gains + 1] !== 0 || now.gains[gains + 2] !== 0) now.count++;
  }

  /** Whether a signal may be louder or elsewhere than in the last block. */
  private isNews(signal: number): boolean {
    if (this.listener.isFarStale || this.signals.movedFar[signal] === 1) return true;
    // About beds nothing is wished.
    const { rules } = this.listener;
    return (
      rules !== undefined && rules.changedCount > 0 && signal < rules.gains.length && rules.isChanged[signal] === 1
    );
  }

  /** Fades out what was heard before and was not added, and makes this block the last one. */
  end(): void {
    const { before, listener } = this;
    for (let index = 0; index < before.count; index++) {
      const signal = before.signals[index];
      if (this.stamps[signal] === this.stamp && this.signals.sounds[signal] === 1) this.leave(signal, index);
    }
    listener.farBefore = this.now;
    listener.farNow = before;
  }

  /** The signal is as loud and where it was. */
  private keep(place: number): void {
    const { now, before } = this;
    now.bins[now.count] = before.bins[place];
    for (let word = 0; word < 3; word++) now.gains[3 * now.count + word] = before.gains[3 * place + word];
  }

  /** Shares the signal among three bins, so that they add up to its level and its direction. */
  private aim(signal: number): void {
    const { levels, now } = this;
    levels.measure(signal);
    const { way } = levels;
    const dx = way[WAY.x];
    const dy = way[WAY.y];
    const dz = way[WAY.z];
    const distance = way[WAY.distance];
    const level = way[WAY.level];
    const vertical = distance > 1e-6 ? verticalShare(Math.sqrt(dx * dx + dz * dz) / distance) : 0;
    const place = horizonPlace(dx, dz);
    const bin = place | 0;
    const next = place - bin;
    const horizontal = level * (1 - vertical);
    now.bins[now.count] = (bin & BIN_MASK) | (dy < 0 && vertical > 0 ? NADIR_FLAG : 0);
    now.gains[3 * now.count] = horizontal * (1 - next);
    now.gains[3 * now.count + 1] = horizontal * next;
    now.gains[3 * now.count + 2] = level * vertical;
  }

  /** It was not heard before: it fades in, or begins at once when it begins itself. */
  private appear(signal: number): void {
    const { now } = this;
    const gains = 3 * now.count;
    if (this.signals.starts[signal] === 1) this.enter(signal, now.bins[now.count], now.gains, gains, gains);
    else this.enter(signal, now.bins[now.count], SILENCE, 0, gains);
  }

  /** Puts it into the bins of this block, from gains in an array. */
  private enter(signal: number, bins: number, from: Float32Array, fromIndex: number, toIndex: number): void {
    const { entries } = this;
    const to = this.now.gains;
    const address = this.signals.address[signal];
    const bin = bins & BIN_MASK;
    entries.add(bin, address, from, fromIndex, to, toIndex);
    entries.add((bin + 1) & BIN_MASK, address, from, fromIndex + 1, to, toIndex + 1);
    entries.add(verticalBin(bins), address, from, fromIndex + 2, to, toIndex + 2);
  }

  /** It is not heard any more: it fades out. */
  private leave(signal: number, place: number): void {
    const { before, entries } = this;
    const from = before.gains;
    const address = this.signals.address[signal];
    const bin = before.bins[place] & BIN_MASK;
    entries.add(bin, address, from, 3 * place, SILENCE, 0);
    entries.add((bin + 1) & BIN_MASK, address, from, 3 * place + 1, SILENCE, 0);
    entries.add(verticalBin(before.bins[place]), address, from, 3 * place + 2, SILENCE, 0);
  }

  /** It goes on, perhaps in other bins. */
  private glide(signal: number, place: number): void {
    const { now, before } = this;
    const bins = now.bins[now.count];
    if (before.bins[place] === bins) this.enter(signal, bins, before.gains, 3 * place, 3 * now.count);
    else {
      this.leave(signal, place);
      this.enter(signal, bins, SILENCE, 0, 3 * now.count);
    }
  }
}

function verticalBin(bins: number): number {
  return (bins & NADIR_FLAG) === 0 ? ZENITH_BIN : NADIR_BIN;
}
