export { PacketError, VircadiaError, type VircadiaErrorCode } from './vircadia.errors.js';
export { openZip, type ZipEntry, type ZipLimits, type ZipSource } from './zip-archive.js';
export { writeZip, type ZipContent } from './zip-writer.js';
export { wrongZipName } from './zip-name.js';
export { BrokenModelsError, type ModelsOptions, parseModelsJson, renderModelsJson } from './models-json.js';
export {
  MODELS_REMARKS_MAX,
  type ModelsEntity,
  type ModelsFile,
  type ModelsRemark,
  type ModelsReport,
} from './models-file.js';
export { parseAssetMapping, renderAssetMapping, isAssetHash } from './asset-mapping.js';
export {
  type ArchivedAsset,
  type ContentArchive,
  type ContentParts,
  openContentArchive,
  writeContentArchive,
} from './content-archive.js';

// --- Packets of clients: bytes and values (coding), datagrams and streams (transport), payloads (packets).

export { bitAt, packBits, unpackBits } from './coding/bit-vector.js';
export { ByteReader } from './coding/byte-reader.js';
export { ByteWriter } from './coding/byte-writer.js';
export { type Codec } from './coding/codec.js';
export {
  PACKED_IDENTITY,
  PACKED_QUAT_BYTES,
  type PackedQuat,
  packQuat,
  packedQuatAt,
  packedQuatList,
  unpackQuat,
} from './coding/packed-quat.js';
export {
  packAngle,
  packClip,
  packGain,
  packRatio,
  unpackAngle,
  unpackClip,
  unpackGain,
  unpackRatio,
} from './coding/quantized-numbers.js';
export { type SocketAddress, type SocketHost, SocketType, ipv4Socket } from './coding/socket-address.js';
export { qCompress, qUncompress } from './coding/q-compress.js';
export { NULL_UUID, uuidBytes } from './coding/uuid.js';
export {
  CONNECTION_LIMITS,
  Connection,
  type ConnectionCounts,
  type ConnectionLimits,
  type ConnectionOwner,
} from './transport/connection.js';
export { type ControlPacket, ControlType, controlPacket, readControlPacket } from './transport/control-packet.js';
export {
  DATA_HEADER_BYTES,
  type DataHeader,
  MESSAGE_HEADER_BYTES,
  type MessagePart,
  MessagePosition,
  PACKET_BYTES_MAX,
  isControlPacket,
  readDataHeader,
  writeDataHeader,
} from './transport/data-header.js';
export {
  AssetMappingOperation,
  type AssetMappingReply,
  BakingStatus,
  type MappedAsset,
  MappingOperation,
  type MappingRequest,
  type MappingResult,
  assetMappingReply,
} from './packets/asset-mapping-operations.js';
export {
  AssetGet,
  AssetGetInfo,
  AssetGetReply,
  AssetInfo,
  AssetUpload,
  AssetUploadReply,
} from './packets/asset-transfer.js';
export { AssetError } from './packets/asset-values.js';
export {
  AUDIO_FRAME_MS,
  AUDIO_FRAME_SAMPLES,
  AUDIO_RATE_HZ,
  type AudioPose,
  InjectAudio,
  MicrophoneAudio,
  MixedAudio,
  SilentMicrophone,
  SilentMix,
} from './packets/audio-frames.js';
export {
  AudioEnvironment,
  InjectorGain,
  MuteEnvironment,
  NegotiateAudioFormat,
  NodeSelection,
  PerAvatarGain,
  SelectedAudioFormat,
} from './packets/audio-settings.js';
export {
  AudioStreamStats,
  type PacketGaps,
  type StreamCounters,
  type StreamStats,
} from './packets/audio-stream-stats.js';
export {
  AvatarData,
  type BulkAvatar,
  BulkAvatarData,
  type BulkAvatarView,
  splitBulkAvatarData,
} from './packets/avatar-data.js';
export {
  type AvatarAttachment,
  AvatarIdentities,
  type AvatarIdentity,
  IdentityFlag,
} from './packets/avatar-identity.js';
export {
  type JointData,
  type JointDefaults,
  jointRotations,
  jointTranslations,
  packJoints,
} from './packets/avatar-joints.js';
export { AvatarFlag, AvatarRecord, type FaceTracker, type GrabJoint, type HandPose } from './packets/avatar-record.js';
export { AvatarSection, skipAvatarRecord } from './packets/avatar-sections.js';
export {
  type AvatarTrait,
  BulkAvatarTraits,
  BulkAvatarTraitsAck,
  SetAvatarTraits,
  TraitOverride,
  TraitType,
  type VersionedTrait,
} from './packets/avatar-traits.js';
export { AvatarQuery, ConicalView, halfAngleRad } from './packets/conical-view.js';
export { MessageOutlet } from './packets/message-outlet.js';
export {
  type PayloadWriter,
  abandonSharedDatagrams,
  datagramOf,
  datagramToSendOnce,
  messageParts,
  messagePayload,
  partBytesMax,
  payloadBytesMax,
} from './packets/datagrams.js';
export {
  AGENT_ASSIGNMENT,
  BanFlag,
  DeniedReason,
  DomainConnectionDenied,
  KickRequest,
  PathQuery,
  PathResponse,
  SettingsRequest,
  UsernameReply,
} from './packets/domain-answers.js';
export {
  ConnectReason,
  type DomainCheckIn,
  DomainConnectRequest,
  DomainListRequest,
} from './packets/domain-check-in.js';
export { DOMAIN_LIST_HEADER_BYTES, DomainList, NODE_RECORD_BYTES, NodeRecord } from './packets/domain-list.js';
export { EntityData, type EntityRecord, type TreeElement } from './packets/entity-data.js';
export {
  type EditHeader,
  EntityClone,
  type EntityEdit,
  EntityEdits,
  EraseNotice,
  EraseRequest,
  InitialResultsComplete,
  MissingSequences,
} from './packets/entity-edits.js';
export {
  type EncodedEntity,
  type PackedSection,
  SectionPacker,
  encodeEntityRecord,
  entityDataPayload,
  withLastEdited,
  wrapSection,
} from './packets/entity-packing.js';
export { type WireProperties, wireLayoutOf } from './packets/entity-properties.js';
export { type WireProperty } from './packets/entity-property-table.js';
export { EntityQuery, QUERY_WANTS_COMPLETION } from './packets/entity-query.js';
export {
  type SimulationOwner,
  type WireColour,
  type WireCube,
  type WireKind,
  type WireRect,
  type WireValue,
} from './packets/entity-value-codecs.js';
export { AdjustAvatarSorting, KillAvatar, KillReason } from './packets/kill-avatar.js';
export { MessagesData } from './packets/messages-data.js';
export {
  type HeaderFault,
  type PacketIdentity,
  admitFrom,
  headerFault,
  isGenuine,
  nlHeaderBytes,
  packetSource,
  packetType,
  writeNlHeader,
} from './packets/nl-header.js';
export { NodeType, SOLO_NODE_TYPES } from './packets/node-type.js';
export { ROOT_OCTAL_CODE } from './packets/octal-code.js';
export { type OctreeCounters, OctreeStats } from './packets/octree-stats.js';
export { CODECS_TO_CLIENT, CODECS_TO_SERVER } from './packets/packet-codecs.js';
export { PacketSecret } from './packets/packet-secret.js';
export { PacketSender, type PayloadOf } from './packets/packet-sender.js';
export {
  type Delivery,
  type HeaderClass,
  PACKET_TYPES,
  PacketType,
  type PacketTypeInfo,
  type PacketTypeName,
} from './packets/packet-types.js';
export { Permission } from './packets/permission.js';
export { Ping, PingReply, PingType, WebPingReply } from './packets/ping.js';
export { PROTOCOL_SIGNATURE, isOurSignature } from './packets/protocol-signature.js';
export { isSameLayout, sharedNamesOf, toWireProperties, toWorldProperties } from './packets/world-properties.js';
export { type SkeletonData, type SkeletonJoint, readSkeletonData, writeSkeletonData } from './packets/skeleton-data.js';
