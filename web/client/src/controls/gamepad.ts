import type { PointerLook } from './pointer-look.js';
import type { WalkIntent } from './walker.js';

const DEAD_ZONE = 0.16;
const TURN_RAD_PER_S = 2.3;

/** A controller: left stick walks, right stick looks, A jumps, a trigger or a pressed stick runs. */
export function readGamepad(intent: WalkIntent, look: PointerLook, deltaS: number): void {
  const pad = navigator.getGamepads?.().find((candidate) => candidate?.mapping === 'standard');
  if (!pad) return;
  intent.right += beyondDeadZone(pad.axes[0]);
  intent.forward -= beyondDeadZone(pad.axes[1]);
  look.turn(
    -beyondDeadZone(pad.axes[2]) * TURN_RAD_PER_S * deltaS,
    -beyondDeadZone(pad.axes[3]) * TURN_RAD_PER_S * deltaS,
  );
  intent.wantsJump ||= pad.buttons[0]?.pressed === true;
  intent.isRunning ||= pad.buttons[7]?.pressed === true || pad.buttons[10]?.pressed === true;
}

function beyondDeadZone(value: number | undefined): number {
  if (value === undefined || Math.abs(value) < DEAD_ZONE) return 0;
  return (value - Math.sign(value) * DEAD_ZONE) / (1 - DEAD_ZONE);
}
