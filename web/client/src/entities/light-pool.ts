import { Group, type Object3D, PointLight, SpotLight, Vector3 } from 'three';
import { DECISION_INTERVAL_MS, POINT_LAMPS_MAX, SPOT_LAMPS_MAX } from './visual-limits.js';

/** Whatever shines further is no more important for that, in metres. */
const REACH_COUNTED_M = 50;

/** A lamp that an entity wants to have. Positions are taken from `anchor` when lamps are given out. */
export interface LampWish {
  anchor: Object3D;
  isSpot: boolean;
  colour: number;
  /** Candela. */
  intensity: number;
  /** Metres; beyond it, it does not shine. */
  reachM: number;
  /** Half the opening angle of a spotlight, in radians. */
  angleRad: number;
  /** Softness of a spotlight's edge, 0 to 1. */
  softness: number;
  isShining: boolean;
}

/**
 * A few lamps for all Light entities, given to those that matter most to the viewer. A lamp more or less makes every
 * material be compiled anew, so lamps are made at the first wish and then only moved.
 */
export class LightPool {
  readonly group = new Group();
  private readonly wishes = new Set<LampWish>();
  private readonly points: PointLight[] = [];
  private readonly spots: SpotLight[] = [];
  private readonly place = new Vector3();
  private chosen: { points: LampWish[]; spots: LampWish[] } = { points: [], spots: [] };
  private chosenAtMs = -Infinity;

  /** Lamps that are wanted. */
  get wishCount(): number {
    return this.wishes.size;
  }

  add(wish: LampWish): void {
    this.wishes.add(wish);
    this.chosenAtMs = -Infinity;
    if (wish.isSpot && this.spots.length === 0) this.makeSpots();
    if (!wish.isSpot && this.points.length === 0) this.makePoints();
  }

  remove(wish: LampWish): void {
    this.wishes.delete(wish);
    this.chosenAtMs = -Infinity;
  }

  /** A wish became one for the other kind of lamp. */
  handleKind(wish: LampWish): void {
    if (this.wishes.has(wish)) this.add(wish);
  }

  /** Gives the lamps to the wishes that light most where the viewer is. @param nowMs  Infinity decides anew */
  update(viewer: Vector3, nowMs: number): void {
    if (this.points.length + this.spots.length === 0) return;
    if (nowMs - this.chosenAtMs >= DECISION_INTERVAL_MS) {
      this.chosenAtMs = Number.isFinite(nowMs) ? nowMs : -Infinity;
      this.chosen = {
        points: this.points.length > 0 ? this.choose(viewer, false, POINT_LAMPS_MAX) : [],
        spots: this.spots.length > 0 ? this.choose(viewer, true, SPOT_LAMPS_MAX) : [],
      };
    }
    this.points.forEach((light, index) => this.lend(light, this.chosen.points[index]));
    this.spots.forEach((light, index) => {
      const wish = this.chosen.spots[index];
      this.lend(light, wish);
      if (!wish) return;
      light.angle = wish.angleRad;
      light.penumbra = wish.softness;
      light.target.position.set(0, 0, -1).applyMatrix4(wish.anchor.matrixWorld);
    });
  }

  private choose(viewer: Vector3, isSpot: boolean, countMax: number): LampWish[] {
    return [...this.wishes]
      .filter((wish) => wish.isSpot === isSpot && wish.isShining && wish.intensity > 0)
      .map((wish) => ({ wish, score: viewer.distanceTo(this.placeOf(wish)) - Math.min(REACH_COUNTED_M, wish.reachM) }))
      .sort((a, b) => a.score - b.score)
      .slice(0, countMax)
      .map(({ wish }) => wish);
  }

  private placeOf({ anchor }: LampWish): Vector3 {
    return this.place.setFromMatrixPosition(anchor.matrixWorld);
  }

  private lend(light: PointLight | SpotLight, wish: LampWish | undefined): void {
    light.intensity = wish?.intensity ?? 0;
    if (!wish) return;
    light.color.setHex(wish.colour);
    light.distance = wish.reachM;
    light.position.copy(this.placeOf(wish));
  }

  private makePoints(): void {
    for (let index = 0; index < POINT_LAMPS_MAX; index++) this.points.push(new PointLight(0xffffff, 0, 1, 2));
    this.group.add(...this.points);
  }

  private makeSpots(): void {
    for (let index = 0; index < SPOT_LAMPS_MAX; index++) {
      const light = new SpotLight(0xffffff, 0, 1, 0.5, 0, 2);
      this.spots.push(light);
      this.group.add(light, light.target);
    }
  }
}
