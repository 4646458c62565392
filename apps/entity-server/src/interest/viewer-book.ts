import { DownlinkBatch } from '@app/roster';
import { encodeMessage, vicinity } from '@app/wire';
import {
  ENTITY_SIGN_OF_LIFE_MS,
  ENTITY_TICK_MS,
  type InstanceId,
  isInstanceId,
  MEMBERS_MAX,
  ROSTER_SILENCE_MS_MAX,
  type SessionId,
  SESSIONS_PER_GATEWAY_MAX,
  SESSIONS_PER_WORLD_MAX,
} from '@app/world';
import type { EntitySlots } from './entity-slots.js';
import { Viewer } from './viewer.js';
import { DEFAULT_WISHES, placeOf, type ViewerWishes, wantTheSame, wishesOf } from './viewer-wishes.js';

const { ENTITY_POWER_PRIVATE, ENTITY_POWER_OPERATE } = vicinity.v1.EntityPower;

type ViewerBatch = DownlinkBatch<vicinity.v1.IEntityPayload>;

interface ServedGateway {
  readonly viewers: Map<SessionId, Viewer>;
  readonly batch: ViewerBatch;
  heardAtMs: number;
  publishedAtMs: number;
}

/** What the book needs to know of the world. */
export interface BookOptions {
  readonly table: EntitySlots;
  /** For one viewer. */
  readonly budget: { bytesPerSecond: number; burstBytes: number };
  /** Place in the log that the world has reached. */
  readonly sequence: () => number;
}

/** Who is served here, by gateway: as their tables say. */
export class ViewerBook {
  private readonly gateways = new Map<InstanceId, ServedGateway>();
  private count = 0;
  /** All viewers; made anew when somebody comes or goes. */
  private list: ReadonlyArray<{ viewer: Viewer; batch: ViewerBatch }> | undefined;

  constructor(
    private readonly serverId: InstanceId,
    private readonly options: BookOptions,
    private readonly publishTo: (gatewayId: InstanceId, message: Uint8Array) => void,
  ) {}

  get size(): number {
    return this.count;
  }

  /** All viewers, each with the batch of its gateway; in an order that stays. */
  viewers(): ReadonlyArray<{ viewer: Viewer; batch: ViewerBatch }> {
    this.list ??= [...this.gateways.values()].flatMap(({ viewers, batch }) =>
      [...viewers.values()].map((viewer) => ({ viewer, batch })),
    );
    return this.list;
  }

  /** Takes a table; returns how many of its entries were refused. Whoever is refused keeps what it had. */
  apply(table: vicinity.v1.IEntityInterestTable, nowMs: number): number {
    const entries = table.entries ?? [];
    const gatewayId = table.gatewayId ?? '';
    const gateway = isInstanceId(gatewayId) ? this.gatewayOf(gatewayId, nowMs) : undefined;
    if (!gateway) return entries.length;
    gateway.heardAtMs = nowMs;
    let refused = 0;
    const named = new Set<SessionId>();
    for (const entry of entries) {
      named.add(entry.sessionId ?? 0);
      if (!this.applyEntry(gateway, entry, nowMs)) refused++;
    }
    if (table.isComplete) {
      for (const sessionId of gateway.viewers.keys()) if (!named.has(sessionId)) this.remove(gateway, sessionId);
    }
    return refused;
  }

  /** Silence meant nothing. */
  forgive(nowMs: number): void {
    for (const gateway of this.gateways.values()) gateway.heardAtMs = nowMs;
  }

  /** Gateways that are silent are gone, and their viewers with them. */
  expire(nowMs: number): void {
    for (const [gatewayId, { viewers, heardAtMs }] of this.gateways) {
      if (nowMs - heardAtMs <= ROSTER_SILENCE_MS_MAX) continue;
      this.gateways.delete(gatewayId);
      this.count -= viewers.size;
      this.list = undefined;
    }
  }

  /** Ends a tick: what there is leaves, and signs of life where there is nothing. */
  flush(tick: number, nowMs: number): void {
    for (const [gatewayId, gateway] of this.gateways) {
      if (gateway.viewers.size === 0) {
        this.gateways.delete(gatewayId);
        continue;
      }
      // Judged half a tick early, because the next chance is a whole tick later.
      const isSignDue = nowMs - gateway.publishedAtMs > ENTITY_SIGN_OF_LIFE_MS - 1.5 * ENTITY_TICK_MS;
      if (gateway.batch.flush(tick, isSignDue)) gateway.publishedAtMs = nowMs;
    }
  }

