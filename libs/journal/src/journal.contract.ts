import { afterEach, beforeEach, describe } from '@jest/globals';
import { describeActor } from './event-sourced-actor.contract.js';
import { describeFollower } from './log-follower.contract.js';
import { describeWriter } from './log-writer.contract.js';
import { type JournalContractSetup, JournalRun } from './run.contract.js';
import { describeSnapshots } from './snapshot-store.contract.js';

/** The promises of the journal on any broker. */
export function describeJournal(name: string, setup: () => Promise<JournalContractSetup>): void {
  describe(name, () => {
    const run = new JournalRun(setup);
    beforeEach(() => run.begin());
    afterEach(() => run.end());
    describeWriter(run);
    describeFollower(run);
    describeActor(run);
    describeSnapshots(run);
  });
}
