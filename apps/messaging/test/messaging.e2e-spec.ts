import { afterAll, beforeAll } from '@jest/globals';
import { NatsBroker } from '@app/broker';
import { type NatsServer, startNatsServer } from '@app/testing';
import { describeMessaging } from './messaging.contract.js';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});

afterAll(() => server.stop());

describeMessaging('Messaging over a real broker', () => NatsBroker.connect({ url: server.url }));
