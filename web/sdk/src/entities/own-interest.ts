import {
  ENTITY_INTEREST_BYTES_MAX,
  ENTITY_INTEREST_MATCHING_MAX,
  ENTITY_INTEREST_TYPES_MAX,
  ENTITY_RADIUS_M_MAX,
  ENTITY_RADIUS_M_MIN,
  ENTITY_TYPE_CHARACTERS_MAX,
  ENTITY_VIEWS_MAX,
  type EntityProperties,
  type Vec3,
} from '@app/world';
import { encodeMessage, packProperties, type vicinity, WireError } from '@app/wire';
import type { Clock, Timer } from '../clock.js';
import { clientFailure, type VicinityError } from '../errors.js';
import type { EntityViewCone, InterestOptions } from './entity-types.js';

/** Shortest time between two messages, in ms: a camera that turns sends no more. */
const SEND_INTERVAL_MS = 200;
/** Up to where the world is known is told this often, in ms: less comes again when another server takes over. */
const REFRESH_INTERVAL_MS = 15_000;
const UINT32_MAX = 0xffff_ffff;
/** An eye that moved less is where it was, in metres. */
const EYE_MOVE_M = 0.5;
/** A view that turned less looks where it looked: cosine of 6 degrees. */
const VIEW_TURN_COS = Math.cos((6 * Math.PI) / 180);

interface Wanted {
  /** 0 leaves it to the server. */
  readonly radiusM: number;
  readonly types: readonly string[];
  readonly matching: EntityProperties;
  readonly views: readonly EntityViewCone[];
}

/** What this client wants to know of the world, and when the server is told so. */
export class OwnInterest {
  private wanted: Wanted = { radiusM: 0, types: [], matching: {}, views: [] };
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
    if (radiusM !== undefined && !(radiusM >= ENTITY_RADIUS_M_MIN && radiusM <= ENTITY_RADIUS_M_MAX)) {
      throw invalid(`A radius is between ${ENTITY_RADIUS_M_MIN} and ${ENTITY_RADIUS_M_MAX} m.`);
    }
    if (types) checkTypes(types);
    if (matching) checkMatching(matching);
    if (views) checkViews(views);
    const isOtherScope = radiusM !== undefined || types !== undefined || matching !== undefined;
    const wanted = {
      radiusM: radiusM ?? this.wanted.radiusM,
      types: types ? [...types] : this.wanted.types,
      matching: matching ? { ...matching } : this.wanted.matching,
      views: views ? views.map(copyOf) : this.wanted.views,
    };
    // A camera that turns makes nothing larger.
    if (isOtherScope || wanted.views.length > this.wanted.views.length) checkSize(wanted);
    this.wanted = wanted;
    if (isOtherScope) {
      this.scope = ++this.currentGeneration;
      this.schedule();
    } else if (areDifferent(wanted.views, this.toldViews)) this.schedule();
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

  /** What this client knows has changed: tells it again if it has not been told for a while. */
  refresh(): void {
    if (this.send && this.clock.nowMs() - this.sentAtMs >= REFRESH_INTERVAL_MS) this.transmit();
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
    if (areDifferent(this.wanted.views, this.toldViews)) this.currentGeneration++;
    const setInterest = fieldsOf(this.wanted, this.currentGeneration, this.knownSequence());
    const bytes = encodeMessage('ClientReliable', { setInterest });
    if (!this.send?.(bytes)) {
      // There is no room at the moment.
      this.timer = this.clock.after(SEND_INTERVAL_MS, () => this.transmit());
      return;
    }
    this.sentAtMs = this.clock.nowMs();
    this.toldViews = this.wanted.views;
  }
}

function fieldsOf(
  { radiusM, types, matching, views }: Wanted,
  generation: number,
  knownSequence: number,
): vicinity.v1.EntityInterest.$Properties {
  const isMatching = Object.keys(matching).length > 0;
  return {
    generation,
    radiusM,
    views: [...views],
    types: [...types],
    matching: isMatching ? packProperties(matching) : null,
    knownSequence,
  };
}

function checkSize(wanted: Wanted): void {
  const bytes = encodeMessage('EntityInterest', fieldsOf(wanted, UINT32_MAX, Number.MAX_SAFE_INTEGER));
  if (bytes.length > ENTITY_INTEREST_BYTES_MAX) throw invalid('That is too much to ask for at once.');
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
  if (views.length > ENTITY_VIEWS_MAX) throw invalid(`At most ${ENTITY_VIEWS_MAX} views are possible.`);
  for (const { position, direction, halfAngleRad } of views) {
    const isAngle = halfAngleRad >= 0 && halfAngleRad <= Math.PI;
    const hasDirection = isFinite(direction) && Math.hypot(direction.x, direction.y, direction.z) > 1e-6;
    if (!isFinite(position) || !hasDirection || !isAngle) throw invalid('That is no view.');
  }
}

function checkTypes(types: readonly string[]): void {
  const isType = (type: string): boolean => type.length >= 1 && type.length <= ENTITY_TYPE_CHARACTERS_MAX;
  if (types.length > ENTITY_INTEREST_TYPES_MAX || !types.every(isType)) {
    throw invalid(
      `At most ${ENTITY_INTEREST_TYPES_MAX} types of 1 to ${ENTITY_TYPE_CHARACTERS_MAX} characters are possible.`,
    );
  }
}

function checkMatching(matching: EntityProperties): void {
  if (Object.keys(matching).length > ENTITY_INTEREST_MATCHING_MAX)
    throw invalid(`At most ${ENTITY_INTEREST_MATCHING_MAX} properties can be asked for.`);
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
