import type { MemoryBroker, MemoryBus } from '@app/broker';
import type { NatsServer } from './nats-server.js';

/** How a contract suite takes the broker away from everybody, and gives it back. */
export interface BrokerOutages {
  sever(): Promise<void>;
  restore(): Promise<void>;
  /** Gives it back to the next suite. */
  teardown(): Promise<void>;
}

/** The server is killed, and started again on the same port with what it has stored. */
export function outagesOfServer(server: NatsServer): BrokerOutages {
  let isSevered = false;
  return {
    sever: async () => {
      isSevered = true;
      await server.kill9();
    },
    restore: async () => {
      isSevered = false;
      await server.restart();
    },
    teardown: async () => {
      if (isSevered) await server.restart();
    },
  };
}

/** All connections that were made with `connect` are cut off from the bus. */
export function outagesOfBus(bus: MemoryBus): BrokerOutages & { connect(): Promise<MemoryBroker> } {
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
}
