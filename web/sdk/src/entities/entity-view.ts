import type { EntityId, EntityProperties, SessionId } from '@app/world';
import type { MessageOf, vicinity } from '@app/wire';
import type { Clock } from '../clock.js';
import { Emitter } from '../events.js';
import type { RequestNumbers } from '../request-numbers.js';
import type { EditHistory } from './edit-history.js';
import { EntityNewsReader } from './entity-news.js';
import { EntityStore, type RemovalReason } from './entity-store.js';
import type {
  ChangeEdit,
  CloneEdit,
  EditOptions,
  EditResult,
  EntityEdit,
  EntityMotionState,
  EntityTransform,
  EntityViewCone,
  InterestOptions,
} from './entity-types.js';
import { HeardMotions } from './heard-motions.js';
import { OwnEdits } from './own-edits.js';
import { OwnInterest } from './own-interest.js';
import { OwnSimulation, type SimulationLink } from './own-simulation.js';
import type { RemoteEntity } from './remote-entity.js';
import { ServerClock } from './server-clock.js';
import { ShownTransforms } from './shown-transforms.js';

/** What a page can be told about entities. */
export interface EntityEvents {
  /** An entity is known that was not; parents come before their children. */
  added: RemoteEntity;
  /** Properties have other values, or a preview has changed; `names` are those that may differ. */
  changed: { entity: RemoteEntity; names: ReadonlySet<string> };
  /** An entity is not known any more: `erased`, `left` (out of the interest) or `forgotten` (the world was left). */
  removed: { entity: RemoteEntity; reason: RemovalReason };
  /** Everything within the interest has been told. Again after each change of radius, types or properties. */
  everything: EntityView;
  /** The server begins to tell everything anew. What is known stays until it is told to be gone. */
  reset: EntityView;
  /** Simulated bodies have moved: ask `transformOf` for them. Up to 30 times a second. */
  moved: ReadonlySet<EntityId>;
  /** Somebody else simulates what this client held. */
  taken: EntityId;
}

/** Everything is asked for anew at most this often, in ms. */
const ASK_ANEW_INTERVAL_MS = 5_000;
const HELD_IN_HAND = 255;

/** What the client provides. */
export interface EntityPorts {
  clock: Clock;
  numbers: RequestNumbers;
  /** Round trip to the gateway, in ms; undefined when unknown. */
  rttMs(): number | undefined;
  /** Our session; 0 when there is none. */
  ownId(): SessionId;
}

/** What the view is given for each connection. */
export interface EntityLink extends SimulationLink {
  isNewStay: boolean;
  isResumed: boolean;
}

/**
 * The things in the world: those that this client is told of, and its own edits of them.
 *
 * Edits are done all or none, and are done when the promise settles: the world's log has them. After an interruption the
 * view goes on where it was: what has not changed meanwhile is not told again.
 */
export class EntityView extends Emitter<EntityEvents> {
  /** This person's own edits, to be undone and redone. */
  readonly history: EditHistory;
  private readonly store: EntityStore;
  private readonly edits: OwnEdits;
  private readonly interest: OwnInterest;
  private readonly serverClock: ServerClock;
  private readonly transforms: ShownTransforms;
  private readonly simulation: OwnSimulation;
  private readonly motions: HeardMotions;
  private readonly news: EntityNewsReader;
  private isComplete = false;
  private askedAnewAtMs = -Infinity;
  private readonly clock: Clock;

  constructor(ports: EntityPorts) {
    super();
    const { clock } = ports;
    this.clock = clock;
    this.serverClock = new ServerClock(clock, ports.rttMs);
    this.store = new EntityStore({
      onAdded: (entity) => this.emit('added', entity),
      onChanging: (entity) => this.transforms.handleChanging(entity),
      onChanged: (entity, names) => this.handleChanged(entity, names),
      onRemoved: (entity, reason) => this.handleRemoved(entity, reason),
    });
    this.transforms = new ShownTransforms(
      (id) => this.store.get(id),
      () => this.serverNowMs(),
    );
    this.edits = new OwnEdits(ports, this.store, (entity, names) => this.emit('changed', { entity, names }));
    this.history = this.edits.history;
    this.news = new EntityNewsReader(this.store);
    this.interest = new OwnInterest(clock, () => this.news.knownSequence);
    this.simulation = new OwnSimulation(clock, () => this.serverNowMs());
    this.motions = new HeardMotions(clock, this.transforms, this.simulation, {
      onMoved: (ids) => this.emit('moved', ids),
      onTaken: (id) => this.emit('taken', id),
      ownId: () => ports.ownId(),
    });
  }

