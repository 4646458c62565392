export { SimClock } from './sim-clock.js';
export { SeededRandom } from './seeded-random.js';
export {
  findFreePort,
  findNatsServer,
  startNatsServer,
  type NatsServer,
  type NatsServerOptions,
} from './nats-server.js';
export { type BrokerOutages, outagesOfBus, outagesOfServer } from './broker-outages.js';
export { sampleVoice } from './sample-voice.js';
