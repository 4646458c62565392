import { afterAll, beforeAll } from '@jest/globals';
import { NatsBroker } from '@app/broker';
import { type NatsServer, outagesOfServer, startNatsServer } from '@app/testing';
import { describeJournal } from './journal.contract.js';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(async () => {
  await server.stop();
});

describeJournal('The journal on a NatsBroker', async () => ({
  connect: () => NatsBroker.connect({ url: server.url, name: 'journal' }),
  ...outagesOfServer(server),
}));
