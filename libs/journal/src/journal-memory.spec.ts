import { MemoryBus } from '@app/broker';
import { outagesOfBus } from '@app/testing';
import { describeJournal } from './journal.contract.js';

describeJournal('The journal on a MemoryBroker', async () => outagesOfBus(new MemoryBus()));
