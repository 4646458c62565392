export { MediaError, type MediaErrorCode } from './media.errors.js';
export { MediaWorkerPool, type MediaWorkerPoolEvents, type MediaWorkerPoolOptions } from './media-worker-pool.js';
export { MediaRouter } from './media-router.js';
export {
  ClientTransport,
  type ClientTransportEvents,
  type ClientTransportOptions,
  type VoicePacket,
} from './client-transport.js';
export { DataTransport, type DataTransportEvents, type DataTransportOptions } from './data-transport.js';
export { type AnswerParameters } from './sdp-answer.js';
export { type ClientMediaState } from './transport-life.js';
