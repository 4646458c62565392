import { AVATAR_TICK_MS, DETAIL_UPDATES_BYTES_MAX } from '@app/world';
import type { AvatarRecord } from './avatar-record.js';
import type { AvatarTable } from './avatar-table.js';
import { WRAPPER_BYTES_MAX, wrapField } from './avatar-traits.js';
import { type ListenerSchedule, UpdateScheduler } from './update-scheduler.js';

/** What an operator can choose about updates. */
export interface UpdateOptions {
  /** Bytes in one real-time message to a listener. */
  datagramBytes: number;
  datagramsPerTick: number;
  keepAliveMs: number;
  starvationMs: number;
  starvationShare: number;
  /** What a listener that shows details gets of them all, in kbit/s. */
  detailKbps: number;
}

/**
 * Whoever shows details gets each moving avatar at least this often as far as the budget goes, in ms; the near ones more
 * often. Joints look jerky long before a body that only slides.
 */
const DETAIL_STARVATION_MS = 165;

/**
 * Makes one listener's updates of one tick.
 *
 * A listener that shows poses alone gets as many datagrams as the operator allows. For one that shows details, updates are
 * only the smaller part of what goes to it: its gateway adds the details. There the bytes of the details are what counts.
 */
export class UpdatePlans {
  /** Of the last listener: how many updates it got. */
  updateCount = 0;
  /** The longest time that it had waited for anybody, in ticks. */
  waitTicksMax = 0;
  private readonly plain: UpdateScheduler;
  private readonly detailed: UpdateScheduler;
  /** A single detail takes no more of a budget, so that even the largest is told in the smallest. */
  private readonly costMax: number;

  constructor(private readonly options: UpdateOptions) {
    const detailBytes = Math.floor((options.detailKbps * AVATAR_TICK_MS) / 8);
    this.costMax = detailBytes >> 1;
    const common = { ...options, tickMs: AVATAR_TICK_MS };
    this.plain = new UpdateScheduler({ ...common, datagramBytes: options.datagramBytes - WRAPPER_BYTES_MAX });
    this.detailed = new UpdateScheduler({
      ...common,
      datagramBytes: detailBytes,
      datagramsPerTick: 1,
      starvationMs: DETAIL_STARVATION_MS,
      isRestStarving: false,
    });
  }

  /** @param give  takes each real-time message */
  make(
    listener: ListenerSchedule,
    wantsDetail: boolean,
    table: AvatarTable,
    ownSlot: number,
    tick: number,
    nowMs: number,
    give: (realtime: Uint8Array) => void,
  ): void {
    const scheduler = wantsDetail ? this.detailed : this.plain;
    const recordOf = (slot: number): AvatarRecord => table.bySlot[slot] as AvatarRecord;
    scheduler.plan(listener, table, ownSlot, tick, (slot) => {
      const record = recordOf(slot);
      return wantsDetail ? Math.min(this.costMax, record.detailCost) : record.encodeUpdate(tick, nowMs).length;
    });
    this.updateCount = scheduler.chosenCount;
    this.waitTicksMax = scheduler.waitTicksMax;
    const { chosen, chosenCount, datagramOf } = scheduler;
    if (wantsDetail) return this.packInOrder(chosen.subarray(0, chosenCount), recordOf, tick, nowMs, give);
    for (let datagram = 0; datagram < this.options.datagramsPerTick; datagram++) {
      const parts: Uint8Array[] = [];
      for (let i = 0; i < chosenCount; i++) {
        if (datagramOf[i] === datagram) parts.push(recordOf(chosen[i]).encodeUpdate(tick, nowMs));
      }
      if (parts.length === 0) break;
      give(wrapField(parts));
    }
  }

  /** One message, if possible: what is over at the end of each fills no packet. */
  private packInOrder(
    slots: Int32Array,
    recordOf: (slot: number) => AvatarRecord,
    tick: number,
    nowMs: number,
    give: (realtime: Uint8Array) => void,
  ): void {
    let parts: Uint8Array[] = [];
    let bytes = 0;
    for (const slot of slots) {
      const update = recordOf(slot).encodeUpdate(tick, nowMs);
      if (bytes + update.length > DETAIL_UPDATES_BYTES_MAX - WRAPPER_BYTES_MAX) {
        give(wrapField(parts));
        parts = [];
        bytes = 0;
      }
      parts.push(update);
      bytes += update.length;
    }
    if (parts.length > 0) give(wrapField(parts));
  }
}
