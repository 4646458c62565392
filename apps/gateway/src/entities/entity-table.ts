import type { Clock } from '@app/clock';
import type { MemberDirectory } from '@app/runtime';
import {
  ENTITY_EDITS_WAITING_PER_WORLD_BYTES_MAX,
  ENTITY_NEWS_HELD_PER_WORLD_BYTES_MAX,
  type InstanceId,
  SERVER_ENTITY_NEWS_BYTES_MAX,
  SERVER_REALTIME_BYTES_MAX,
  type SessionId,
} from '@app/world';
import { type MessageFields, type vicinity, encodeMessage } from '@app/wire';
import { MixerAssignment } from '../fanout/mixer-assignment.js';
import type { Outbox } from '../fanout/outbox.js';
import type { GatewayMetrics } from '../gateway.metrics.js';
import { isServed } from '../session/session-state.js';
import { ByteBudget } from './byte-budget.js';
import { EditQueue } from './edit-queue.js';
import type { EditOutcome, EntityClient } from './entity-client.js';
import type { EntityInput, EntityMotionInput } from './entity-input.js';
import { EntityInterestPublisher } from './interest.js';
import { MotionBatch } from './motion-batch.js';
import { EntityViewer, type ViewerSession } from './viewer.js';

/** A session as entities need it. */
export interface EntitySession extends ViewerSession {
  readonly birth: number;
  /** Where it connects from. */
  readonly address: string;
  readonly traits: { readonly name: string };
  sendReliable(message: MessageFields<'ServerReliable'>): void;
}

/** What entities of one world stand on. */
export interface EntityTablePorts {
  clock: Clock;
  members: MemberDirectory;
  outbox: Outbox;
  metrics: Pick<GatewayMetrics, 'countDrop' | 'countFailovers'>;
  entityClient: EntityClient;
  /** An entity-server that sends nothing for longer is taken for dead, in ms. */
  silenceMsMax: number;
  /** What visitors may do: bits of EntityPower. */
  powers: number;
  /** The number under which entity-servers know a network address. */
  originOf(address: string): number;
}

interface Participant {
  readonly viewer: EntityViewer;
  readonly edits: EditQueue;
  /** Where it connects from, as entity-servers are told. */
  origin: number;
}

/** Who here sees entities, edits and moves them, in one world. */
export class EntityTable {
  private readonly participants = new Map<SessionId, Participant>();
  private readonly servers: MixerAssignment;
  private readonly interest: EntityInterestPublisher;
  private readonly motions: MotionBatch;
  private readonly newsBudget = new ByteBudget(ENTITY_NEWS_HELD_PER_WORLD_BYTES_MAX);
  private readonly editBudget = new ByteBudget(ENTITY_EDITS_WAITING_PER_WORLD_BYTES_MAX);

  constructor(
    private readonly world: string,
    private readonly ports: EntityTablePorts,
  ) {
    const { outbox, silenceMsMax } = ports;
    this.servers = new MixerAssignment({ silenceMsMax });
    this.interest = new EntityInterestPublisher(world, outbox, () => this.viewers());
    this.motions = new MotionBatch(world, outbox);
  }

  // --- What clients want ---------------------------------------------------------------------------------------------

  /** A checked message of a session. */
  handleInput(session: EntitySession, input: EntityInput): void {
    if (input.kind === 'edit') this.handleEdit(session, input);
    else if (input.kind === 'interest') this.handleInterest(session, input.interest);
    else if (!this.motions.addClaim(session.id, input.id, input.claim))
      this.ports.metrics.countDrop('motions-too-many');
  }

  /** A checked motion of a body that a session moves. */
  handleMotion(session: EntitySession, { id, motion }: EntityMotionInput): void {
    if (!isServed(session.state)) return;
    if (!this.motions.addMotion(session.id, id, motion)) this.ports.metrics.countDrop('motion-late');
  }

  /** A session has a new connection: it will say what it wants, and up to where it knows the world. */
  handleLink(session: EntitySession): void {
    const participant = this.participants.get(session.id);
    if (participant) participant.origin = this.ports.originOf(session.address);
    this.stopServing(session);
  }

  /** The state of a session has changed. */
  handleState(session: EntitySession): void {
    if (!isServed(session.state)) this.stopServing(session);
  }

  /** A session is gone for good, or to another gateway. */
  leave(session: EntitySession): void {
    this.stopServing(session);
    this.participants.get(session.id)?.edits.close();
    this.participants.delete(session.id);
  }

  // --- What the broker brings ----------------------------------------------------------------------------------------

  /** News for viewers. */
  handleDown({ serverId, payloads }: vicinity.v1.EntityDownlink): void {
    this.servers.hear(serverId);
    for (const { sessionId, stay, reliable, realtime } of payloads) {
      const viewer = this.participants.get(sessionId ?? 0)?.viewer;
      if (viewer?.server !== serverId || viewer.stay !== stay) this.ports.metrics.countDrop('entities-unassigned');
      else this.tell(viewer, reliable, realtime);
    }
  }