  private applyEntry(gateway: ServedGateway, entry: vicinity.v1.IEntityInterestEntry, nowMs: number): boolean {
    const sessionId = entry.sessionId ?? 0;
    if (entry.serverId !== this.serverId) {
      this.remove(gateway, sessionId);
      return true;
    }
    const place = placeOf(entry.position);
    if (!place || sessionId === 0) return false;
    const viewer = gateway.viewers.get(sessionId);
    if (!viewer) return this.add(gateway, entry, place, nowMs);
    viewer.place = place;
    viewer.isHeld = entry.isHeld === true;
    this.allow(viewer, maySeePrivate(entry));
    const wishes = isNews(viewer, entry) ? wishesOf(entry.interest) : viewer.wishes;
    if (!wishes) return false;
    this.follow(viewer, entry.stay ?? 0, wishes);
    return true;
  }

  private add(
    gateway: ServedGateway,
    entry: vicinity.v1.IEntityInterestEntry,
    place: Viewer['place'],
    nowMs: number,
  ): boolean {
    const { table, budget, sequence } = this.options;
    const wishes = wishesOf(entry.interest);
    const isFull = gateway.viewers.size >= SESSIONS_PER_GATEWAY_MAX || this.count >= SESSIONS_PER_WORLD_MAX;
    if (!wishes || isFull) return false;
    const sessionId = entry.sessionId ?? 0;
    const viewer = new Viewer(sessionId, entry.stay ?? 0, place, wishes, table, budget, nowMs);
    viewer.isHeld = entry.isHeld === true;
    viewer.maySeePrivate = maySeePrivate(entry);
    viewer.restart(sequence());
    gateway.viewers.set(sessionId, viewer);
    this.count++;
    this.list = undefined;
    return true;
  }

  private allow(viewer: Viewer, isAllowed: boolean): void {
    if (viewer.maySeePrivate === isAllowed) return;
    viewer.maySeePrivate = isAllowed;
    viewer.restart(this.options.sequence());
  }

  private follow(viewer: Viewer, stay: number, wishes: ViewerWishes): void {
    const before = viewer.wishes;
    viewer.wishes = wishes;
    // Who knows less than before has found out that something is missing.
    if (stay !== viewer.stay || wishes.knownSequence < before.knownSequence) {
      viewer.stay = stay;
      viewer.restart(this.options.sequence());
      return;
    }
    if (wishes === before) return;
    viewer.queue.noteView();
    viewer.isEverythingDue ||= wishes.generation !== before.generation;
    if (!wantTheSame(wishes, before)) viewer.isUnsettled = true;
    else if (!viewer.isUnsettled) viewer.queue.mark();
  }

  private remove(gateway: ServedGateway, sessionId: SessionId): void {
    if (!gateway.viewers.delete(sessionId)) return;
    this.count--;
    this.list = undefined;
  }

  private gatewayOf(gatewayId: InstanceId, nowMs: number): ServedGateway | undefined {
    let gateway = this.gateways.get(gatewayId);
    if (gateway || this.gateways.size >= MEMBERS_MAX) return gateway;
    const send = (tick: number, payloads: vicinity.v1.IEntityPayload[]): void => {
      const message = { serverId: this.serverId, tick: tick >>> 0, payloads };
      this.publishTo(gatewayId, encodeMessage('EntityDownlink', message));
    };
    const sizeOf = ({ reliable, realtime }: vicinity.v1.IEntityPayload): number =>
      (reliable?.length ?? 0) + (realtime?.length ?? 0);
    gateway = {
      viewers: new Map<SessionId, Viewer>(),
      batch: new DownlinkBatch(sizeOf, send),
      heardAtMs: nowMs,
      publishedAtMs: -Infinity,
    };
    this.gateways.set(gatewayId, gateway);
    return gateway;
  }
}

/** Whether an entry says something else than before about what is wanted; each table repeats it. */
function isNews(viewer: Viewer, entry: vicinity.v1.IEntityInterestEntry): boolean {
  const { interest } = entry;
  const { wishes } = viewer;
  if (!interest) return wishes !== DEFAULT_WISHES;
  return (
    wishes === DEFAULT_WISHES ||
    (interest.generation ?? 0) !== wishes.generation ||
    (interest.knownSequence ?? 0) !== wishes.knownSequence ||
    (entry.stay ?? 0) !== viewer.stay
  );
}

function maySeePrivate({ powers }: vicinity.v1.IEntityInterestEntry): boolean {
  return ((powers ?? 0) & (ENTITY_POWER_PRIVATE | ENTITY_POWER_OPERATE)) !== 0;
}
