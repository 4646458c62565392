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
import { hearBoth } from './near-both';
import { loadDelay } from './ramp';
import { LEFT, paddedBlock, RIGHT } from './scratch';

// What an ear hears late waits in a padded block for a second one, so that its bus is read and written once for both. The
// delay of what waits for each ear, below 0 when nothing does.
let waitingLeft: f32 = -1;
let waitingRight: f32 = -1;

/** Lets both ears hear `count` near sources. */
export function mixNear(order: usize, count: i32): void {
  for (const end = order + count * NEAR_BYTES; order < end; order += NEAR_BYTES) {
    const planes = load<u32>(order, NEAR_ADDRESS);
    const left = order + NEAR_LEFT;
    const right = order + NEAR_RIGHT;
    if (!isSteady(left) || !isSteady(right) || !isStill(left) || !isStill(right)) {
      hear(planes, left, true);
      hear(planes, right, false);
    } else if (isWhole(left)) {
      hearBoth(placeOf(left, true), blockFor(false), planes, left, right);
      wait(right, false);
    } else if (isWhole(right)) {
      hearBoth(placeOf(right, false), blockFor(true), planes, right, left);
      wait(left, true);
    } else {
      hear(planes, left, true);
      hear(planes, right, false);
    }
  }
  if (waitingLeft >= 0) addMovingLate(scratchArea + LEFT, paddedBlock(0), waitingLeft, waitingLeft);
  if (waitingRight >= 0) addMovingLate(scratchArea + RIGHT, paddedBlock(2), waitingRight, waitingRight);
  waitingLeft = waitingRight = -1;
}

/** Whether an ear's gains stay as they are. */
function isSteady(ear: usize): bool {
  return !v128.any_true(f32x4.ne(v128.load(ear, NEAR_GAINS_FROM), v128.load(ear, NEAR_GAINS_TO)));
}

/** Whether an ear's delay stays as it is. */
function isStill(ear: usize): bool {
  return loadDelay(ear + NEAR_DELAY_FROM) === loadDelay(ear + NEAR_DELAY_TO);
}

/** Whether an ear's delay begins with a whole number of samples. One of two ears usually has none at all. */
function isWhole(ear: usize): bool {
  const delay = loadDelay(ear + NEAR_DELAY_FROM);
  return delay === floor(delay);
}

/** Where in its bus an ear begins to hear a source. */
function placeOf(ear: usize, isLeft: bool): usize {
  return scratchArea + (isLeft ? LEFT : RIGHT) + ((<usize>(<i32>loadDelay(ear + NEAR_DELAY_FROM))) << 2);
}

/** Where to put what an ear hears late. */
function blockFor(isLeft: bool): usize {
  if (isLeft) return paddedBlock(waitingLeft < 0 ? 0 : 1);
  return paddedBlock(waitingRight < 0 ? 2 : 3);
}

/** What lies in blockFor waits, or goes into the bus with what waited already. */
function wait(ear: usize, isLeft: bool): void {
  const delay = loadDelay(ear + NEAR_DELAY_FROM);
  if (isLeft) {
    if (waitingLeft >= 0) addTwoLate(scratchArea + LEFT, paddedBlock(0), paddedBlock(1), waitingLeft, delay);
    waitingLeft = waitingLeft < 0 ? delay : -1;
  } else {
    if (waitingRight >= 0) addTwoLate(scratchArea + RIGHT, paddedBlock(2), paddedBlock(3), waitingRight, delay);
    waitingRight = waitingRight < 0 ? delay : -1;
  }
}

/** One ear hears a source, whatever moves. */
function hear(planes: usize, ear: usize, isLeft: bool): void {
  if (isStill(ear) && isWhole(ear)) {
    sumPlanes(placeOf(ear, isLeft), planes, ear, true);
    return;
  }
  const block = blockFor(isLeft);
  sumPlanes(block, planes, ear, false);
  if (isStill(ear)) {
    wait(ear, isLeft);
    return;
  }
  const bus = scratchArea + (isLeft ? LEFT : RIGHT);
  addMovingLate(bus, block, loadDelay(ear + NEAR_DELAY_FROM), loadDelay(ear + NEAR_DELAY_TO));
}

/** What an ear hears of a source is added to a bus, or replaces a block. */
function sumPlanes(target: usize, planes: usize, ear: usize, isAdded: bool): void {
  const from0 = load<f32>(ear, NEAR_GAINS_FROM);
  const from1 = load<f32>(ear, NEAR_GAINS_FROM + 4);
  const from2 = load<f32>(ear, NEAR_GAINS_FROM + 8);
  const from3 = load<f32>(ear, NEAR_GAINS_FROM + 12);
  const plane1 = planes + BLOCK_BYTES;
  const plane2 = planes + 2 * BLOCK_BYTES;
  const plane3 = planes + 3 * BLOCK_BYTES;
  if (isSteady(ear)) {
    if (isAdded) addFourSteady(target, planes, plane1, plane2, plane3, from0, from1, from2, from3);
    else setFourSteady(target, planes, plane1, plane2, plane3, from0, from1, from2, from3);
    return;
  }
  const to0 = load<f32>(ear, NEAR_GAINS_TO);
  const to1 = load<f32>(ear, NEAR_GAINS_TO + 4);
  const to2 = load<f32>(ear, NEAR_GAINS_TO + 8);
  const to3 = load<f32>(ear, NEAR_GAINS_TO + 12);
  if (isAdded) addFour(target, planes, plane1, plane2, plane3, from0, from1, from2, from3, to0, to1, to2, to3);
  else setFour(target, planes, plane1, plane2, plane3, from0, from1, from2, from3, to0, to1, to2, to3);
}
