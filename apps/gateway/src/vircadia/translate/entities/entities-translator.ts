import {
  ByteReader,
  EntityClone,
  type EntityEdit,
  EntityEdits,
  EntityQuery,
  EraseRequest,
  type PacketTypeName,
  type SimulationOwner,
} from '@app/vircadia';
import type { MessageOf } from '@app/wire';
import { isEntityId } from '@app/world';
import { EntityEditor } from './entity-editor.js';
import { EntityQueries } from './entity-queries.js';
import { EntityTeller } from './entity-teller.js';
import { MissingEdits } from './missing-edits.js';
import { octreeStatsOf } from './octree-stats.js';
import { OwnBodies } from './own-bodies.js';
import { SharedEntities } from './shared-entities.js';
import type { TranslatorGround } from '../translators.js';
import type { NodePort, SessionPort, Translator } from '../translator.js';

const STATS_INTERVAL_MS = 1_000;
/** What is about where a body is: of bodies the physics decides about it. */
const PHYSICS_NAMES = ['position', 'rotation', 'velocity', 'angularVelocity'] as const;

/** Entities that the clients of one gateway know, by world: once for all of them. */
const sharedByGround = new WeakMap<TranslatorGround, Map<string, SharedEntities>>();

/** Makes the translator of one client's entity server. */
export function makeEntityTranslator(port: NodePort, session: SessionPort, ground: TranslatorGround): Translator {
  return new EntityTranslator(port, session, ground, sharedOf(ground, session.world));
}

function sharedOf(ground: TranslatorGround, world: string): SharedEntities {
  let worlds = sharedByGround.get(ground);
  if (!worlds) sharedByGround.set(ground, (worlds = new Map()));
  let shared = worlds.get(world);
  if (!shared) worlds.set(world, (shared = new SharedEntities()));
  return shared;
}

/** The entity server of one client: queries become interest, news become packets of entities, edits transactions. */
class EntityTranslator implements Translator {
  private readonly teller: EntityTeller;
  private readonly queries: EntityQueries;
  private readonly editor: EntityEditor;
  private readonly bodies: OwnBodies;
  private readonly missing = new MissingEdits();
  private readonly reader = new ByteReader(new Uint8Array(0));
  private statsAtMs = 0;

  constructor(
    private readonly port: NodePort,
    session: SessionPort,
    private readonly ground: TranslatorGround,
    shared: SharedEntities,
  ) {
    this.teller = new EntityTeller(port, shared, ground);
    this.queries = new EntityQueries(session);
    this.editor = new EntityEditor(session, this.teller, ground);
    this.bodies = new OwnBodies(session, this.teller, ground);
  }

  onActive(nowMs: number): void {
    this.teller.retell(true);
    this.queries.ask(nowMs);
  }

  onSendingRestarted(): void {
    this.teller.retell(false);
  }

  onPacket(name: PacketTypeName, packet: Uint8Array, payloadOffset: number, nowMs: number): void {
    const reader = this.reader.reset(packet, payloadOffset);
    switch (name) {
      case 'EntityQuery':
        return this.handleQuery(EntityQuery.read(reader), nowMs);
      case 'EntityAdd':
      case 'EntityEdit':
      case 'EntityPhysics':
        return this.handleEdits(name, EntityEdits.read(reader), packet.length, nowMs);
      case 'EntityErase':
        return this.handleErase(EraseRequest.read(reader), nowMs);
      case 'EntityClone':
        return this.handleClone(EntityClone.read(reader), nowMs);
      default:
      // What was lost reliably comes again anyway, and of motions the next one is better.
    }
  }

  onReliable(message: MessageOf<'ServerReliable'>, nowMs: number): void {
    const { entityNews, entitiesEdited, requestFailed } = message;
    if (entityNews) {
      this.queries.handleAnswer();
      this.teller.handleNews(entityNews);
    } else if (entitiesEdited) this.editor.handleDone(entitiesEdited.request ?? 0, nowMs);
    else if (requestFailed) this.editor.handleFailed(requestFailed.request ?? 0, requestFailed.code ?? '', nowMs);
  }

