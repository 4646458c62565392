import { describe } from '@jest/globals';
import { describeAgreement } from './agreement.contract.js';
import { describeHearing } from './hearing.contract.js';
import { describeIsolation } from './isolation.contract.js';
import { describeOutput } from './output.contract.js';
import type { RendererMaker } from './stage.contract.js';

/** The promises of plan-renderer.ts, for any implementation, with so many random scenes. */
export function describePlanRenderer(name: string, make: RendererMaker, scenes: number): void {
  describe(name, () => {
    describeHearing(make);
    describeOutput(make);
    describeIsolation(make);
    describeAgreement(make, scenes);
  });
}
