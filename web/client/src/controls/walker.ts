import { floorHeight, WORLD_RADIUS_M, type Obstacle } from '../world/place.js';

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
const BODY_RADIUS_M = 0.3;
/** A step up to this height is climbed, in metres. */
const STEP_M = 0.5;

/**
 * One step of walking: speed follows the wish, the body slides along whatever it bumps into, feet stay on the ground.
 * Pure; changes `state` and returns whether it moved at all.
 */
export function walk(
  state: WalkState,
  intent: WalkIntent,
  yaw: number,
  deltaS: number,
  obstacles: readonly Obstacle[],
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
  const isOnGround = state.y <= floorHeight(state.x, state.z) + 0.02;
  if (intent.wantsJump && isOnGround && state.velocityY <= 0) state.velocityY = JUMP_MPS;
  if (isIdle && state.velocityX === 0 && state.velocityZ === 0 && isOnGround && state.velocityY <= 0) {
    state.velocityY = 0;
    return false;
  }
  const before = { x: state.x, y: state.y, z: state.z };
  state.x += state.velocityX * deltaS;
  state.z += state.velocityZ * deltaS;
  for (const obstacle of obstacles) pushOut(state, obstacle);
  stayInside(state, before);
  settleOnGround(state, deltaS);
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

function settleOnGround(state: WalkState, deltaS: number): void {
  const floor = floorHeight(state.x, state.z);
  state.velocityY -= GRAVITY_MPS2 * deltaS;
  state.y += state.velocityY * deltaS;
  const isStep = state.velocityY <= 0 && state.y - floor < STEP_M && state.y - floor > 0 && state.velocityY > -2;
  if (state.y <= floor || (isStep && state.velocityY > -1)) {
    // Small steps are taken smoothly, both ways.
    state.y = state.y < floor ? Math.min(floor, state.y + Math.max(0.02, deltaS * 4)) : floor;
    if (floor - state.y > STEP_M) state.y = floor;
    state.velocityY = 0;
  }
}
