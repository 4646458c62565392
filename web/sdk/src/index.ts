// The public door of @vicinity/sdk. What is not listed here may change without notice.
export { WorldClient, type WorldClientOptions, type WorldClientEvents, type JoinOptions } from './world-client.js';
export type { ConnectionState, SessionIdentity } from './connection.js';
export { LocalAvatar, type LocalAvatarEvents, type OwnTraits } from './local-avatar.js';
export { RemoteAvatar, type AvatarTraits, type ReceivedPose } from './remote-avatar.js';
export { AvatarList, type AvatarEvents } from './avatar-list.js';
export { Assets, type UploadOptions } from './assets/assets.js';
export type { UploadedAsset } from './assets/upload.js';
export { Channels, type ChannelEvents } from './channels.js';
export type { ChannelMessage } from './channel-log.js';
export { EntityView, type EntityEvents } from './entities/entity-view.js';
export { RemoteEntity, type EntityFacts } from './entities/remote-entity.js';
export { EditHistory, type EditHistoryEvents } from './entities/edit-history.js';
export type { RemovalReason } from './entities/entity-store.js';
export {
  EntityError,
  type AddEdit,
  type ChangeEdit,
  type CloneEdit,
  type EditOptions,
  type EditResult,
  type EntityAuthor,
  type EntityEdit,
  type EntityMotionState,
  type EntityTransform,
  type EntityViewCone,
  type EraseEdit,
  type InterestOptions,
} from './entities/entity-types.js';
export { drawEntityId } from './entities/entity-id.js';
export { Microphone, type MicrophoneEvents, type MicrophoneState, type TalkMode } from './microphone.js';
export type { CaptureOptions } from './microphone-capture.js';
export { Hearing, type HearingEvents } from './hearing.js';
export { Speaker, type SpeakerEvents } from './speaker.js';
export type { ClientStats, AvatarStats, MediaStats } from './client-stats.js';
export { VicinityError, CLIENT_FAILURE_CODES, type ClientFailureCode } from './errors.js';
export { Emitter, type Unsubscribe } from './events.js';
export { loudnessOf } from './speech.js';
export { cleanName, colourOf } from './traits.js';
export type { Platform } from './platform.js';
export type { Clock, Timer } from './clock.js';
export {
  WORLD_CHANNEL,
  type EntityId,
  type EntityProperties,
  type EntityValue,
  type Pose,
  type Quat,
  type Vec3,
  type TrackedPoint,
  type SessionId,
  EYE_HEIGHT_M,
  PERSON_GAIN_MAX,
  PERSONAL_SPACE_M_MAX,
} from '@app/world';
