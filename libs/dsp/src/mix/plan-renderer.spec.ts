import { describePlanRenderer } from './plan-renderer.contract.js';
import { ReferencePlanRenderer } from './reference-plan-renderer.js';

// The reference is compared with itself, so all that can differ is its rounding to 32 bits.
describePlanRenderer('ReferencePlanRenderer', (memory) => new ReferencePlanRenderer(memory), 2);
