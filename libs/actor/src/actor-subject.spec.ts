import { afterAll, beforeAll } from '@jest/globals';
import { MemoryBus, NatsBroker } from '@app/broker';
import { SystemClock } from '@app/clock';
import { type NatsServer, startNatsServer } from '@app/testing';
import { describeSubjects } from './actor-subject.contract.js';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(async () => {
  await server.stop();
});

describeSubjects('Actors by subject on MemoryBroker', async () => {
  const bus = new MemoryBus();
  return { clock: new SystemClock(), connect: async () => bus.connect() };
});

describeSubjects('Actors by subject on NatsBroker', async () => ({
  clock: new SystemClock(),
  connect: () => NatsBroker.connect({ url: server.url, name: 'actors' }),
}));
