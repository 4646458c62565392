import { floorHeight, WORLD_RADIUS_M, type Obstacle } from '../world/place.js';
import { BODY_RADIUS_M, highestFeet, slideAlong, solidCeiling, solidFloor, solidsAround, STEP_M } from './footing.js';
import type { Solid } from './solids.js';

/** What the person wants: -1 to 1 each; `forward` along the view, `right` to its right. */
export interface WalkIntent {
  forward: number;
  right: number;
  isRunning: boolean;
  wantsJump: boolean;
}

/** Where the body is and how it moves; metres, seconds, radians. */
export interface WalkState {
  x: number;
  y: number;
  z: number;
  velocityX: number;
  velocityY: number;
  velocityZ: number;
}

const WALK_MPS = 2.7;
const RUN_MPS = 5.6;
/** How fast speed follows the wish, per second. */
const AGILITY = 11;
const JUMP_MPS = 4.1;
const GRAVITY_MPS2 = 11;
/** Nobody goes further between two looks for what is in the way, in metres: half of a body. */
const STRIDE_M = 0.15;
const STRIDES_MAX = 8;

/**
 * One step of walking: speed follows the wish, the body slides along whatever it bumps into, feet stay on the ground, or
 * on what they step onto. Whoever is inside something solid goes through it. Pure; changes `state` and returns whether it
 * moved at all.
 */
export function walk(
  state: WalkState,
  intent: WalkIntent,
  yaw: number,
  deltaS: number,
  obstacles: readonly Obstacle[],
  solids: readonly Solid[] = [],
): boolean {
  const length = Math.max(1, Math.hypot(intent.forward, intent.right));
  const speed = (intent.isRunning ? RUN_MPS : WALK_MPS) / length;
  // At yaw 0 one looks along -z and right is +x; a positive yaw turns to the left.
  const wantedX = (-Math.sin(yaw) * intent.forward + Math.cos(yaw) * intent.right) * speed;
  const wantedZ = (-Math.cos(yaw) * intent.forward - Math.sin(yaw) * intent.right) * speed;
  const follow = Math.min(1, deltaS * AGILITY);
  state.velocityX += (wantedX - state.velocityX) * follow;
  state.velocityZ += (wantedZ - state.velocityZ) * follow;
  const isIdle = intent.forward === 0 && intent.right === 0;
  if (isIdle && Math.hypot(state.velocityX, state.velocityZ) < 0.02) state.velocityX = state.velocityZ = 0;
  const footing = solidFloor(state, solids);
  const isOnGround = state.y <= Math.max(footing, floorHeight(state.x, state.z)) + 0.02;
  if (intent.wantsJump && isOnGround && state.velocityY <= 0) state.velocityY = JUMP_MPS;
  const isLifted = state.y < footing - 0.02;
  if (!isLifted && isIdle && state.velocityX === 0 && state.velocityZ === 0 && isOnGround && state.velocityY <= 0) {
    state.velocityY = 0;
    return false;
  }
  const before = { x: state.x, y: state.y, z: state.z };
  const around = solidsAround(state, solids);
  const wayM = Math.hypot(state.velocityX, state.velocityZ) * deltaS;
  const strides = Math.min(STRIDES_MAX, Math.max(1, Math.ceil(wayM / STRIDE_M)));
  for (let stride = 0; stride < strides; stride++) {
    state.x += (state.velocityX * deltaS) / strides;
    state.z += (state.velocityZ * deltaS) / strides;
    for (const obstacle of obstacles) pushOut(state, obstacle);
    slideAlong(state, around);
  }
  stayInside(state, before);
  settleOnGround(state, deltaS, around);
  return state.x !== before.x || state.y !== before.y || state.z !== before.z;
}

function pushOut(state: WalkState, obstacle: Obstacle): void {
  const dx = state.x - obstacle.x;
  const dz = state.z - obstacle.z;
  const reach = obstacle.radius + BODY_RADIUS_M;
  const distance = Math.hypot(dx, dz);
  if (distance >= reach) return;
  // Exactly in the middle there is no way out that is better than another.
  const scale = distance > 1e-6 ? reach / distance : 0;
  state.x = obstacle.x + (scale === 0 ? reach : dx * scale);
  state.z = obstacle.z + (scale === 0 ? 0 : dz * scale);
}

function stayInside(state: WalkState, before: { x: number; z: number }): void {
  const distance = Math.hypot(state.x, state.z);
  // A link may have put somebody further out; they may come closer, but not go on.
  const limit = Math.max(WORLD_RADIUS_M, Math.hypot(before.x, before.z));
  if (distance <= limit) return;
  state.x *= limit / distance;
  state.z *= limit / distance;
}

function settleOnGround(state: WalkState, deltaS: number, solids: readonly Solid[]): void {
  const floor = Math.max(floorHeight(state.x, state.z), solidFloor(state, solids));
  state.velocityY -= GRAVITY_MPS2 * deltaS;
  if (state.velocityY > 0) bumpHead(state, deltaS, solids);
  state.y += state.velocityY * deltaS;
  const isStep = state.velocityY <= 0 && state.y - floor < STEP_M && state.y - floor > 0 && state.velocityY > -2;
  if (state.y <= floor || (isStep && state.velocityY > -1)) {
    // Small steps are taken smoothly, both ways.
    state.y = state.y < floor ? Math.min(floor, state.y + Math.max(0.02, deltaS * 4)) : floor;
    if (floor - state.y > STEP_M) state.y = floor;
    state.velocityY = 0;
  }
}

function bumpHead(state: WalkState, deltaS: number, solids: readonly Solid[]): void {
  const room = highestFeet(solidCeiling(state, solids)) - state.y;
  if (state.velocityY * deltaS > room) state.velocityY = 0;
}
