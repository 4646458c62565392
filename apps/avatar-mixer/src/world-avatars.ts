import { DownlinkBatch, RosterBook, type RosterOutcome, type Seat } from '@app/roster';
import { forwardOf, relevanceOf, VIEW_COS_HALF_ANGLE, type ViewCone } from '@app/spatial';
import { encodeMessage, readOrientation, type vicinity } from '@app/wire';
import { AVATAR_SIGN_OF_LIFE_MS, AVATAR_TICK_MS, EYE_HEIGHT_M, type InstanceId, type SessionId } from '@app/world';
import type { AvatarRecord } from './avatar-record.js';
import { AvatarTable } from './avatar-table.js';
import { ListenerNews, TraitsStore } from './avatar-traits.js';
import type { UpdatePlans } from './update-plans.js';
import { ListenerSchedule } from './update-scheduler.js';

/** Relevance of all avatars for one listener is computed anew every so many ticks: 200 ms. */
const RELEVANCE_TICKS = 6;
/** Everybody's traits are told again every so many ticks: 10 s. */
const REFRESH_TICKS = Math.round(10_000 / AVATAR_TICK_MS);
/** Bytes of reliable news that one world sends in a tick; the rest waits its turn. */
const NEWS_BYTES_PER_TICK_MAX = 262_144;

/** Numbers of one world's tick, added up over worlds by the actor. */
export interface TickCounts {
  avatars: number;
  listeners: number;
  updates: number;
  realtimeBytes: number;
  reliableBytes: number;
  waitTicksMax: number;
}

type ListenerBatch = DownlinkBatch<vicinity.v1.IListenerPayload>;

interface Listener {
  sessionId: SessionId;
  sync: number;
  schedule: ListenerSchedule;
  news: ListenerNews;
}

/** One world: who is in it, where they are, and who has been told what. */
export class WorldAvatars {
  private readonly book: RosterBook;
  private readonly table = new AvatarTable();
  private readonly traits = new TraitsStore();
  private readonly listeners = new Map<SessionId, Listener>();
  private readonly gateways = new Map<InstanceId, { batch: ListenerBatch; publishedAtMs: number }>();
  private readonly cone: ViewCone = {
    eye: { x: 0, y: 0, z: 0 },
    forward: { x: 0, y: 0, z: -1 },
    cosHalfAngle: VIEW_COS_HALF_ANGLE,
  };
  private readonly detail = { bytes: 0, sequence: 0 };
  private readonly orientation = { x: 0, y: 0, z: 0, w: 1 };
  private newsTurn = 0;

  constructor(
    private readonly mixerId: InstanceId,
    private readonly plans: UpdatePlans,
    private readonly publishTo: (gatewayId: InstanceId, message: Uint8Array) => void,
  ) {
    this.book = new RosterBook(mixerId, 'avatar');
  }

  get isEmpty(): boolean {
    return this.book.isEmpty;
  }

  applyRoster(roster: vicinity.v1.SessionRoster, nowMs: number): RosterOutcome {
    return this.book.apply(roster, nowMs);
  }

  /** The number of poses that were dropped: of unknown sessions, of others' sessions, invalid or old. */
  applyUplink(uplink: vicinity.v1.AvatarUplink, tick: number, nowMs: number): number {
    let dropped = 0;
    const { detail } = this;
    for (const { sessionId, sequence, pose, loudness, detailBytes, detailSequence } of uplink.poses) {
      const seat = this.book.seats.get(sessionId ?? 0);
      if (!seat || seat.gatewayId !== uplink.gatewayId || !pose) {
        dropped++;
        continue;
      }
      const record = this.table.bySession.get(seat.sessionId) ?? this.addAvatar(seat, tick);
      if (record.epoch !== seat.epoch) {
        record.epoch = seat.epoch;
        record.restartSequence();
      }
      detail.bytes = detailBytes ?? 0;
      detail.sequence = detailSequence ?? 0;
      if (record.accept(pose, sequence ?? 0, loudness ?? 0, nowMs, detail)) this.table.noteChange(record);
      else dropped++;
    }
    return dropped;
  }

