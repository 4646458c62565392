export * from './limits.js';
export { CodedError } from './coded-error.js';
export { assert } from './assert.js';
export {
  type SessionId,
  type InstanceId,
  isWorldName,
  isInstanceId,
  formatSessionId,
  PROTOCOL_VERSION,
} from './ids.js';
export { type Vec3, type Quat, type Pose, type TrackedPoint, EYE_HEIGHT_M } from './pose.js';
export { WORLD_CHANNEL, isWellFormed, isChannelName, isText, channelToken, channelOfToken } from './channel.js';
export { type SessionClaim, compareClaims } from './claims.js';
export { type EntityId, type EntityProperties, type EntityValue, isEntityId } from './entity/entity-value.js';
