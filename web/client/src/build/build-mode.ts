import { yawOf } from '@app/spatial';
import type { EntityId, Vec3, WorldClient } from '@vicinity/sdk';
import { ClickWatch } from '../controls/click-watch.js';
import type { EntityAnchor } from '../entities/entity-anchor.js';
import type { EntityScene } from '../entities/entity-scene.js';
import { Picking } from '../entities/picking.js';
import { el } from '../ui/element.js';
import type { Notices } from '../ui/notices.js';
import { floorHeight } from '../world/place.js';
import type { WorldScene } from '../world/scene.js';
import { besideIt } from './beside.js';
import { listenToBuildKeys } from './build-keys.js';
import { Dragging } from './dragging.js';
import { DropZone } from './drop-zone.js';
import { uploadAndPlace } from './drop-upload.js';
import { sentenceFor } from './edit-failure.js';
import { EntityList } from './entity-list.js';
import { groundPoint, inFrameOf } from './handle-math.js';
import { type HandleMode, Handles } from './handles.js';
import { Markers } from './markers.js';
import { type NewEntity, placedEntity, spotInFront } from './new-entity.js';
import { Outline } from './outline.js';
import { PropertySheet } from './property-sheet.js';
import { Selection } from './selection.js';
import { type PageRect, rectOnPage } from './sheet-cover.js';
import { snap, type SnapSteps, tidyVector } from './snapping.js';
import { Toolbar } from './toolbar.js';

/** New things appear so far in front of the person, beside their own back, in metres. */
const REACH = { distanceM: 3.5, rightM: 1 };
/** Things that are dropped on the sky land so far away, in metres. */
const DROP_M_MAX = 40;

/** Building: make things, choose them, move, turn and stretch them, change everything about them. */
export class BuildMode {
  readonly element: HTMLElement;
  readonly selection: Selection;
  private readonly handles: Handles;
  private readonly outline = new Outline();
  private readonly markers: Markers;
  private readonly picking: Picking;
  private readonly dragging: Dragging;
  private readonly toolbar: Toolbar;
  private readonly list: EntityList;
  private readonly sheet: PropertySheet;
  private readonly drops: DropZone;
  private steps: SnapSteps = { lengthM: 0, angleRad: 0 };
  private isBuilding = false;

  constructor(
    private readonly client: WorldClient,
    private readonly scene: WorldScene,
    private readonly things: EntityScene,
    private readonly notices: Notices,
    parent: HTMLElement,
  ) {
    const { view } = scene;
    this.selection = new Selection(client.entities);
    this.picking = new Picking(view.canvas, view.camera);
    this.markers = new Markers(things);
    this.dragging = new Dragging(client, things, notices);
    this.handles = new Handles(view.scene, view.camera, view.canvas, {
      onBegin: () => this.selection.id !== undefined && this.dragging.begin(this.selection.id),
      onMove: (change) => this.dragging.move(change, this.handles.mode),
      onEnd: () => void this.dragging.end(),
    });
    scene.add(this.outline.object);
    scene.add(this.markers.group);
    this.toolbar = new Toolbar(client.entities.history, {
      create: (wanted) => void this.create(wanted),
      chooseFiles: (files) => this.drops.take(files),
      setMode: (mode) => this.setMode(mode),
      setSteps: (steps) => this.setSteps(steps),
      undo: () => void this.undo(),
      redo: () => void this.redo(),
    });
    const placeOf = (id: EntityId): Vec3 | undefined => {
      const anchor = things.anchorOf(id);
      return anchor?.isPlaced ? anchor.frame.position : undefined;
    };
    this.list = new EntityList(client, placeOf, (id) => this.selection.choose(id));
    this.sheet = new PropertySheet(client, {
      duplicate: () => void this.duplicate(),
      erase: () => void this.erase(),
      close: () => this.selection.choose(undefined),
      troubleOf: (id) => things.troubleOf(id),
    });
    this.drops = new DropZone(
      parent,
      () => this.isBuilding,
      (file, at, onProgress) => this.bring(file, at, onProgress),
    );
    this.element = el('div', { class: 'build', hidden: true }, [
      this.toolbar.element,
      this.list.element,
      this.sheet.element,
      this.drops.element,
    ]);
    this.listen(view.canvas);
  }

  get isOn(): boolean {
    return this.isBuilding;
  }

  /** Begins or ends building. */
  setOn(isOn: boolean): void {
    this.isBuilding = isOn;
    this.element.hidden = !isOn;
    this.markers.group.visible = isOn;
    if (!isOn) this.selection.choose(undefined);
  }

  /** Whether a pointer that goes down here takes a handle. */
  claims(event: PointerEvent): boolean {
    return this.isBuilding && this.handles.claims(event);
  }

  /** For each frame. */
  update(nowMs: number): void {
    this.dragging.handleFrame();
    const { id } = this.selection;
    const anchor = id === undefined ? undefined : this.things.anchorOf(id);
    this.outline.update(anchor);
    if (!this.isBuilding) return;
    const isFree = anchor?.isPlaced === true && !anchor.values.truth('locked');
    this.handles.hold(isFree ? anchor : undefined);
    this.handles.follow();
    if (anchor?.isPlaced) this.sheet.makeRoom(() => this.rectOf(anchor));
    this.markers.update(this.scene.camera.position, nowMs);
    this.list.update(nowMs);
  }

