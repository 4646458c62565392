import { WasmPlanRenderer } from './mix/wasm-plan-renderer.js';
import { SceneEngine } from './scene/scene-engine.js';
import type { SpatialEngine, SpatialEngineOptions } from './scene/spatial-engine.js';

/** The engine as it runs: the planner, with the kernels in WebAssembly. */
export function createSpatialEngine(options: SpatialEngineOptions): SpatialEngine {
  return new SceneEngine(options, (memory) => new WasmPlanRenderer(memory));
}
