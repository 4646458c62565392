export { vicinity } from './generated/wire.js';
export {
  type MessageName,
  type MessageOf,
  type MessageFields,
  WIRE_BYTES_MAX,
  isMessageName,
  encodeMessage,
  decodeMessage,
  toJson,
} from './codec.js';
export {
  packPose,
  unpackPose,
  isPackedPose,
  isPosePrefix,
  readPosition,
  readOrientation,
} from './pose-quantization.js';
export {
  type HearingWishes,
  NO_WISHES,
  countNamed,
  isWithoutWishes,
  packHearingWishes,
  unpackHearingWishes,
  wishFieldsOf,
} from './hearing-wishes.js';
export { packProperties, unpackProperties, packValue, unpackValue } from './entity-values.js';
export { elementBytesOf, packEntityMotions, packEntityNews } from './entity-news.js';
export { type BodyMotion, type MotionFault, packEntityMotion, unpackEntityMotion } from './entity-motion.js';
export { entityIdToBytes, entityIdOfBytes, readEntityId } from './entity-id.js';
export { WireError, type WireErrorCode } from './wire.errors.js';
