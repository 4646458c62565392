/**
 * All packet types (specification C.3). The order is that of their numbers; each version is part of the protocol's
 * signature, so that none may be changed alone.
 */

/** What a packet says of its sender (specification C.1): nothing, a number, or a number and a hash. */
export type HeaderClass = 'plain' | 'sourced' | 'verified';

/**
 * How packets of a type travel if nothing else is asked for: by themselves, by themselves until acknowledged, or as a
 * message. Types that are sent as a loose list (DomainList, nacks) travel by themselves.
 */
export type Delivery = 'unreliable' | 'reliable' | 'message';

export interface PacketTypeInfo {
  readonly number: number;
  readonly name: PacketTypeName;
  readonly version: number;
  readonly header: HeaderClass;
  readonly delivery: Delivery;
}

const N = 'plain';
const S = 'sourced';
const SV = 'verified';
const U = 'unreliable';
const R = 'reliable';
const RL = 'message';

// prettier-ignore
const ROWS = [
  ['Unknown', 22, SV, U],
  ['DomainConnectRequestPending', 17, N, U],
  ['DomainList', 25, N, U],
  ['Ping', 18, SV, U],
  ['PingReply', 22, SV, U],
  ['KillAvatar', 54, SV, R],
  ['AvatarData', 54, SV, U],
  ['InjectAudio', 24, SV, U],
  ['MixedAudio', 24, SV, U],
  ['MicrophoneAudioNoEcho', 24, SV, U],
  ['MicrophoneAudioWithEcho', 24, SV, U],
  ['BulkAvatarData', 54, SV, U],
  ['SilentAudioFrame', 24, SV, U],
  ['DomainListRequest', 23, S, U],
  ['RequestAssignment', 22, N, U],
  ['CreateAssignment', 22, N, U],
  ['DomainConnectionDenied', 19, N, U],
  ['MuteEnvironment', 22, SV, U],
  ['AudioStreamStats', 24, SV, U],
  ['DomainServerPathQuery', 22, N, R],
  ['DomainServerPathResponse', 22, N, R],
  ['DomainServerAddedNode', 19, N, U],
  ['ICEServerPeerInformation', 17, N, U],
  ['ICEServerQuery', 17, N, U],
  ['OctreeStats', 22, SV, U],
  ['SetAvatarTraits', 22, SV, RL],
  ['InjectorGainSet', 22, SV, R],
  ['AssignmentClientStatus', 22, N, U],
  ['NoisyMute', 22, SV, U],
  ['AvatarIdentity', 54, SV, RL],
  ['NodeIgnoreRequest', 18, SV, R],
  ['DomainConnectRequest', 27, N, U],
  ['DomainServerRequireDTLS', 22, N, U],
  ['NodeJsonStats', 22, S, U],
  ['OctreeDataNack', 22, S, U],
  ['StopNode', 22, N, U],
  ['AudioEnvironment', 22, SV, U],
  ['EntityEditNack', 22, S, U],
  ['ICEServerHeartbeat', 18, N, U],
  ['ICEPing', 18, N, U],
  ['ICEPingReply', 17, N, U],
  ['EntityData', 133, SV, U],
  ['EntityQuery', 23, S, U],
  ['EntityAdd', 133, SV, RL],
  ['EntityErase', 22, SV, U],
  ['EntityEdit', 133, SV, U],
  ['DomainServerConnectionToken', 22, N, U],
  ['DomainSettingsRequest', 22, N, R],
  ['DomainSettings', 18, N, RL],
  ['AssetGet', 22, SV, R],
  ['AssetGetReply', 22, SV, RL],
  ['AssetUpload', 22, SV, RL],
  ['AssetUploadReply', 22, SV, U],
  ['AssetGetInfo', 22, SV, R],
  ['AssetGetInfoReply', 22, SV, R],
  ['DomainDisconnectRequest', 22, S, U],
  ['DomainServerRemovedNode', 22, N, R],
  ['MessagesData', 18, SV, RL],
  ['MessagesSubscribe', 22, SV, RL],
  ['MessagesUnsubscribe', 22, SV, RL],
  ['ICEServerHeartbeatDenied', 17, N, U],
  ['AssetMappingOperation', 22, SV, RL],
  ['AssetMappingOperationReply', 22, SV, RL],
  ['ICEServerHeartbeatACK', 17, N, U],
  ['NegotiateAudioFormat', 22, SV, U],
  ['SelectedAudioFormat', 22, SV, U],
  ['MoreEntityShapes', 22, SV, U],
  ['NodeKickRequest', 22, S, R],
  ['NodeMuteRequest', 22, S, R],
  ['RadiusIgnoreRequest', 22, SV, R],
  ['UsernameFromIDRequest', 22, S, R],
  ['UsernameFromIDReply', 22, N, U],
  ['AvatarQuery', 22, SV, U],
  ['RequestsDomainListData', 22, SV, R],
  ['PerAvatarGainSet', 22, SV, R],
  ['EntityScriptGetStatus', 22, SV, R],
  ['EntityScriptGetStatusReply', 22, SV, RL],
  ['ReloadEntityServerScript', 22, SV, R],
  ['EntityPhysics', 133, SV, U],
  ['EntityServerScriptLog', 22, SV, R],
  ['AdjustAvatarSorting', 22, SV, U],
  ['OctreeFileReplacement', 22, N, RL],
  ['CollisionEventChanges', 22, SV, U],
  ['ReplicatedMicrophoneAudioNoEcho', 22, N, U],
  ['ReplicatedMicrophoneAudioWithEcho', 22, N, U],
  ['ReplicatedInjectAudio', 22, N, U],
  ['ReplicatedSilentAudioFrame', 22, N, U],
  ['ReplicatedAvatarIdentity', 22, N, U],
  ['ReplicatedKillAvatar', 22, N, U],
  ['ReplicatedBulkAvatarData', 22, N, U],
  ['DomainContentReplacementFromUrl', 22, N, RL],
  ['ChallengeOwnership', 22, SV, R],
  ['EntityScriptCallMethod', 19, SV, RL],
  ['ChallengeOwnershipRequest', 22, SV, R],
  ['ChallengeOwnershipReply', 22, SV, R],
  ['OctreeDataFileRequest', 22, N, U],
  ['OctreeDataFileReply', 22, N, RL],
  ['OctreeDataPersist', 22, N, RL],
  ['EntityClone', 133, SV, U],
  ['EntityQueryInitialResultsComplete', 92, SV, R],
  ['BulkAvatarTraits', 48, SV, RL],
  ['AudioSoloRequest', 22, SV, RL],
  ['BulkAvatarTraitsAck', 48, SV, R],
  ['StopInjector', 24, SV, U],
  ['AvatarZonePresence', 22, N, R],
  ['WebRTCSignaling', 22, N, RL],
] as const satisfies ReadonlyArray<readonly [name: string, version: number, header: HeaderClass, delivery: Delivery]>;

export type PacketTypeName = (typeof ROWS)[number][0];

/** Every type, at the index of its number. */
export const PACKET_TYPES: readonly PacketTypeInfo[] = ROWS.map(([name, version, header, delivery], number) => ({
  number,
  name,
  version,
  header,
  delivery,
}));

/** Numbers of types by name. */
export const PacketType = Object.fromEntries(PACKET_TYPES.map(({ name, number }) => [name, number])) as Readonly<
  Record<PacketTypeName, number>
>;
