import { afterEach, beforeEach, describe } from '@jest/globals';
import { type BrokerContractSetup, ContractRun } from './run.contract.js';
import { describeMessaging } from './messaging.contract.js';
import { describeObjects } from './objects.contract.js';
import { describeOutages } from './outage.contract.js';
import { describeStorage } from './storage.contract.js';

/** The promises of broker.ts, for any implementation. */
export function describeBroker(name: string, setup: () => Promise<BrokerContractSetup>): void {
  describe(name, () => {
    const run = new ContractRun(setup);
    beforeEach(() => run.begin());
    afterEach(() => run.end());
    describeMessaging(run);
    describeStorage(run);
    describeObjects(run);
    describeOutages(run);
  });
}
