export { MediaError, type MediaErrorCode } from './media.errors.js';
export { MediaWorkerPool, type MediaWorkerPoolEvents, type MediaWorkerPoolOptions } from './media-worker-pool.js';
export { MediaRouter } from './media-router.js';
export {
  ClientTransport,
  type ClientMediaState,
  type ClientTransportEvents,
  type ClientTransportOptions,
  type VoicePacket,
} from './client-transport.js';
export { ANSWER_BYTES_MAX, type AnswerParameters } from './sdp-answer.js';