  onRealtime({ entityMotions }: MessageOf<'ServerRealtime'>, nowMs: number): void {
    if (!entityMotions) return;
    const isOwn = (id: string, atMs: number, ownerId: number): boolean => this.bodies.handleMotion(id, atMs, ownerId);
    this.teller.handleMotions(entityMotions.motions ?? [], isOwn, nowMs);
  }

  tick(nowMs: number): void {
    this.queries.tick(nowMs);
    this.editor.tick(nowMs);
    this.bodies.tick(nowMs);
    if (!this.queries.query) return;
    this.teller.tick(nowMs);
    const missing = this.missing.due(nowMs);
    if (missing.length > 0) this.port.send('EntityEditNack', missing, nowMs);
    // Web clients have no use for them.
    if (!this.port.isWeb && nowMs - this.statsAtMs >= STATS_INTERVAL_MS) this.sendStats(nowMs);
  }

  close(): void {
    this.teller.close();
  }

  private handleQuery(query: EntityQuery, nowMs: number): void {
    const isAnew = this.queries.handle(query, nowMs);
    this.teller.outlet.limit(query.packetsPerSecondMax);
    if (isAnew) this.teller.retell(true);
    if (this.queries.wantsCompletion) this.teller.wantCompletion();
  }

  private handleEdits(name: PacketTypeName, { sequence, edits }: EntityEdits, bytes: number, nowMs: number): void {
    this.missing.note(sequence);
    const sizeBytes = Math.ceil(bytes / Math.max(1, edits.length));
    for (const edit of edits) {
      if (name === 'EntityAdd') this.editor.add(edit, sizeBytes, nowMs);
      else this.handleEdit(edit, name === 'EntityPhysics', sizeBytes, nowMs);
    }
  }

  private handleEdit(edit: EntityEdit, isPhysics: boolean, sizeBytes: number, nowMs: number): void {
    const owner = edit.properties.get('simulationOwner') as SimulationOwner | null | undefined;
    const isBody = this.bodies.isBody(edit.id);
    if (isPhysics && isBody) {
      if (owner !== undefined) this.bodies.handleBid(edit.id, owner, nowMs);
      if (owner !== null) this.bodies.handlePhysics(edit.id, edit.properties, nowMs);
      return;
    }
    if (owner !== undefined) this.bodies.handleBid(edit.id, owner, nowMs);
    const properties = isPhysics ? placeOf(edit.properties) : edit.properties;
    this.editor.change({ ...edit, properties }, sizeBytes, nowMs);
  }

  private handleErase({ sequence, ids }: EraseRequest, nowMs: number): void {
    this.missing.note(sequence);
    for (const id of ids) this.editor.erase(id, nowMs);
  }

  private handleClone({ sequence, originalId, newId }: EntityClone, nowMs: number): void {
    this.missing.note(sequence);
    if (isEntityId(originalId) && isEntityId(newId)) this.editor.clone(originalId, newId, nowMs);
  }

  private sendStats(nowMs: number): void {
    const { packetCount, byteCount } = this.teller.outlet;
    const traffic = {
      entityCount: this.teller.knownCount,
      packetCount,
      byteCount,
      isFullScene: this.teller.isComplete,
    };
    this.port.send('OctreeStats', octreeStatsOf(traffic, this.ground.clock.wallMs(), nowMs - this.statsAtMs), nowMs);
    this.statsAtMs = nowMs;
    this.teller.outlet.packetCount = this.teller.outlet.byteCount = 0;
  }
}

function placeOf(properties: EntityEdit['properties']): EntityEdit['properties'] {
  return new Map(
    PHYSICS_NAMES.flatMap((name) => {
      const value = properties.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
