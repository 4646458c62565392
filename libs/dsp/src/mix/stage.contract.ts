import { BASIS_COUNT, MixMemory } from './mix-memory.js';
import { type Glide, OrderWriter } from './plan-orders.contract.js';
import type { PlanRenderer } from './plan-renderer.js';
import { SCENE_OPTIONS } from './random-scene.contract.js';

/** A renderer at work, with its memory and somebody who writes orders. */
export class Stage {
  readonly memory = new MixMemory(SCENE_OPTIONS);
  readonly renderer: PlanRenderer;
  readonly orders: OrderWriter;

  constructor(make: RendererMaker) {
    this.renderer = make(this.memory);
    this.orders = new OrderWriter(this.renderer);
  }
}

/** Makes the implementation that is looked at. */
export type RendererMaker = (memory: MixMemory) => PlanRenderer;

/** A gain or a delay that stays. */
export const steady = (value: number): Glide => [value, value];

/** Near gains that hear one plane only. */
export function onlyPlane(plane: number, gain: Glide): Glide[] {
  return Array.from({ length: BASIS_COUNT }, (_, index) => (index === plane ? gain : steady(0)));
}
