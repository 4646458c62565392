import type { EntityProperties, Vec3 } from '@app/world';
import { encodeMessage, packProperties, WireError } from '@app/wire';
import type { Clock, Timer } from '../clock.js';
import { clientFailure, type VicinityError } from '../errors.js';
import type { EntityViewCone, InterestOptions } from './entity-types.js';

/** Shortest time between two messages, in ms: a camera that turns sends no more. */
const SEND_INTERVAL_MS = 200;
/** An eye that moved less is where it was, in metres. */
const EYE_MOVE_M = 0.5;
/** A view that turned less looks where it looked: cosine of 6 degrees. */
const VIEW_TURN_COS = Math.cos((6 * Math.PI) / 180);
const RADIUS_M_MIN = 1;
const RADIUS_M_MAX = 16_000;
const VIEWS_MAX = 4;
const TYPES_MAX = 32;
const TYPE_CHARACTERS_MAX = 32;
const MATCHING_MAX = 8;

/** What this client wants to know of the world, and when the server is told so. */
export class OwnInterest {
  private radiusM = 0;
  private types: readonly string[] = [];
  private matching: EntityProperties = {};
  private views: EntityViewCone[] = [];
  private toldViews: readonly EntityViewCone[] = [];
  private currentGeneration = 1;
  private scope = 1;
  private send: ((bytes: Uint8Array) => boolean) | undefined;
  private sentAtMs = -Infinity;
  private timer: Timer | undefined;

  /** @param knownSequence  up to where this client knows the world already; 0 for nothing */
  constructor(
    private readonly clock: Clock,
    private readonly knownSequence: () => number,
  ) {}

  /** The generation with which radius, types or properties changed last; what follows an older one is not everything. */
  get scopeGeneration(): number {
    return this.scope;
  }

  /** Changes what is wanted. Fails with `request-invalid` and changes nothing when that is impossible. */
  set(options: InterestOptions): void {
    const { radiusM, types, matching, views } = options;
    if (radiusM !== undefined && !(radiusM >= RADIUS_M_MIN && radiusM <= RADIUS_M_MAX)) {
      throw invalid(`A radius is between ${RADIUS_M_MIN} and ${RADIUS_M_MAX} m.`);
    }
    if (types) checkTypes(types);
    if (matching) checkMatching(matching);
    if (views) checkViews(views);
    const isOtherScope = radiusM !== undefined || types !== undefined || matching !== undefined;
    this.radiusM = radiusM ?? this.radiusM;
    if (types) this.types = [...types];
    if (matching) this.matching = { ...matching };
    if (views) this.views = views.map(copyOf);
    if (isOtherScope) {
      this.scope = ++this.currentGeneration;
      this.schedule();
    } else if (areDifferent(this.views, this.toldViews)) {
      this.schedule();
    }
  }

  /** Tells a server that may know nothing of it. */
  attach(send: (bytes: Uint8Array) => boolean): void {
    this.send = send;
    this.transmit();
  }

  /** There is no link at the moment. */
  detach(): void {
    this.send = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** Tells it again at once. */
  repeat(): void {
    if (this.send) this.transmit();
  }

  private schedule(): void {
    if (!this.send || this.timer) return;
    const delayMs = Math.max(0, this.sentAtMs + SEND_INTERVAL_MS - this.clock.nowMs());
    if (delayMs === 0) return this.transmit();
    this.timer = this.clock.after(delayMs, () => this.transmit());
  }

  private transmit(): void {
    this.timer?.cancel();
    this.timer = undefined;
    if (areDifferent(this.views, this.toldViews)) this.currentGeneration++;
    const bytes = encodeMessage('ClientReliable', {
      setInterest: {
        generation: this.currentGeneration,
        radiusM: this.radiusM,
        views: this.views,
        types: [...this.types],
        matching: Object.keys(this.matching).length > 0 ? packProperties(this.matching) : null,
        knownSequence: this.knownSequence(),
      },
    });
    if (!this.send?.(bytes)) return;
    this.sentAtMs = this.clock.nowMs();
    this.toldViews = this.views;
  }
}

function areDifferent(views: readonly EntityViewCone[], told: readonly EntityViewCone[]): boolean {
  if (views === told) return false;
  return views.length !== told.length || views.some((view, index) => isDifferent(view, told[index]));
}

function isDifferent(view: EntityViewCone, told: EntityViewCone): boolean {
  const { position: a, direction: p } = view;
  const { position: b, direction: q } = told;
  if (Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z) > EYE_MOVE_M) return true;
  if (Math.abs(view.halfAngleRad - told.halfAngleRad) > 0.02) return true;
  return p.x * q.x + p.y * q.y + p.z * q.z < VIEW_TURN_COS;
}

/** With a direction of length 1. */
function copyOf({ position, direction, halfAngleRad }: EntityViewCone): EntityViewCone {
  const { x, y, z } = direction;
  const length = Math.hypot(x, y, z);
  return {
    position: { x: position.x, y: position.y, z: position.z },
    direction: { x: x / length, y: y / length, z: z / length },
    halfAngleRad,
  };
}

function checkViews(views: readonly EntityViewCone[]): void {
  const isFinite = ({ x, y, z }: Vec3): boolean => Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(z);
  if (views.length > VIEWS_MAX) throw invalid(`At most ${VIEWS_MAX} views are possible.`);
  for (const { position, direction, halfAngleRad } of views) {
    const isAngle = halfAngleRad >= 0 && halfAngleRad <= Math.PI;
    const hasDirection = isFinite(direction) && Math.hypot(direction.x, direction.y, direction.z) > 1e-6;
    if (!isFinite(position) || !hasDirection || !isAngle) throw invalid('That is no view.');
  }
}

function checkTypes(types: readonly string[]): void {
  const isType = (type: string): boolean => type.length >= 1 && type.length <= TYPE_CHARACTERS_MAX;
  if (types.length > TYPES_MAX || !types.every(isType)) {
    throw invalid(`At most ${TYPES_MAX} types of 1 to ${TYPE_CHARACTERS_MAX} characters are possible.`);
  }
}

function checkMatching(matching: EntityProperties): void {
  if (Object.keys(matching).length > MATCHING_MAX)
    throw invalid(`At most ${MATCHING_MAX} properties can be asked for.`);
  try {
    packProperties(matching);
  } catch (error) {
    if (error instanceof WireError) throw invalid(error.message);
    throw error;
  }
}

function invalid(detail: string): VicinityError {
  return clientFailure('request-invalid', { detail });
}