  /** Entity-servers have come or gone. */
  handleMembers(nowMs: number): void {
    if (this.servers.setMembers(this.ports.members.live('entity-server'), nowMs)) this.assignAll();
  }

  /** Whatever was told while the broker was away is lost, in both directions. */
  handleBrokerBack(): void {
    for (const viewer of this.viewers()) if (viewer.isWanting) viewer.beginStay();
    this.interest.markAll();
  }

  /** One uplink tick. @param elapsedMs  see MixerAssignment.tick */
  tick(nowMs: number, elapsedMs: number): void {
    if (this.servers.tick(nowMs, elapsedMs)) this.assignAll();
    for (const viewer of this.viewers()) this.pump(viewer, nowMs);
    this.interest.tick(nowMs);
    this.motions.flush();
  }

  private *viewers(): IterableIterator<EntityViewer> {
    for (const { viewer } of this.participants.values()) yield viewer;
  }

  private handleInterest(session: EntitySession, interest: vicinity.v1.EntityInterest.$Properties): void {
    if (!isServed(session.state)) return;
    const { viewer } = this.participantOf(session);
    const isNew = viewer.interest === undefined;
    const isBeginning = viewer.want(interest, this.ports.clock.nowMs());
    if (isNew) this.assign(viewer);
    this.interest.mark(viewer, isBeginning);
    if (isNew) this.tellServing();
  }

  private handleEdit(session: EntitySession, { request, edits }: EntityInput & { kind: 'edit' }): void {
    const { viewer, edits: queue, origin } = this.participantOf(session);
    const editId = `${session.id.toString(16)}-${session.birth.toString(16)}-${request}`;
    const author = { sessionId: session.id, name: session.traits.name, powers: this.ports.powers, origin };
    const bytes = encodeMessage('EntityEditRequest', { transaction: { editId, author, edits: [...edits] } });
    const send = (): Promise<EditOutcome> =>
      this.ports.entityClient.edit(this.world, editId, bytes, () => viewer.server);
    if (queue.add({ request, sizeBytes: bytes.length, send })) return;
    answer(session, request, { code: 'edits-waiting', text: 'Too many edits wait.', field: '', editIndex: 0 });
  }

  private participantOf(session: EntitySession): Participant {
    let participant = this.participants.get(session.id);
    if (!participant) {
      participant = {
        viewer: new EntityViewer(session, this.newsBudget, this.ports.powers),
        edits: new EditQueue(this.editBudget, (request, outcome) => answer(session, request, outcome)),
        origin: this.ports.originOf(session.address),
      };
      this.participants.set(session.id, participant);
    }
    return participant;
  }

  private tell(viewer: EntityViewer, reliable: Uint8Array | null | undefined, realtime: typeof reliable): void {
    const { metrics } = this.ports;
    if (reliable && reliable.length > SERVER_ENTITY_NEWS_BYTES_MAX) metrics.countDrop('entities-too-large');
    else if (reliable && reliable.length > 0) {
      // Kept until the client has it, while `reliable` is a view of a buffer with everybody's news.
      if (!viewer.outlet.push(Uint8Array.from(reliable))) metrics.countDrop('entities-too-slow');
    }
    if (realtime && realtime.length > 0) {
      if (realtime.length <= SERVER_REALTIME_BYTES_MAX) viewer.session.passRealtime(realtime);
      else metrics.countDrop('entities-too-large');
    }
  }

  private pump(viewer: EntityViewer, nowMs: number): void {
    const { outlet } = viewer;
    if (viewer.endWaiting(nowMs)) this.interest.mark(viewer, true);
    if (outlet.isLost && outlet.isReady) {
      viewer.beginStay();
      this.interest.mark(viewer, true);
    } else if (outlet.isBusy) outlet.pump();
    if (viewer.isHoldNews) this.interest.mark(viewer, true);
  }

  private stopServing(session: EntitySession): void {
    const viewer = this.participants.get(session.id)?.viewer;
    if (!viewer?.interest) return;
    viewer.reset();
    this.interest.markGone(viewer);
    this.tellServing();
  }

  private assignAll(): void {
    for (const viewer of this.viewers()) if (viewer.isWanting) this.assign(viewer);
    this.tellServing();
  }

  private assign(viewer: EntityViewer): void {
    const server = this.servers.choose(viewer.session.id);
    if (server === viewer.server) return;
    if (viewer.server !== undefined) {
      // The new one does not know what the old one has told.
      viewer.beginStay();
      if (server !== undefined) this.ports.metrics.countFailovers('entity', 1);
    }
    viewer.server = server;
    this.interest.mark(viewer, true);
  }

  private tellServing(): void {
    const serving = new Set<InstanceId>();
    for (const { server } of this.viewers()) if (server !== undefined) serving.add(server);
    this.servers.setServing(serving, this.ports.clock.nowMs());
  }
}

function answer(session: EntitySession, request: number, outcome: EditOutcome): void {
  if ('code' in outcome) session.sendReliable({ requestFailed: { request, ...outcome } });
  else session.sendReliable({ entitiesEdited: { request, ...outcome } });
}
