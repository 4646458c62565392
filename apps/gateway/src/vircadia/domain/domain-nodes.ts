import { NodeType } from '@app/vircadia';

/** What a client speaks with: the domain itself, and the nodes that the domain tells it of. */
export type LinkType = 'D' | VirtualNode;

/** The nodes that a gateway plays for each client. */
export type VirtualNode = 'M' | 'W' | 'o' | 'm' | 'A' | 'S';

/** In the order of their ports: the first one's is two above the domain's, the next one's three above it, … */
export const VIRTUAL_NODES: readonly VirtualNode[] = [
  NodeType.AudioMixer,
  NodeType.AvatarMixer,
  NodeType.EntityServer,
  NodeType.MessagesMixer,
  NodeType.AssetServer,
  NodeType.EntityScriptServer,
];

/** The domain's and all nodes'. */
export const LINK_TYPES: readonly LinkType[] = [NodeType.DomainServer, ...VIRTUAL_NODES];

export function isLinkType(text: string): text is LinkType {
  return (LINK_TYPES as readonly string[]).includes(text);
}

/** @param domainPort  `vircadiaPort` @returns  the UDP port of a link */
export function portOf(type: LinkType, domainPort: number): number {
  return type === 'D' ? domainPort : domainPort + 2 + VIRTUAL_NODES.indexOf(type);
}
