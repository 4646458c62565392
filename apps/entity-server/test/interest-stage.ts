import type { Entity, EntityChange } from '@app/entities';
import { SeededRandom } from '@app/testing';
import { decodeMessage, type vicinity } from '@app/wire';
import { ENTITY_TICK_MS, type EntityId, type EntityProperties, type Vec3 } from '@app/world';
import { INTEREST_DEFAULTS, type InterestCounts, type InterestOptions, WorldInterest } from '../src/interest/index.js';
import { ViewerModel } from './viewer-model.js';

/** Wall time at the beginning of each stage, in ms since 1970-01-01 UTC. */
const BEGIN_MS = 1_800_000_000_000;
const SERVER = 'entity-server-1';

/** A viewer, as its gateway knows it. */
export interface StageViewer {
  readonly sessionId: number;
  readonly gatewayId: string;
  stay: number;
  isHeld: boolean;
  /** Bits of EntityPower. */
  powers: number;
  position: Vec3;
  interest: vicinity.v1.IEntityInterest;
  readonly model: ViewerModel;
  /** Bytes of news in each tick. */
  readonly bytesByTick: number[];
}

/** A world, viewers with their gateways, and a server's interest between them; time is advanced tick by tick. */
export class InterestStage {
  readonly entities = new Map<EntityId, Entity>();
  readonly viewers = new Map<number, StageViewer>();
  readonly random: SeededRandom;
  interest: WorldInterest;
  nowMs = 0;
  sequence = 0;
  counts: InterestCounts | undefined;
  waitMsMax = 0;
  /** When something was last sent to a gateway, in ms. */
  readonly heardAtMs = new Map<string, number>();

  constructor(
    seed: number,
    readonly options: InterestOptions = INTEREST_DEFAULTS,
  ) {
    this.random = new SeededRandom(seed);
    this.interest = this.createInterest();
  }

  get wallMs(): number {
    return BEGIN_MS + this.nowMs;
  }

  /** A new server knows the world, and nobody. */
  switchServer(): void {
    this.interest = this.createInterest();
    this.load();
    for (const viewer of this.viewers.values()) {
      viewer.stay++;
      viewer.model.reconnect();
      viewer.interest = { ...viewer.interest, knownSequence: viewer.model.knownSequence };
    }
    this.sendTables();
  }

  load(): void {
    const { entities, sequence } = this;
    this.interest.handleWorld({ entities: () => entities.values(), lastSequence: sequence }, this.wallMs);
  }

  drawId(): EntityId {
    const hex = (): string => this.random.nextUint32().toString(16).padStart(8, '0');
    const text = hex() + hex() + hex() + hex();
    return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
  }

  /** An entity that nobody has been told of; for the beginning, before `load`. */
  put(properties: EntityProperties, type = 'Box', id = this.drawId()): EntityId {
    this.entities.set(id, this.version(id, type, properties, undefined));
    return id;
  }

  /** One record of the log: what becomes of which entities. Undefined for gone; absent types and ids stay. */
  commit(edits: ReadonlyArray<{ id: EntityId; type?: string; properties: EntityProperties | undefined }>): void {
    this.sequence++;
    const changes: EntityChange[] = edits.map(({ id, type, properties }) => {
      const before = this.entities.get(id);
      const after = properties && this.version(id, type ?? before?.type ?? 'Box', properties, before);
      if (after) this.entities.set(id, after);
      else this.entities.delete(id);
      return { id, before, after };
    });
    this.interest.handleChanges(changes, this.sequence);
  }

  addViewer(position: Vec3, interest: vicinity.v1.IEntityInterest = {}, gatewayId = 'gateway-1'): StageViewer {
    const viewer: StageViewer = {
      sessionId: this.viewers.size + 1,
      gatewayId,
      stay: 1,
      isHeld: false,
      powers: 0,
      position,
      interest: { generation: 1, ...interest },
      model: new ViewerModel(),
      bytesByTick: [],
    };
    this.viewers.set(viewer.sessionId, viewer);
    return viewer;
  }

  /** What gateways say each second, and when something changes. */
  sendTables(): void {
    const gatewayIds = new Set([...this.viewers.values()].map(({ gatewayId }) => gatewayId));
    for (const gatewayId of gatewayIds) {
      const entries = [...this.viewers.values()]
        .filter((viewer) => viewer.gatewayId === gatewayId)
        .map(({ sessionId, stay, isHeld, powers, position, interest }) => {
          return { sessionId, serverId: SERVER, stay, isHeld, powers, position, interest };
        });
      this.interest.handleTable({ gatewayId, entries, isComplete: true }, this.nowMs);
    }
  }

  tick(): void {
    this.nowMs += ENTITY_TICK_MS;
    for (const viewer of this.viewers.values()) viewer.bytesByTick.push(0);
    this.counts = this.interest.tick(this.nowMs, this.wallMs, true);
    this.waitMsMax = Math.max(this.waitMsMax, this.counts.waitMsMax);
  }

  /** Ticks for a while, with tables each second. */
  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (let count = 0; this.nowMs < endMs; count++) {
      if (count % 30 === 0) this.sendTables();
      this.tick();
    }
  }

  /** What a client does that finds out that it was taken for knowing more than it does. */
  askAnew(): number {
    let count = 0;
    for (const viewer of this.viewers.values()) {
      if (viewer.model.missing.size === 0 || viewer.model.everythingOf < 0) continue;
      viewer.interest = { ...viewer.interest, knownSequence: 0 };
      count++;
    }
    if (count > 0) this.sendTables();
    return count;
  }

  private createInterest(): WorldInterest {
    return new WorldInterest(SERVER, this.options, (gatewayId, message) => {
      this.heardAtMs.set(gatewayId, this.nowMs);
      const { payloads } = decodeMessage('EntityDownlink', message, 16_777_216);
      for (const { sessionId, stay, reliable, realtime } of payloads) {
        const viewer = this.viewers.get(sessionId ?? 0);
        if (!viewer || viewer.stay !== stay || viewer.gatewayId !== gatewayId) continue;
        if (reliable?.length) {
          viewer.model.takeReliable(reliable);
          viewer.bytesByTick[viewer.bytesByTick.length - 1] += reliable.length;
        }
        if (realtime?.length) viewer.model.takeRealtime(realtime);
      }
    });
  }

  private version(id: EntityId, type: string, properties: EntityProperties, before: Entity | undefined): Entity {
    const { sequence, wallMs } = this;
    return {
      id,
      type,
      properties,
      revision: before ? before.revision + 1 : sequence * 1_000 + 1,
      sequence,
      createdAtMs: before?.createdAtMs ?? wallMs,
      editedAtMs: wallMs,
      movedAtMs: wallMs,
      createdBy: { sessionId: 7, name: 'Ada' },
      editedBy: { sessionId: 7, name: 'Ada' },
    };
  }
}