  applyTraits(table: vicinity.v1.TraitsTable, nowMs: number): void {
    for (const entry of table.entries) {
      const seat = this.book.seats.get(entry.sessionId ?? 0);
      if (seat && seat.gatewayId !== table.gatewayId) continue;
      if (!this.traits.accept(entry, nowMs) || !seat) continue;
      for (const listener of this.listeners.values()) {
        if (listener.sessionId !== seat.sessionId) listener.news.noteTraits(seat.sessionId);
      }
    }
  }

  /** The broker or this process was away: silence meant nothing, and news may have been lost. */
  forgive(nowMs: number): void {
    this.book.forgive(nowMs);
  }

  /**
   * One tick: leaves, then updates and news for every listener, one message per gateway.
   *
   * @param mayExpire  false while the broker is away
   */
  tick(tick: number, nowMs: number, mayExpire: boolean, counts: TickCounts): void {
    if (mayExpire) {
      this.book.expire(nowMs);
      this.traits.expire((sessionId) => this.book.seats.has(sessionId), nowMs);
    }
    this.followSeats(tick);
    this.noteRefresh(tick);
    let newsBytes = 0;
    let place = 0;
    for (const listener of this.turned()) {
      const seat = this.book.seats.get(listener.sessionId) as Seat;
      const { batch } = this.gatewayOf(seat.gatewayId);
      this.addUpdates(listener, seat.wantsDetail, batch, tick, nowMs, counts, place++);
      if (newsBytes < NEWS_BYTES_PER_TICK_MAX) newsBytes += this.addNews(listener, batch, tick);
      else this.newsTurn = listener.sessionId;
    }
    counts.reliableBytes += newsBytes;
    counts.avatars += this.table.bySession.size;
    counts.listeners += this.listeners.size;
    this.flush(tick, nowMs);
  }

  /** Brings avatars and listeners into line with the seats. */
  private followSeats(tick: number): void {
    const { seats } = this.book;
    for (const record of this.table.bySession.values()) {
      if (!seats.has(record.sessionId)) this.removeAvatar(record);
    }
    for (const listener of this.listeners.values()) {
      if (!seats.get(listener.sessionId)?.isListener) this.listeners.delete(listener.sessionId);
    }
    for (const seat of seats.values()) {
      if (!this.table.bySession.has(seat.sessionId)) this.addAvatar(seat, tick);
      if (seat.isListener) this.followListener(seat, tick);
    }
  }

  private followListener(seat: Seat, tick: number): void {
    let listener = this.listeners.get(seat.sessionId);
    if (listener?.sync === seat.sync) return;
    if (!listener) {
      listener = { sessionId: seat.sessionId, sync: 0, schedule: new ListenerSchedule(), news: new ListenerNews() };
      this.listeners.set(seat.sessionId, listener);
    }
    listener.sync = seat.sync;
    listener.schedule.grow(this.table.capacity);
    for (const record of this.table.bySession.values()) listener.schedule.restart(record.slot, tick);
    listener.news.restart(this.othersThan(seat.sessionId));
  }

  private addAvatar(seat: Seat, tick: number): AvatarRecord {
    const record = this.table.add(seat.sessionId);
    record.epoch = seat.epoch;
    for (const listener of this.listeners.values()) {
      listener.schedule.grow(this.table.capacity);
      listener.schedule.restart(record.slot, tick);
      if (listener.sessionId !== seat.sessionId) listener.news.noteJoined(seat.sessionId);
    }
    return record;
  }

  private removeAvatar(record: AvatarRecord): void {
    this.table.remove(record);
    for (const listener of this.listeners.values()) {
      if (listener.sessionId !== record.sessionId) listener.news.noteLeft(record.sessionId);
    }
  }

  private noteRefresh(tick: number): void {
    for (let slot = tick % REFRESH_TICKS; slot < this.table.slotsEnd; slot += REFRESH_TICKS) {
      const record = this.table.bySlot[slot];
      if (!record) continue;
      for (const listener of this.listeners.values()) {
        if (listener.sessionId !== record.sessionId) listener.news.noteTraits(record.sessionId);
      }
    }
  }

