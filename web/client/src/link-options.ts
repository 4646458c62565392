import { POSITION_M_MAX } from '@app/world';
import type { Pose } from '@vicinity/sdk';
import type { QualityChoice } from './world/quality.js';

/** What a link says about how to enter. */
export interface LinkOptions {
  name: string | undefined;
  /** Set by `at=X,Y,Z` and `yaw=DEGREES`. */
  pose: Pose | undefined;
  world: string | undefined;
  microphone: 'on' | 'off' | undefined;
  /** `voice=raw`: the browser leaves the microphone's sound as it is. */
  isVoiceRaw: boolean;
  hasHud: boolean;
  quality: QualityChoice | undefined;
  /** `render=off`: heard and seen, but draws nothing. */
  isDrawing: boolean;
  /** `render=still`: nothing moves by itself and people are not shown, so that two pictures can be compared. */
  isStill: boolean;
  /** Whether the link says enough to go straight in. */
  joinsAtOnce: boolean;
}

/** Reads a link's query. Whatever makes no sense is as if it were not there. */
export function readLink(search: string): LinkOptions {
  const query = new URLSearchParams(search);
  const choice = <T extends string>(name: string, values: readonly T[]): T | undefined =>
    values.find((value) => value === query.get(name));
  const name = query.get('name')?.trim() || undefined;
  return {
    name,
    pose: readPose(query.get('at'), query.get('yaw')),
    world: query.get('world') || undefined,
    microphone: choice('mic', ['on', 'off']),
    isVoiceRaw: query.get('voice') === 'raw',
    hasHud: query.get('hud') !== 'off',
    quality: choice('quality', ['auto', 'low', 'high']),
    isDrawing: query.get('render') !== 'off',
    isStill: query.get('render') === 'still',
    joinsAtOnce: name !== undefined,
  };
}

function readPose(at: string | null, yaw: string | null): Pose | undefined {
  const numbers = (at ?? '').split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (numbers.length !== 3 || !numbers.every((value) => Math.abs(value) <= POSITION_M_MAX)) return undefined;
  const degrees = Number(yaw ?? 0);
  const half = ((Number.isFinite(degrees) ? degrees : 0) * Math.PI) / 360;
  const [x, y, z] = numbers;
  return { position: { x, y, z }, orientation: { x: 0, y: Math.sin(half), z: 0, w: Math.cos(half) } };
}