  private listen(canvas: HTMLElement): void {
    const { entities } = this.client;
    this.selection.on('changed', (id) => {
      if (id === undefined) this.handles.hold(undefined);
      this.sheet.choose(id);
      this.toolbar.showChosen(id !== undefined);
      this.list.choose(id);
    });
    entities.on('changed', ({ entity }) => entity.id === this.selection.id && this.sheet.update());
    new ClickWatch(canvas, (event) => this.handleClick(event));
    listenToBuildKeys(() => this.isBuilding && !this.element.closest('[hidden]'), {
      undo: () => void this.undo(),
      redo: () => void this.redo(),
      duplicate: () => void this.duplicate(),
      erase: () => void this.erase(),
      escape: () => this.escape(),
      setMode: (mode) => this.setMode(mode),
      toggleSnap: () => this.toolbar.toggleSnap(),
    });
  }

  private rectOf({ middle, radiusM }: EntityAnchor): PageRect | undefined {
    const { canvas, camera } = this.scene.view;
    return rectOnPage(camera, canvas.getBoundingClientRect(), middle, radiusM);
  }

  private handleClick(event: PointerEvent): void {
    if (!this.isBuilding || this.handles.isDragging || this.handles.claims(event)) return;
    const { clientX, clientY } = event;
    const everything = (): boolean => true;
    // Signs are drawn over everything, so they are met before it.
    const sign = this.picking.pick(clientX, clientY, [this.markers.group], everything);
    const found = sign ?? this.picking.pick(clientX, clientY, [this.things.group], everything);
    this.selection.choose(found?.id);
  }

  private setMode(mode: HandleMode): void {
    this.handles.setMode(mode);
    this.toolbar.showMode(mode);
  }

  private setSteps(steps: SnapSteps): void {
    this.steps = steps;
    this.handles.setSteps(steps);
  }

  private escape(): boolean {
    if (this.toolbar.closeMenu()) return true;
    if (this.selection.id === undefined) return false;
    this.selection.choose(undefined);
    return true;
  }

  private async create(wanted: NewEntity): Promise<void> {
    const { position, orientation } = this.client.localAvatar.pose;
    const yaw = yawOf(orientation);
    const spot = spotInFront(position, yaw, REACH, floorHeight);
    const parentID = wanted.isForChosen ? this.selection.id : undefined;
    if (wanted.isForChosen && parentID === undefined) {
      return this.notices.show('Choose something first: this becomes part of it.');
    }
    const properties = parentID
      ? { ...wanted.properties, parentID }
      : placedEntity(wanted, spot, yaw, this.steps.lengthM);
    await this.attempt(async () => this.chooseWhenKnown(await this.client.entities.add(wanted.type, properties)));
  }

  private async duplicate(): Promise<void> {
    const entity = this.selection.id === undefined ? undefined : this.client.entities.get(this.selection.id);
    const anchor = entity && this.things.anchorOf(entity.id);
    const place = entity && this.client.entities.transformOf(entity.id);
    if (!anchor || !place) return;
    const yaw = yawOf(this.scene.camera.quaternion);
    const beside = besideIt(place, anchor.values.vector('dimensions'), yaw, this.steps.lengthM);
    const parent = entity.parentId === undefined ? undefined : this.client.entities.transformOf(entity.parentId);
    const { position } = inFrameOf(parent, { ...place, position: beside });
    const properties = { position: { ...tidyVector(position) }, locked: false };
    await this.attempt(async () =>
      this.chooseWhenKnown(await this.client.entities.clone(entity.id, { properties, withChildren: true })),
    );
  }

  private async erase(): Promise<void> {
    const entity = this.selection.id === undefined ? undefined : this.client.entities.get(this.selection.id);
    if (!entity) return;
    if (entity.shown.locked === true) return this.notices.show('It is locked. Unlock it first.');
    await this.attempt(() => this.client.entities.erase(entity.id));
  }

  private undo(): Promise<void> {
    return this.attempt(() => this.client.entities.history.undo());
  }

  private redo(): Promise<void> {
    return this.attempt(() => this.client.entities.history.redo());
  }

  private async bring(
    file: File,
    at: { clientX: number; clientY: number } | undefined,
    onProgress: (share: number) => void,
  ): Promise<void> {
    const { position, orientation } = this.client.localAvatar.pose;
    const yaw = yawOf(orientation);
    const found = at ? this.spotUnder(at.clientX, at.clientY) : spotInFront(position, yaw, REACH, floorHeight);
    const { lengthM } = this.steps;
    const spot = tidyVector({ x: snap(found.x, lengthM), y: found.y, z: snap(found.z, lengthM) }, 3);
    this.chooseWhenKnown(await uploadAndPlace(this.client, file, spot, yaw, onProgress));
  }

  private spotUnder(clientX: number, clientY: number): { x: number; y: number; z: number } {
    const { origin, direction } = this.picking.rayAt(clientX, clientY).ray;
    const ground = groundPoint({ origin, direction }, floorHeight, DROP_M_MAX);
    const thing = this.picking.pick(clientX, clientY, [this.things.group], () => true);
    const groundM = Math.hypot(ground.x - origin.x, ground.y - origin.y, ground.z - origin.z);
    if (!thing || thing.distanceM > groundM) return ground;
    return { x: thing.point.x, y: thing.point.y, z: thing.point.z };
  }

  /** The answer to an edit and the news of it come on different ways. */
  private chooseWhenKnown(id: EntityId): void {
    const { entities } = this.client;
    if (entities.get(id)) return this.selection.choose(id);
    const off = entities.on('added', (entity) => {
      if (entity.id !== id) return;
      off();
      this.selection.choose(id);
    });
    setTimeout(off, 5_000);
  }

  private async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.notices.show(sentenceFor(error));
    }
  }
}
