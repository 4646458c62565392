import { mixesArea, pcmArea, planArea, statusArea } from './areas';
import { mixBins } from './bins';
import { clearListener, closeBuses, LAST_REVERB, LIMITED, listenerState, openBuses } from './ears';
import {
  BLOCK_BYTES,
  LISTENER_BIN_COUNT,
  LISTENER_BYTES,
  LISTENER_IS_FRESH,
  LISTENER_NEAR_COUNT,
  LISTENER_REVERB,
  LISTENER_SLOT,
  LISTENER_WET_FROM,
  LISTENER_WET_TO,
  NEAR_BYTES,
  STATUS_BYTES,
  STATUS_LIMITER_GAIN,
  STATUS_TAIL_PEAK,
} from './layout';
import { limit } from './limiter';
import { mixNear } from './near';
import { writePcm } from './pcm';
import { addReverb } from './reverb';
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
  const earPeak = closeBuses(state, mix);
  const reverbPeak = reverberate(order, state, slot, mix);
  const gain = limit(mix, 1 - load<f32>(state, LIMITED));
  store<f32>(state, 1 - gain, LIMITED);
  store<f32>(status, max(earPeak, reverbPeak), STATUS_TAIL_PEAK);
  store<f32>(status, gain, STATUS_LIMITER_GAIN);
  writePcm(mix, pcmArea + slot * BLOCK_BYTES, status);
}

/** Returns the largest value that a listener's reverb has still to come. */
function reverberate(order: usize, state: usize, slot: u32, mix: usize): f32 {
  const reverb = load<i32>(order, LISTENER_REVERB);
  const isSame = load<i32>(state, LAST_REVERB) === reverb + 1;
  store<i32>(state, reverb + 1, LAST_REVERB);
  if (reverb < 0) return 0;
  return addReverb(reverb, slot, isSame, mix, load<f32>(order, LISTENER_WET_FROM), load<f32>(order, LISTENER_WET_TO));
}
