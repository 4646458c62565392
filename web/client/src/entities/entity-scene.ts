import { Group, type PerspectiveCamera, Vector3 } from 'three';
import type { EntityId, RemoteEntity, WorldClient } from '@vicinity/sdk';
import { EntityAnchor } from './entity-anchor.js';
import { EntityDressing } from './entity-dressing.js';
import { EntityPlacing } from './entity-placing.js';
import { EntityResources } from './entity-resources.js';
import { chooseInSight } from './entity-sight.js';
import type { Frame, VisualSurroundings } from './entity-visual.js';
import { LightPool } from './light-pool.js';
import { StandIns } from './stand-ins.js';
import { shareOf } from './visual-cost.js';
import { makeVisual } from './visual-kinds.js';
import { MAKING_MS_MAX, VISUALS_MAX } from './visual-limits.js';
import { ZoneWatch } from './zone-watch.js';

/** What is near enough to be drawn is decided this often, in ms, and less often among very many things. */
const SIGHT_INTERVAL_MS = 200;
const SIGHT_MS_PER_THING = 0.01;
/** Properties that say where something is, or nothing about its looks: nothing has to be made anew for them. */
const PLACE_NAMES = new Set([
  ...['position', 'rotation', 'velocity', 'angularVelocity', 'parentID', 'parentJointIndex', 'acceleration'],
  ...['gravity', 'damping', 'angularDamping', 'userData', 'description', 'href', 'locked', 'lifetime', 'script'],
  ...['dynamic', 'collisionless', 'visible'],
]);

/** What the page decides for the scene of entities. */
export interface EntitySceneOptions {
  /** Things at most that are drawn, at the present quality. */
  countMax(): number;
  /** Share of VISUALS_MAX, likewise. */
  costShare(): number;
  /** Whether things may come from other websites. */
  allowsOthers(): boolean;
  isStill: boolean;
  /** Somebody has brought a model: its surfaces may be polished. */
  onModel(): void;
}

/** The world's things as they are seen: for each entity of the client what shows it, where it is. */
export class EntityScene {
  readonly group = new Group();
  readonly zones: ZoneWatch;
  private readonly resources: EntityResources;
  private readonly lights = new LightPool();
  private readonly anchors = new Map<EntityId, EntityAnchor>();
  private readonly troubleById = new Map<EntityId, string>();
  private readonly placing: EntityPlacing;
  private readonly dressing: EntityDressing;
  private readonly surroundings: VisualSurroundings;
  private readonly viewer = new Vector3();
  private chosenAtMs = -Infinity;
  private drawn: EntityAnchor[] = [];
  /** Chosen, but not made yet. */
  private waiting: EntityAnchor[] = [];
  /** Shown otherwise than they are by now. */
  private readonly changed = new Set<EntityAnchor>();
  private readonly standIns = new StandIns();

  constructor(
    private readonly client: WorldClient,
    private readonly options: EntitySceneOptions,
  ) {
    const { entities } = client;
    this.resources = new EntityResources(() => ({
      pageUrl: window.location.href,
      assetBaseUrl: client.assets.baseUrl,
      allowsOthers: options.allowsOthers(),
    }));
    this.surroundings = {
      lights: this.lights,
      isStill: options.isStill,
      resolve: (address) => this.resources.resolve(address),
      borrowTexture: (url) => this.resources.borrowTexture(url),
      borrowModel: (url) => {
        options.onModel();
        return this.resources.borrowModel(url);
      },
      reportTrouble: (id, sentence) => {
        if (sentence === undefined) this.troubleById.delete(id);
        else this.troubleById.set(id, sentence);
      },
    };
    const anchorOf = (id: EntityId): EntityAnchor | undefined => this.anchors.get(id);
    const onPlaced = (anchor: EntityAnchor): void => this.attach(anchor);
    this.placing = new EntityPlacing(entities, anchorOf, () => client.nowMs(), onPlaced);
    this.dressing = new EntityDressing(anchorOf, this.surroundings);
    this.zones = new ZoneWatch(this.surroundings);
    this.group.name = 'entities';
    this.group.add(this.lights.group, this.standIns.object);
    entities.on('added', (entity) => this.add(entity));
    entities.on('changed', ({ entity, names }) => this.change(entity, names));
    entities.on('removed', ({ entity }) => this.remove(entity.id));
    entities.on('moved', (ids) => this.placing.handleMoved(ids));
  }

  /** Entities that are kept, drawn or not. */
  get size(): number {
    return this.anchors.size;
  }

  /** Entities that are drawn. */
  get drawnCount(): number {
    return this.drawn.length;
  }

  /** Entities that are only hinted at, because there is too much. */
  get standInCount(): number {
    return this.standIns.count;
  }

  /** Files that are on their way, and things that are still to be made. */
  get pendingCount(): number {
    return this.resources.pendingCount + this.waiting.length + this.changed.size;
  }

  /** Entities that are not shown as they should be, each with a sentence that says why. */
  troubles(): Record<EntityId, string> {
    return Object.fromEntries(this.troubleById);
  }

  /** Everything that is kept, drawn or not. */
  all(): IterableIterator<EntityAnchor> {
    return this.anchors.values();
  }

  anchorOf(id: EntityId): EntityAnchor | undefined {
    return this.anchors.get(id);
  }

  /** Why an entity is not shown as it should be; undefined when it is. */
  troubleOf(id: EntityId): string | undefined {
    return this.troubleById.get(id);
  }

  /** What is drawn now, as of the last time that was decided. */
  drawnAnchors(): readonly EntityAnchor[] {
    return this.drawn;
  }

  /** Makes everything anew: the rules of loading have changed. */
  reload(): void {
    const all = [...this.anchors.values()].map(({ entity }) => entity);
    for (const { id } of all) this.remove(id);
    for (const entity of all) this.add(entity);
  }

