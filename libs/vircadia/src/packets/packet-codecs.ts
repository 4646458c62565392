import { type Codec, EmptyPayload, FlagPayload, TextPayload, UuidPayload } from '../coding/codec.js';
import * as assets from './asset-transfer.js';
import { AssetMappingOperation } from './asset-mapping-operations.js';
import * as audio from './audio-frames.js';
import * as sound from './audio-settings.js';
import { AudioStreamStats } from './audio-stream-stats.js';
import { AvatarData, BulkAvatarData } from './avatar-data.js';
import { AvatarIdentities } from './avatar-identity.js';
import * as traits from './avatar-traits.js';
import { AvatarQuery } from './conical-view.js';
import * as answers from './domain-answers.js';
import { DomainConnectRequest, DomainListRequest } from './domain-check-in.js';
import { DomainList, NodeRecord } from './domain-list.js';
import { EntityData } from './entity-data.js';
import * as edits from './entity-edits.js';
import { EntityQuery } from './entity-query.js';
import { ScriptQuestion, ScriptStatus } from './entity-script.js';
import { AdjustAvatarSorting, KillAvatar } from './kill-avatar.js';
import { MessagesData } from './messages-data.js';
import { OctreeStats } from './octree-stats.js';
import type { PacketTypeName } from './packet-types.js';
import { Ping, PingReply } from './ping.js';

type PacketCodecs = Readonly<Partial<Record<PacketTypeName, Codec<unknown>>>>;

/**
 * What clients send, by packet type. PingReply is that of native clients; see WebPingReply for the other kind. Types
 * that are not here never come from a client.
 */
export const CODECS_TO_SERVER = {
  Ping,
  PingReply,
  DomainConnectRequest,
  DomainListRequest,
  DomainServerPathQuery: answers.PathQuery,
  DomainDisconnectRequest: EmptyPayload,
  DomainSettingsRequest: answers.SettingsRequest,
  UsernameFromIDRequest: UuidPayload,
  NodeKickRequest: answers.KickRequest,
  NegotiateAudioFormat: sound.NegotiateAudioFormat,
  MicrophoneAudioNoEcho: audio.MicrophoneAudio,
  MicrophoneAudioWithEcho: audio.MicrophoneAudio,
  SilentAudioFrame: audio.SilentMicrophone,
  InjectAudio: audio.InjectAudio,
  StopInjector: UuidPayload,
  AudioStreamStats,
  MuteEnvironment: sound.MuteEnvironment,
  NodeMuteRequest: UuidPayload,
  NodeIgnoreRequest: sound.NodeSelection,
  AudioSoloRequest: sound.NodeSelection,
  RadiusIgnoreRequest: FlagPayload,
  RequestsDomainListData: FlagPayload,
  PerAvatarGainSet: sound.PerAvatarGain,
  InjectorGainSet: sound.InjectorGain,
  AvatarData,
  AvatarIdentity: AvatarIdentities,
  AvatarQuery,
  SetAvatarTraits: traits.SetAvatarTraits,
  BulkAvatarTraitsAck: traits.BulkAvatarTraitsAck,
  KillAvatar,
  AdjustAvatarSorting,
  MessagesSubscribe: TextPayload,
  MessagesUnsubscribe: TextPayload,
  MessagesData,
  EntityQuery,
  EntityAdd: edits.EntityEdits,
  EntityEdit: edits.EntityEdits,
  EntityPhysics: edits.EntityEdits,
  EntityErase: edits.EraseRequest,
  EntityClone: edits.EntityClone,
  OctreeDataNack: edits.MissingSequences,
  AssetMappingOperation,
  AssetGetInfo: assets.AssetGetInfo,
  AssetGet: assets.AssetGet,
  AssetUpload: assets.AssetUpload,
  EntityScriptGetStatus: ScriptQuestion,
  ReloadEntityServerScript: UuidPayload,
} as const satisfies PacketCodecs;

/** What servers send. AssetMappingOperationReply is not here: how to read it depends on what was asked for. */
export const CODECS_TO_CLIENT = {
  Ping,
  PingReply,
  DomainList,
  DomainConnectionDenied: answers.DomainConnectionDenied,
  DomainServerConnectionToken: UuidPayload,
  DomainServerPathResponse: answers.PathResponse,
  DomainServerAddedNode: NodeRecord,
  DomainServerRemovedNode: UuidPayload,
  DomainSettings: TextPayload,
  UsernameFromIDReply: answers.UsernameReply,
  SelectedAudioFormat: sound.SelectedAudioFormat,
  MixedAudio: audio.MixedAudio,
  SilentAudioFrame: audio.SilentMix,
  AudioEnvironment: sound.AudioEnvironment,
  AudioStreamStats,
  MuteEnvironment: sound.MuteEnvironment,
  NoisyMute: EmptyPayload,
  BulkAvatarData,
  AvatarIdentity: AvatarIdentities,
  BulkAvatarTraits: traits.BulkAvatarTraits,
  SetAvatarTraits: traits.TraitOverride,
  KillAvatar,
  MessagesData,
  EntityData,
  EntityErase: edits.EraseNotice,
  EntityEditNack: edits.MissingSequences,
  EntityQueryInitialResultsComplete: edits.InitialResultsComplete,
  OctreeStats,
  AssetGetInfoReply: assets.AssetInfo,
  AssetGetReply: assets.AssetGetReply,
  AssetUploadReply: assets.AssetUploadReply,
  EntityScriptGetStatusReply: ScriptStatus,
} as const satisfies PacketCodecs;
