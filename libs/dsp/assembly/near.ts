import { scratchArea } from './areas';
import { addFour, addFourSteady, setFour, setFourSteady } from './four-sum';
import { addMovingLate, addTwoLate } from './late-sum';
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
import { loadDelay } from './ramp';
import { LEFT, paddedBlock, RIGHT } from './scratch';

/** Lets both ears hear `count` near sources. */
export function mixNear(order: usize, count: i32): void {
  hearNear(order, NEAR_LEFT, count, scratchArea + LEFT);
  hearNear(order, NEAR_RIGHT, count, scratchArea + RIGHT);
}

/** One ear hears all near sources. Two that it hears later go into its bus together. */
function hearNear(order: usize, side: usize, count: i32, bus: usize): void {
  const first = paddedBlock(0);
  const second = paddedBlock(1);
  let waiting: f32 = -1;
  for (const end = order + count * NEAR_BYTES; order < end; order += NEAR_BYTES) {
    const ear = order + side;
    const planes = load<u32>(order, NEAR_ADDRESS);
    const delay = loadDelay(ear + NEAR_DELAY_FROM);
    const delayTo = loadDelay(ear + NEAR_DELAY_TO);
    if (delay === delayTo && delay === floor(delay)) {
      addPlanes(bus + ((<usize>delay) << 2), planes, ear);
    } else if (delay !== delayTo) {
      setPlanes(second, planes, ear);
      addMovingLate(bus, second, delay, delayTo);
    } else if (waiting < 0) {
      setPlanes(first, planes, ear);
      waiting = delay;
    } else {
      setPlanes(second, planes, ear);
      addTwoLate(bus, first, second, waiting, delay);
      waiting = -1;
    }
  }
  if (waiting >= 0) addMovingLate(bus, first, waiting, waiting);
}

/** Whether an ear's gains stay as they are. */
function isSteady(ear: usize): bool {
  return !v128.any_true(f32x4.ne(v128.load(ear, NEAR_GAINS_FROM), v128.load(ear, NEAR_GAINS_TO)));
}

function setPlanes(target: usize, planes: usize, ear: usize): void {
  const from0 = load<f32>(ear, NEAR_GAINS_FROM);
  const from1 = load<f32>(ear, NEAR_GAINS_FROM + 4);
  const from2 = load<f32>(ear, NEAR_GAINS_FROM + 8);
  const from3 = load<f32>(ear, NEAR_GAINS_FROM + 12);
  const to0 = load<f32>(ear, NEAR_GAINS_TO);
  const to1 = load<f32>(ear, NEAR_GAINS_TO + 4);
  const to2 = load<f32>(ear, NEAR_GAINS_TO + 8);
  const to3 = load<f32>(ear, NEAR_GAINS_TO + 12);
  const plane1 = planes + BLOCK_BYTES;
  const plane2 = planes + 2 * BLOCK_BYTES;
  const plane3 = planes + 3 * BLOCK_BYTES;
  if (isSteady(ear)) setFourSteady(target, planes, plane1, plane2, plane3, from0, from1, from2, from3);
  else setFour(target, planes, plane1, plane2, plane3, from0, from1, from2, from3, to0, to1, to2, to3);
}

function addPlanes(target: usize, planes: usize, ear: usize): void {
  const from0 = load<f32>(ear, NEAR_GAINS_FROM);
  const from1 = load<f32>(ear, NEAR_GAINS_FROM + 4);
  const from2 = load<f32>(ear, NEAR_GAINS_FROM + 8);
  const from3 = load<f32>(ear, NEAR_GAINS_FROM + 12);
  const to0 = load<f32>(ear, NEAR_GAINS_TO);
  const to1 = load<f32>(ear, NEAR_GAINS_TO + 4);
  const to2 = load<f32>(ear, NEAR_GAINS_TO + 8);
  const to3 = load<f32>(ear, NEAR_GAINS_TO + 12);
  const plane1 = planes + BLOCK_BYTES;
  const plane2 = planes + 2 * BLOCK_BYTES;
  const plane3 = planes + 3 * BLOCK_BYTES;
  if (isSteady(ear)) addFourSteady(target, planes, plane1, plane2, plane3, from0, from1, from2, from3);
  else addFour(target, planes, plane1, plane2, plane3, from0, from1, from2, from3, to0, to1, to2, to3);
}
