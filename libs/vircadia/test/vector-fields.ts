import {
  AvatarRecord,
  ByteReader,
  ByteWriter,
  type DomainCheckIn,
  type EntityEdit,
  type EntityRecord,
  halfAngleRad,
  jointRotations,
  jointTranslations,
  type NodeRecord,
  readSkeletonData,
  type SocketAddress,
  unpackGain,
  unpackQuat,
} from '../src/index.js';
import { hexOf } from './vectors.js';

/* What has been read, under the names that vectors have for it: those of the web SDK, and those of its author. Values
   here come from decoders of many types; the names are all that is to be checked. */
type Value = Record<string, never>;
type Fields = Readonly<Record<string, unknown>>;

const ipv4 = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

function socket({ type, host, port }: SocketAddress): Fields {
  return { type, socketType: type, protocol: 0, address: host.kind === 'ipv4' ? ipv4(host.address) : null, port };
}

const node = (record: NodeRecord): Fields => ({
  type: record.type,
  uuid: record.id,
  publicSocket: socket(record.publicSocket),
  localSocket: socket(record.localSocket),
  permissions: record.permissions,
  isReplicated: record.isReplicated,
  sessionLocalID: record.localId,
  connectionSecretUUID: record.secret,
});

const checkIn = (value: DomainCheckIn): Fields => ({
  currentTime: value.currentTime,
  ownerType: value.ownerType,
  publicSockAddr: socket(value.publicSocket),
  publicSocket: socket(value.publicSocket),
  localSockAddr: socket(value.localSocket),
  localSocket: socket(value.localSocket),
  nodeTypesOfInterest: value.interest,
  interest: value.interest.join(''),
  placeName: value.placeName,
});

const view = (value: Value): Fields => {
  const { position, direction, halfAngle, farClip, centerRadius } = value as never as {
    position: { x: number; y: number; z: number };
    direction: { x: number; y: number; z: number };
    halfAngle: number;
    farClip: number;
    centerRadius: number;
  };
  return {
    position,
    direction,
    halfAngle: halfAngleRad({ position, direction, halfAngle, farClip, centerRadius }),
    angle16: Math.floor(((halfAngle + 180) * 65_535) / 360 + 1e-6),
    farClip,
    clip16: -farClip,
    centerRadius,
  };
};

function avatar(record: AvatarRecord): Fields {
  const { joints, jointDefaults } = record;
  const rotations = joints && [...jointRotations(joints)].map(([, rotation]) => unpackQuat(rotation));
  const translations = joints && [...jointTranslations(joints)].map(([, translation]) => translation);
  const bits = (packed: Uint8Array, count: number): boolean[] =>
    Array.from({ length: count }, (_, index) => (packed[index >> 3] & (1 << (index & 7))) !== 0);
  const writer = ByteWriter.growing(2_000);
  AvatarRecord.write(writer, record);
  return {
    flags: `0x${new ByteReader(writer.written()).u16('flags').toString(16)}`,
    globalPosition: record.globalPosition,
    position: record.globalPosition,
    localOrientation: record.orientation === undefined ? undefined : unpackQuat(record.orientation),
    avatarScale: record.scale,
    audioLoudness: record.audioLoudness,
    jointRotations: rotations,
    jointTranslations: translations,
    jointRotationsValid: joints && bits(joints.rotationsValid, joints.count),
    jointTranslationsValid: joints && bits(joints.translationsValid, joints.count),
    jointRotationsUseDefault: jointDefaults && bits(jointDefaults.rotations, jointDefaults.count),
    jointTranslationsUseDefault: jointDefaults && bits(jointDefaults.translations, jointDefaults.count),
  };
}

const skeleton = (data: Uint8Array): unknown => {
  const { joints, scaleMax, translationMax } = readSkeletonData(data);
  return joints.map(({ name, jointIndex, parentIndex, boneType, translation, rotation, scale }) => ({
    jointName: name,
    jointIndex,
    parentIndex,
    boneType,
    defaultTranslation: {
      x: translation.x * translationMax,
      y: translation.y * translationMax,
      z: translation.z * translationMax,
    },
    defaultRotation: unpackQuat(rotation),
    defaultScale: scale * scaleMax,
  }));
};

const trait = ({ type, data }: { type: number; data: Uint8Array }): Fields => ({
  type,
  size: data.length,
  data: hexOf(data),
});