  /** One frame. @param deltaS  0 when pictures stand still */
  update(deltaS: number, camera: PerspectiveCamera): void {
    const { isStill } = this.options;
    const { entities } = this.client;
    const nowMs = this.client.nowMs();
    // Before all time, everything is where the log says, and stays there.
    this.placing.update(isStill ? 0 : entities.serverNowMs());
    this.viewer.setFromMatrixPosition(camera.matrixWorld);
    if (isStill || nowMs - this.chosenAtMs > SIGHT_INTERVAL_MS + this.size * SIGHT_MS_PER_THING) {
      this.chosenAtMs = nowMs;
      this.choose();
    }
    this.spend(() => this.makeNext());
    this.spend(() => this.showNext());
    const frame: Frame = { deltaS, serverS: isStill ? 1.5 : entities.serverNowMs() / 1_000, viewer: this.viewer };
    for (const anchor of this.drawn) {
      anchor.visual?.handleFrame?.(frame);
      turnToViewer(anchor, this.viewer);
    }
    this.lights.update(this.viewer, isStill ? Infinity : nowMs);
    this.zones.update(this.viewer, isStill ? Infinity : nowMs);
  }

  private add(entity: RemoteEntity): void {
    const anchor = new EntityAnchor(entity);
    this.anchors.set(entity.id, anchor);
    anchor.know();
    this.placing.handleChange(anchor);
    this.handleLooks(anchor);
    this.chosenAtMs = -Infinity;
  }

  private change(entity: RemoteEntity, names: ReadonlySet<string>): void {
    const anchor = this.anchors.get(entity.id);
    if (!anchor) return;
    if (anchor.values.type !== entity.type) {
      this.remove(entity.id);
      return this.add(entity);
    }
    const hasOtherLooks = [...names].some((name) => !PLACE_NAMES.has(name));
    if (hasOtherLooks) anchor.know();
    else anchor.knowPlace();
    if (hasOtherLooks && anchor.visual) this.changed.add(anchor);
    this.placing.handleChange(anchor);
    if (hasOtherLooks || names.has('parentID')) this.handleLooks(anchor);
    if (names.has('visible')) this.chosenAtMs = -Infinity;
  }

  private handleLooks(anchor: EntityAnchor): void {
    const { type } = anchor.entity;
    if (type === 'Material') this.dressing.handleMaterial(anchor);
    if (type === 'Zone') this.zones.handleZone(anchor);
  }

  private remove(id: EntityId): void {
    const anchor = this.anchors.get(id);
    if (!anchor) return;
    this.anchors.delete(id);
    this.placing.forget(id);
    this.dressing.forget(id);
    this.zones.forget(id);
    anchor.frame.removeFromParent();
    anchor.vanish();
    this.dressing.handleGone(anchor);
    this.troubleById.delete(id);
    this.drawn = this.drawn.filter((drawn) => drawn !== anchor);
    this.changed.delete(anchor);
    this.waiting = this.waiting.filter((waiting) => waiting !== anchor);
  }

  private attach(anchor: EntityAnchor): void {
    if (anchor.isInSight && anchor.isVisible) this.group.add(anchor.frame);
    else anchor.frame.removeFromParent();
  }

  private choose(): void {
    const candidates = [...this.anchors.values()].filter((anchor) => anchor.isVisible && this.zones.lets(anchor));
    const { shown, standIns } = chooseInSight(
      candidates.map(({ middle, radiusM, cost, isInSight }) => ({
        distanceM: middle.distanceTo(this.viewer),
        radiusM,
        cost,
        isShown: isInSight,
      })),
      this.options.countMax(),
      shareOf(VISUALS_MAX, this.options.costShare()),
    );
    const chosen = new Set(shown.map((index) => candidates[index]));
    for (const anchor of this.drawn) if (!chosen.has(anchor)) this.setInSight(anchor, false);
    for (const anchor of chosen) if (!anchor.isInSight || !anchor.frame.parent) this.setInSight(anchor, true);
    this.drawn = [...chosen];
    this.waiting = this.drawn
      .filter((anchor) => !anchor.visual)
      .sort((a, b) => b.middle.distanceTo(this.viewer) - a.middle.distanceTo(this.viewer));
    this.standIns.show(standIns.map((index) => candidates[index]));
  }

  private setInSight(anchor: EntityAnchor, isInSight: boolean): void {
    anchor.isInSight = isInSight;
    if (!isInSight) {
      anchor.vanish();
      this.dressing.handleGone(anchor);
    }
    this.attach(anchor);
  }

  /** Does one thing after the other, while there is time for it in this frame. @param doNext  false when all is done */
  private spend(doNext: () => boolean): void {
    const beganMs = this.client.nowMs();
    while (doNext() && this.client.nowMs() - beganMs <= MAKING_MS_MAX);
  }

  private makeNext(): boolean {
    const anchor = this.waiting.pop();
    if (!anchor) return false;
    anchor.appear(makeVisual(anchor.entity.type, anchor.entity.id, this.surroundings));
    this.dressing.handleNew(anchor);
    return true;
  }

  private showNext(): boolean {
    const [anchor] = this.changed;
    if (!anchor) return false;
    this.changed.delete(anchor);
    anchor.show();
    return true;
  }
}

/** Boards that turn to each viewer, upright or wholly. */
function turnToViewer({ frame, values }: EntityAnchor, viewer: Vector3): void {
  const mode = values.text('billboardMode');
  if (mode !== 'yaw' && mode !== 'full') return;
  const height = mode === 'yaw' ? frame.position.y : viewer.y;
  frame.lookAt(viewer.x, height, viewer.z);
  frame.updateMatrix();
  frame.matrixWorldNeedsUpdate = true;
}