  // --- What is there -------------------------------------------------------------------------------------------------

  /** How many entities are known. */
  get size(): number {
    return this.store.size;
  }

  /** Whether everything within the interest is known. */
  get isEverything(): boolean {
    return this.isComplete;
  }

  /** Up to this place in the world's log this client knows what it wants to know; 0 before. */
  get sequence(): number {
    return this.news.knownSequence;
  }

  get(id: EntityId): RemoteEntity | undefined {
    return this.store.get(id);
  }

  values(): IterableIterator<RemoteEntity> {
    return this.store.values();
  }

  [Symbol.iterator](): IterableIterator<RemoteEntity> {
    return this.store.values();
  }

  /** The entities that are attached to this one. */
  childrenOf(id: EntityId): Iterable<RemoteEntity> {
    return this.store.childrenOf(id);
  }

  /** Milliseconds since 1970-01-01 UTC by the server's clock. */
  serverNowMs(): number {
    return this.serverClock.nowMs();
  }

  /**
   * Where an entity is in world coordinates at a moment of the server's clock (default: now), through everything that it is
   * attached to; undefined when it is not known.
   */
  transformOf(id: EntityId, atMs: number = this.serverNowMs()): EntityTransform | undefined {
    return this.transforms.worldOf(id, atMs);
  }

  /** The same in the frame of what it is attached to. */
  localTransformOf(id: EntityId, atMs: number = this.serverNowMs()): EntityTransform | undefined {
    const entity = this.store.get(id);
    return entity && this.transforms.localOf(entity, atMs);
  }

  /**
   * Whether an entity's place changes without an event: by its velocity, by simulation, or because something that it is
   * attached to moves. Only those have to be asked for each frame.
   */
  isMoving(id: EntityId): boolean {
    return this.transforms.isMoving(id);
  }

  /** Who simulates a moving body; undefined when nobody does, 0 for the server. */
  ownerOf(id: EntityId): SessionId | undefined {
    return this.transforms.ownerOf(id);
  }

  // --- What is wanted ------------------------------------------------------------------------------------------------

  /** Changes what this client is told of; what is left out stays as it was. Fails with `request-invalid`. */
  setInterest(options: InterestOptions): void {
    const { scopeGeneration } = this.interest;
    this.interest.set(options);
    if (this.interest.scopeGeneration !== scopeGeneration) this.isComplete = false;
  }

  /** What is looked at comes first. Call it as often as the camera moves: little is sent. */
  setViews(views: readonly EntityViewCone[]): void {
    this.interest.set({ views });
  }

  // --- Edits ---------------------------------------------------------------------------------------------------------

  /**
   * Does several edits, all or none: at most 1,000 and 256 KiB. Settles with their place in the world's log. Fails with an
   * EntityError that says which edit and which property, or another VicinityError when the server could not be asked.
   */
  edit(edits: readonly EntityEdit[], options?: EditOptions): Promise<EditResult> {
    return this.edits.edit(edits, options);
  }

  /** Adds an entity; settles with its id. */
  async add(type: string, properties: EntityProperties = {}, options?: EditOptions): Promise<EntityId> {
    const { results } = await this.edit([{ kind: 'add', type, properties }], options);
    return results[0]?.id ?? '';
  }

  /** Changes properties of an entity. */
  change(
    id: EntityId,
    properties: EntityProperties,
    options?: EditOptions & Pick<ChangeEdit, 'removed' | 'expectedRevision'>,
  ): Promise<EditResult> {
    const { removed, expectedRevision } = options ?? {};
    return this.edit([{ kind: 'change', id, properties, removed, expectedRevision }], options);
  }

  /** Erases an entity with everything that is attached to it. */
  erase(id: EntityId, options?: EditOptions): Promise<EditResult> {
    return this.edit([{ kind: 'erase', id }], options);
  }