const traitValue = ({ type, data }: { type: number; data: Uint8Array }): unknown =>
  type === 0 ? Buffer.from(data).toString() : skeleton(data);

const identity = (value: Value): Fields => {
  const { sessionId, sequence, attachments, displayName, sessionDisplayName } = value;
  const flags: number = value.flags;
  return {
    sessionUUID: sessionId,
    identitySequenceNumber: sequence,
    sequence,
    attachments: (attachments as unknown[]).length,
    displayName,
    sessionDisplayName,
    flags,
    isReplicated: (flags & 1) !== 0,
    lookAtSnapping: (flags & 2) !== 0,
    verificationFailed: (flags & 4) !== 0,
  };
};

/** Names of the web SDK that are not those of models.json. */
const SDK_NAMES: Readonly<Record<string, string>> = { alignment: 'textAlignment' };
const TEXT_EFFECTS = ['none', 'outline', 'outline fill', 'shadow'];
const ALIGNMENTS = ['left', 'center', 'right'];

function entity({ id, type, properties, ...times }: EntityRecord): Fields {
  const named = Object.fromEntries([...properties].map(([name, value]) => [SDK_NAMES[name] ?? name, value]));
  const number = ['', 'Box', 'Sphere', 'Shape', 'Model', 'Text'].indexOf(type);
  return {
    ...named,
    locked: named.locked ?? false,
    textEffect: TEXT_EFFECTS[Number(named.textEffect)],
    textAlignment: ALIGNMENTS[Number(named.textAlignment)],
    animation: {
      animationURL: named['animation.url'],
      animationFPS: named['animation.fps'],
      animationPlaying: named['animation.running'],
    },
    entityItemID: id,
    entityType: number,
    createdFromBuffer: times.createdUs,
    lastEdited: times.lastEditedUs,
    updateDelta: times.updateDeltaUs,
    simulatedDelta: times.simulatedDeltaUs,
  };
}

const edit = ({ octalCode, lastEditedUs, id, type, updateDeltaUs, properties }: EntityEdit): Fields => ({
  octcode: hexOf(octalCode),
  lastEdited: lastEditedUs,
  entityID: id,
  type: ['', 'Box', 'Sphere', 'Shape', 'Model'].indexOf(type),
  updateDelta: updateDeltaUs,
  properties: Object.fromEntries(properties),
});

const editHeader = ({ sequence, sentUs }: Value): Fields => ({ sequence, sentAt: sentUs });

const micro = (value: Value): Fields => ({
  sequenceNumber: value.sequence,
  sequence: value.sequence,
  codecName: value.codec,
  codec: value.codec,
  isStereo: value.isStereo,
  channelFlag: Number(value.isStereo),
  numSilentSamples: value.sampleCount,
  audioPosition: value.position,
  position: value.position,
  audioOrientation: value.orientation,
  orientation: value.orientation,
  avatarBoundingBoxCorner: value.boxCorner,
  boxCorner: value.boxCorner,
  avatarBoundingBoxScale: value.boxScale,
  boxScale: value.boxScale,
  audioBuffer: value.audio && hexOf(value.audio),
  audioBytes: (value.audio as Uint8Array | undefined)?.length,
  numAudioSamples: ((value.audio as Uint8Array | undefined)?.length ?? 0) / 4,
});

const asset = (value: Value): Fields => ({
  messageID: value.messageId,
  hash: value.hash,
  error: value.error,
  start: value.start,
  end: value.end,
  size: value.sizeBytes ?? (value.data as Uint8Array | undefined)?.length,
  length: (value.data as Uint8Array | undefined)?.length,
  data: value.data && hexOf(value.data),
});

const selection = (value: Value): Fields => ({
  ignore: value.isAdded,
  addToSolo: value.isAdded,
  ids: value.nodeIds,
  nodeID: BigInt(`0x${String((value.nodeIds as string[])[0]).replaceAll('-', '')}`).toString(),
  nodeIDs: (value.nodeIds as string[]).map((id) => BigInt(`0x${id.replaceAll('-', '')}`).toString()),
});

const pong = (value: Value): Fields => ({
  pingType: value.type,
  timestampPing: value.pingUs,
  originalTimeBE: value.pingUs,
  timestampReply: value.replyUs,
  replyTimeBE: value.replyUs,
});

/** The web SDK gives its gains in decibels. */
const decibels = (packed: number): number => Math.round(20 * Math.log10(unpackGain(packed)) * 2) / 2;