  /** Listeners, beginning with the one whose news had no room in the last tick. */
  private turned(): Listener[] {
    const all = [...this.listeners.values()];
    const first =
      this.newsTurn === 0
        ? 0
        : Math.max(
            0,
            all.findIndex((one) => one.sessionId === this.newsTurn),
          );
    this.newsTurn = 0;
    return first === 0 ? all : [...all.slice(first), ...all.slice(0, first)];
  }

  private addUpdates(
    listener: Listener,
    wantsDetail: boolean,
    batch: ListenerBatch,
    tick: number,
    nowMs: number,
    counts: TickCounts,
    place: number,
  ): void {
    const { plans, table } = this;
    const { sessionId, schedule } = listener;
    const own = table.bySession.get(sessionId);
    if ((tick + place) % RELEVANCE_TICKS === 0) this.updateRelevance(listener, own);
    plans.make(schedule, wantsDetail, table, own?.slot ?? -1, tick, nowMs, (realtime) => {
      counts.realtimeBytes += realtime.length;
      batch.add(tick, { sessionId, realtime });
    });
    counts.waitTicksMax = Math.max(counts.waitTicksMax, plans.waitTicksMax);
    counts.updates += plans.updateCount;
  }

  private addNews(listener: Listener, batch: ListenerBatch, tick: number): number {
    const reliable = listener.news.take(this.traits, () => this.othersThan(listener.sessionId));
    if (!reliable) return 0;
    batch.add(tick, { sessionId: listener.sessionId, reliable });
    return reliable.length;
  }

  /** Without a pose of its own a listener finds all alike. */
  private updateRelevance(listener: Listener, own: AvatarRecord | undefined): void {
    if (!own || own.serial === 0) return;
    const { cone, table } = this;
    cone.eye.x = own.position.x;
    cone.eye.y = own.position.y + EYE_HEIGHT_M;
    cone.eye.z = own.position.z;
    forwardOf(readOrientation(own.pose, this.orientation), cone.forward);
    for (const { slot, serial, position, loudness } of table.bySession.values()) {
      if (serial === 0) continue;
      listener.schedule.relevance[slot] = relevanceOf(cone, position.x, position.y, position.z, loudness);
    }
  }

  private othersThan(sessionId: SessionId): SessionId[] {
    const others: SessionId[] = [];
    for (const other of this.book.seats.keys()) if (other !== sessionId) others.push(other);
    return others;
  }

  private gatewayOf(gatewayId: InstanceId): { batch: ListenerBatch; publishedAtMs: number } {
    let gateway = this.gateways.get(gatewayId);
    if (!gateway) {
      const send = (tick: number, payloads: vicinity.v1.IListenerPayload[]): void => {
        const message = { mixerId: this.mixerId, tick: tick >>> 0, payloads };
        this.publishTo(gatewayId, encodeMessage('AvatarDownlink', message));
      };
      const batch: ListenerBatch = new DownlinkBatch(
        ({ realtime, reliable }) => (realtime?.length ?? 0) + (reliable?.length ?? 0),
        send,
      );
      gateway = { batch, publishedAtMs: -Infinity };
      this.gateways.set(gatewayId, gateway);
    }
    return gateway;
  }

  private flush(tick: number, nowMs: number): void {
    const served = new Set<InstanceId>();
    for (const { sessionId } of this.listeners.values()) served.add((this.book.seats.get(sessionId) as Seat).gatewayId);
    for (const [gatewayId, gateway] of this.gateways) {
      if (!served.has(gatewayId)) {
        this.gateways.delete(gatewayId);
        continue;
      }
      // Judged half a tick early, because the next chance is a whole tick later.
      const isSignDue = nowMs - gateway.publishedAtMs > AVATAR_SIGN_OF_LIFE_MS - 1.5 * AVATAR_TICK_MS;
      if (gateway.batch.flush(tick, isSignDue)) gateway.publishedAtMs = nowMs;
    }
  }
}
