import { mixesArea, pcmArea, planArea, statusArea } from './areas';
import { mixBins } from './bins';
import { clearListener, closeBuses, LIMITER_GAIN, listenerState, openBuses } from './ears';
import {
  BLOCK_BYTES,
  LISTENER_BIN_COUNT,
  LISTENER_BYTES,
  LISTENER_IS_FRESH,
  LISTENER_NEAR_COUNT,
  LISTENER_SLOT,
  NEAR_BYTES,
  STATUS_BYTES,
  STATUS_LIMITER_GAIN,
  STATUS_TAIL_PEAK,
} from './layout';
import { limit } from './limiter';
import { mixNear } from './near';
import { writePcm } from './pcm';
import { clearPadding } from './scratch';

/** Carries out `count` listener orders. */
export function mixListeners(count: i32): void {
  let order = planArea;
  clearPadding();
  for (let index = 0; index < count; index++) {
    const state = listenerState(load<u32>(order, LISTENER_SLOT));
    if (load<i32>(order, LISTENER_IS_FRESH)) clearListener(state);
    openBuses(state);
    const near = mixBins(order + LISTENER_BYTES, load<i32>(order, LISTENER_BIN_COUNT));
    const nearCount = load<i32>(order, LISTENER_NEAR_COUNT);
    mixNear(near, nearCount);
    finish(order, state);
    order = near + nearCount * NEAR_BYTES;
  }
}

/** From buses to samples. */
function finish(order: usize, state: usize): void {
  const slot = load<u32>(order, LISTENER_SLOT);
  const status = statusArea + slot * STATUS_BYTES;
  const mix = mixesArea + slot * (2 * BLOCK_BYTES);
  const tailPeak = closeBuses(state, mix);
  const gain = limit(mix, load<f32>(state, LIMITER_GAIN));
  store<f32>(state, gain, LIMITER_GAIN);
  store<f32>(status, tailPeak, STATUS_TAIL_PEAK);
  store<f32>(status, gain, STATUS_LIMITER_GAIN);
  writePcm(mix, pcmArea + slot * BLOCK_BYTES, status);
}
