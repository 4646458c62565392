import { afterAll, beforeAll } from '@jest/globals';
import { NatsBroker } from '@app/broker';
import { type NatsServer, startNatsServer } from '@app/testing';
import { describeJournal } from './journal.contract.js';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(async () => {
  await server.stop();
});

describeJournal('The journal on a NatsBroker', async () => {
  let isSevered = false;
  return {
    connect: () => NatsBroker.connect({ url: server.url, name: 'journal' }),
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
});