  /** Copies an entity; settles with the id of the copy. */
  async clone(
    id: EntityId,
    options?: EditOptions & Pick<CloneEdit, 'properties' | 'withChildren' | 'newId'>,
  ): Promise<EntityId> {
    const { properties, withChildren, newId } = options ?? {};
    const { results } = await this.edit([{ kind: 'clone', id, newId, properties, withChildren }], options);
    return results[0]?.id ?? '';
  }

  /** Edits that the server has not answered. */
  get unansweredCount(): number {
    return this.edits.unansweredCount;
  }

  /**
   * Shows an entity with other values, here and for nobody else, until it is called without any. For what is being dragged:
   * preview each frame, `change` now and then and at the end, and take the preview away when that has settled.
   */
  preview(id: EntityId, properties: EntityProperties | undefined): void {
    this.edits.preview(id, properties);
  }

  // --- Simulation ----------------------------------------------------------------------------------------------------

  /** Takes a body into the hand (255) or touches it (1): from now on `move` says where it is, if the server agrees. */
  claim(id: EntityId, priority: number = HELD_IN_HAND): void {
    this.simulation.claim(id, priority);
  }

  /** Whether this client holds a body. */
  isHeld(id: EntityId): boolean {
    return this.simulation.isHeld(id);
  }

  /** Where a held body is. As often as you like: 30 a second are sent. */
  move(id: EntityId, state: EntityMotionState): void {
    const motion = this.simulation.move(id, state);
    if (motion && this.transforms.put(id, motion)) this.emit('moved', new Set([id]));
  }

  /** Lets go of a body: the server goes on from where and how fast it was. */
  letGo(id: EntityId): void {
    this.simulation.letGo(id);
  }

  // --- For the client ------------------------------------------------------------------------------------------------

  /** For the client: messages go here from now on. */
  attach(link: EntityLink): void {
    const send = (bytes: Uint8Array): boolean => link.sendReliable(bytes);
    const isSameSession = link.isResumed || !link.isNewStay;
    this.edits.attach(send, isSameSession);
    this.interest.attach(send);
    this.simulation.attach(link);
  }

  /** For the client: there is no link at the moment. */
  detach(): void {
    this.edits.detach();
    this.interest.detach();
    this.simulation.detach();
  }

  /** For the client: we have left. Nothing is known any more. */
  close(): void {
    this.detach();
    this.edits.close();
    this.simulation.close();
    this.forgetWorld();
  }

  /** For the client: this is another world than before. */
  forgetWorld(): void {
    this.isComplete = false;
    this.edits.clearPreviews();
    this.news.forget();
    this.serverClock.reset();
    this.store.clear('forgotten');
    this.history.clear();
  }

  /** For the client: a message of the reliable channel. Returns whether it was for us. */
  handle(message: MessageOf<'ServerReliable'>): boolean {
    if (!message.entityNews) return this.edits.handle(message);
    this.handleNews(message.entityNews);
    return true;
  }

  /** For the client: motions of the realtime channel. */
  handleMotions(motions: vicinity.v1.EntityMotions.$Properties): void {
    this.motions.take(motions);
  }

  private handleNews(news: vicinity.v1.EntityNews.$Properties): void {
    this.serverClock.hear(news.serverTimeMs ?? 0);
    const outcome = this.news.take(news);
    if (outcome.isReset) {
      this.isComplete = false;
      this.emit('reset', this);
    }
    if (outcome.isLost) return this.askAnew();
    if (news.sequence) this.interest.refresh();
    if (!outcome.isEverything || (news.generation ?? 0) < this.interest.scopeGeneration) return;
    this.isComplete = true;
    this.emit('everything', this);
  }

  /** The server thinks that we know what we do not. A server that goes on thinking so is not asked for ever. */
  private askAnew(): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.askedAnewAtMs < ASK_ANEW_INTERVAL_MS) return;
    this.askedAnewAtMs = nowMs;
    this.interest.repeat();
  }

  private handleChanged(entity: RemoteEntity, names: ReadonlySet<string>): void {
    this.transforms.handleChanged(entity);
    this.emit('changed', { entity, names });
    this.edits.handleTold(entity);
  }

  private handleRemoved(entity: RemoteEntity, reason: RemovalReason): void {
    this.edits.forget(entity.id);
    this.transforms.forget(entity.id);
    this.simulation.forget(entity.id);
    this.emit('removed', { entity, reason });
  }
}
