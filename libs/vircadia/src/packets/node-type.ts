/** What a node of a domain is (specification D.2): the character that stands for it on every wire. */
export const NodeType = {
  DomainServer: 'D',
  EntityServer: 'o',
  Agent: 'I',
  AudioMixer: 'M',
  AvatarMixer: 'W',
  AssetServer: 'A',
  MessagesMixer: 'm',
  EntityScriptServer: 'S',
  UpstreamAudioMixer: 'B',
  UpstreamAvatarMixer: 'C',
  DownstreamAudioMixer: 'a',
  DownstreamAvatarMixer: 'w',
  Unassigned: '\u0001',
} as const;

/** Types of which a client accepts one node only: a new one takes the place of the old one. */
export const SOLO_NODE_TYPES: readonly string[] = [
  NodeType.AvatarMixer,
  NodeType.AudioMixer,
  NodeType.AssetServer,
  NodeType.EntityServer,
  NodeType.MessagesMixer,
  NodeType.EntityScriptServer,
];
