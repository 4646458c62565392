export { SimClock } from './sim-clock.js';
export { SeededRandom } from './seeded-random.js';
export {
  findFreePort,
  findNatsServer,
  startNatsServer,
  type NatsServer,
  type NatsServerOptions,
} from './nats-server.js';
export { sampleVoice } from './sample-voice.js';
