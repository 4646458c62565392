import { scratchArea } from './areas';
import { addDelayed } from './delayed-sum';
import { DIRECT_LEFT, DIRECT_RIGHT } from './ears';
import {
  BLOCK_BYTES,
  NEAR_ADDRESS,
  NEAR_BYTES,
  NEAR_DELAY_FROM,
  NEAR_DELAY_TO,
  NEAR_GAINS_FROM,
  NEAR_GAINS_TO,
  NEAR_LEFT,
  NEAR_RIGHT,
} from './layout';

/** Lets both ears hear `count` near sources. */
export function mixNear(order: usize, count: i32): void {
  for (let index = 0; index < count; index++) {
    const planes = load<u32>(order, NEAR_ADDRESS);
    hearNear(planes, order + NEAR_LEFT, scratchArea + DIRECT_LEFT);
    hearNear(planes, order + NEAR_RIGHT, scratchArea + DIRECT_RIGHT);
    order += NEAR_BYTES;
  }
}

function hearNear(planes: usize, ear: usize, bus: usize): void {
  const from = load<f32>(ear, NEAR_DELAY_FROM);
  const to = load<f32>(ear, NEAR_DELAY_TO);
  for (let plane: usize = 0; plane < 4; plane++) {
    const gains = ear + 4 * plane;
    const signal = planes + plane * BLOCK_BYTES;
    addDelayed(signal, bus, from, to, load<f32>(gains, NEAR_GAINS_FROM), load<f32>(gains, NEAR_GAINS_TO));
  }
}
