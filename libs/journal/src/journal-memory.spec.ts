import { MemoryBus, type MemoryBroker } from '@app/broker';
import { describeJournal } from './journal.contract.js';

describeJournal('The journal on a MemoryBroker', async () => {
  const bus = new MemoryBus();
  const connections: MemoryBroker[] = [];
  return {
    connect: async () => {
      const broker = bus.connect();
      connections.push(broker);
      return broker;
    },
    sever: async () => connections.forEach((broker) => bus.partition(broker)),
    restore: async () => connections.forEach((broker) => bus.heal(broker)),
    teardown: async () => undefined,
  };
});
