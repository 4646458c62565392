import { describePlanRenderer } from './plan-renderer.contract.js';
import { ReferencePlanRenderer } from './reference-plan-renderer.js';

describePlanRenderer('ReferencePlanRenderer', (memory) => new ReferencePlanRenderer(memory));
