export type { Clock, Random, Timer } from './clock.js';
export { pause } from './pause.js';
export { processCpuMs, SystemClock, SystemRandom } from './system-clock.js';
export { FAILED_TICKS_MAX, TickLoop, type Tick } from './tick-loop.js';
