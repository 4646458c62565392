export * from './limits.js';
export { SOUND_FORMATS, type SoundFormat } from './sound-format.js';
export { CodedError } from './coded-error.js';
export { assert } from './assert.js';
export { type AssetAddress, assetUrlPathOf, encodeAssetPath, readAssetAddress } from './asset-address.js';
export { type AssetPath, readAssetPath } from './asset-path.js';
export { isJsonObject, readJsonObject } from './json-object.js';
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
export type { EntityTypeDefinition, PropertyDefinition, PropertyKind } from './entity/property-definition.js';
export { COMMON_PROPERTIES, COMMON_PROPERTY_GROUPS } from './entity/common-properties.js';
export { ENTITY_TYPES, defaultOf, propertiesOfType, propertyOf } from './entity/entity-types.js';
export { type PropertyFault, checkEntityProperties, checkRemovedNames } from './entity/check-properties.js';
export { numberOf, rotationOf, vectorOf } from './entity/read-property.js';
export { type Motion, advanceKinematics, isMoving, motionAfter } from './entity/kinematics.js';
export { type PlacedEntity, type WorldTransform, worldTransformOf } from './entity/transforms.js';
export { type BoundingSphere, boundingSphereOf } from './entity/entity-bounds.js';