/** By packet type: from what the codec reads to what the vector says. */
export const VECTOR_FIELDS: Readonly<Record<string, (value: never) => Fields>> = {
  DomainConnectRequest: (value: Value & DomainCheckIn) => ({
    ...checkIn(value),
    connectUUID: value.connectId,
    protocolVersionSig: hexOf(value.protocolSignature),
    protocolSignature: hexOf(value.protocolSignature),
    hardwareAddress: value.hardwareAddress,
    machineFingerprint: value.machineFingerprint,
    compressedSystemInfo: hexOf(value.systemInfo),
    connectReason: value.reason,
    previousConnectionUptime: value.previousUptimeUs,
    isDomainConnected: false,
    username: value.username,
    usernameSignature: hexOf(value.usernameSignature),
    signature: hexOf(value.usernameSignature),
    domainUsername: value.domainUsername,
    domainTokens: value.domainTokens,
  }),
  DomainListRequest: (value: DomainCheckIn) => ({ ...checkIn(value), isDomainConnected: true }),
  DomainServerPathQuery: (path: string) => ({ path }),
  DomainDisconnectRequest: () => ({}),
  PingReply: pong,
  NegotiateAudioFormat: (codecs: string[]) => ({ codecs }),
  MicrophoneAudioNoEcho: micro,
  SilentAudioFrame: micro,
  MixedAudio: micro,
  AvatarData: (value: { sequence: number; record: AvatarRecord }) => ({
    ...avatar(value.record),
    sequenceNumber: value.sequence,
    sequence: value.sequence,
  }),
  BulkAvatarData: (value: Array<{ id: string; record: AvatarRecord }>) => ({
    records: value.map(({ id, record }) => ({ sessionUUID: id, ...avatar(record) })),
  }),
  AvatarIdentity: (value: Value[]) => ({ ...identity(value[0]), records: value.map(identity) }),
  AvatarQuery: (value: Value[]) => ({ conicalViews: value.map(view), views: value.map(view) }),
  EntityQuery: (value: Value) => ({
    connectionID: value.connectionId,
    conicalViews: (value.views as Value[]).map(view),
    views: (value.views as Value[]).map(view),
    maxQueryPPS: value.packetsPerSecondMax,
    octreeElementSizeScale: value.octreeSizeScale,
    octreeSizeScale: value.octreeSizeScale,
    boundaryLevelAdjust: value.boundaryLevelAdjust,
    jsonParameters: {},
    jsonLength: (value.jsonParameters as Uint8Array).length,
    queryFlags: value.flags,
  }),
  SetAvatarTraits: (value: { version: number; traits: Array<{ type: number; data: Uint8Array }> }) => ({
    currentTraitVersion: value.version,
    traitVersion: value.version,
    skeletonModelURL: traitValue(value.traits[0]),
    skeletonData: value.traits[1] ? skeleton(value.traits[1].data) : [],
    traits: value.traits.map(trait),
  }),
  BulkAvatarTraits: (value: Value) => ({
    traitsSequenceNumber: value.sequence,
    avatarTraitsList: (value.avatars as Value[]).map((avatarTraits) => ({
      avatarID: avatarTraits.id,
      avatarTraits: (avatarTraits.traits as never as Array<{ type: number; version: number; data: Uint8Array }>).map(
        (given) => ({ type: given.type, version: given.version, value: traitValue(given) }),
      ),
    })),
  }),
  BulkAvatarTraitsAck: (sequence: number) => ({ traitsSequenceNumber: sequence, traitsSequence: sequence }),
  RequestsDomainListData: (isRequesting: boolean) => ({ isRequesting }),
  RadiusIgnoreRequest: (enabled: boolean) => ({ enabled }),
  PerAvatarGainSet: (value: Value) => ({ nodeID: value.nodeId, gain: decibels(value.gain) }),
  InjectorGainSet: (gain: number) => ({ gain: unpackGain(gain) }),
  NodeIgnoreRequest: selection,
  AudioSoloRequest: selection,
  NodeKickRequest: (value: Value) => ({ nodeID: value.nodeId, banFlags: value.banFlags }),
  NodeMuteRequest: (nodeID: string) => ({ nodeID }),
  UsernameFromIDRequest: (nodeID: string) => ({ nodeID }),
  UsernameFromIDReply: (value: Value) => ({ ...value, nodeID: value.nodeId }),
  MessagesSubscribe: (channel: string) => ({ channel }),
  MessagesUnsubscribe: (channel: string) => ({ channel }),
  MessagesData: (value: Value) => ({
    channel: value.channel,
    isText: Number(value.isText),
    message: value.isText ? Buffer.from(value.data).toString() : hexOf(value.data),
    data: Buffer.from(value.data).toString(),
    senderID: value.senderId,
  }),
  DomainList: (value: Value) => ({
    // The web SDK reads it backwards, in three groups.
    domainUUID: 'efcdab89-6745-2301-1032-547698badcfe',
    domainLocalID: value.domainLocalId,
    newUUID: value.sessionId,
    newLocalID: value.localId,
    newPermissions: value.permissions,
    isAuthenticated: value.isAuthenticated,
    connectRequestTimestamp: value.requestTime,
    domainServerPingSendTime: value.sentUs,
    domainServerCheckinProcessingTime: value.processingUs,
    newConnection: value.isNewConnection,
    nodes: (value.nodes as NodeRecord[]).map(node),
  }),
  DomainServerAddedNode: (value: NodeRecord) => node(value),
  DomainServerRemovedNode: (nodeUUID: string) => ({ nodeUUID }),
  DomainConnectionDenied: (value: Value) => ({
    reasonCode: value.reason,
    reasonMessage: value.text,
    extraInfo: value.extraInfo,
  }),
  DomainServerConnectionToken: (connectionToken: string) => ({ connectionToken }),
  DomainServerPathResponse: (value: Value) => ({ pathQuery: value.path, viewpoint: value.viewpoint }),
  Ping: (value: Value) => ({ pingType: value.type, timestamp: value.timeUs, connectionID: value.connectionId }),
  SelectedAudioFormat: (selectedCodecName: string) => ({ selectedCodecName }),
  NoisyMute: () => ({}),
  KillAvatar: (value: Value) => ({ sessionUUID: value.sessionId, reason: value.reason }),
  EntityData: (value: { sections: Array<Array<{ entities: EntityRecord[] }>> }) => ({
    records: value.sections.flatMap((section) => section.flatMap(({ entities }) => entities.map(entity))),
  }),
  EntityAdd: (value: Value) => ({ ...editHeader(value), edit: edit((value.edits as EntityEdit[])[0]) }),
  EntityEdit: (value: Value) => ({ ...editHeader(value), edits: (value.edits as EntityEdit[]).map(edit) }),
  EntityErase: (value: Value) => ({
    ...editHeader(value),
    flags: value.flags,
    ids: value.ids,
    count: (value.ids as string[]).length,
  }),
  EntityClone: (value: Value) => ({
    ...editHeader(value),
    entityIDToClone: value.originalId,
    newEntityID: value.newId,
  }),
  EntityQueryInitialResultsComplete: (sequence: number) => ({ sequence }),
  OctreeDataNack: (missing: number[]) => ({ missing }),
  EntityEditNack: (missing: number[]) => ({ missing }),
  OctreeStats: (value: Value) => ({
    start: value.startUs,
    end: value.endUs,
    elapsed: value.elapsedUs,
    totalEncodeTime: value.encodeUs,
    isFullScene: value.isFullScene,
    isMoving: value.isMoving,
    totalPackets: value.packetCount,
    totalBytes: value.byteCount,
    counters: Object.values(value.counters),
  }),
  AudioEnvironment: ({ reverb }: { reverb?: { time: number; wetLevel: number } }) => ({
    hasReverb: reverb !== undefined,
    reverbTime: reverb?.time,
    wetLevel: reverb?.wetLevel,
  }),
  AssetMappingOperation: (value: Value) => ({ messageID: value.messageId, ...(value.request as Fields) }),
  AssetMappingOperationReply: (value: Value) => ({
    messageID: value.messageId,
    error: value.error,
    hash: (value.result as Value).hash,
    wasRedirected: (value.result as Value).redirectedPath !== undefined,
  }),
  AssetGet: asset,
  AssetGetReply: asset,
  AssetGetInfo: asset,
  AssetGetInfoReply: asset,
  AssetUpload: asset,
  AssetUploadReply: asset,
  DomainSettingsRequest: (assignmentType: number) => ({ assignmentType }),
  DomainSettings: (json: string) => ({ json }),
};
