import { describePlanRenderer } from './plan-renderer.contract.js';
import { WasmPlanRenderer } from './wasm-plan-renderer.js';

describePlanRenderer('WasmPlanRenderer', (memory) => new WasmPlanRenderer(memory), 20);
