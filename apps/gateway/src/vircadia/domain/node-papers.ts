import { randomUUID } from 'node:crypto';
import { type NodeRecord, PacketSecret, type SocketAddress } from '@app/vircadia';
import type { SessionId } from '@app/world';
import { uuidsOfNodes } from '../identity.js';
import { VIRTUAL_NODES, type VirtualNode } from './domain-nodes.js';
import { localIdOf } from './local-ids.js';

/** One node as one client knows it. None of it changes as long as the client is here (trap 9). */
export class NodePaper {
  private known: PacketSecret | undefined;

  constructor(readonly record: NodeRecord) {}

  /** Ready to be used, which most of those who knock never do. */
  get secret(): PacketSecret {
    return (this.known ??= new PacketSecret(this.record.secret));
  }
}

/** What a client is given when it comes. */
export interface ClientPapers {
  readonly sessionId: SessionId;
  readonly world: string;
  readonly localId: number;
  /** Bits of Permission. */
  readonly permissions: number;
  readonly nodes: ReadonlyMap<VirtualNode, NodePaper>;
}

/** Where a client is told to reach a node: from afar, and from the same network. */
export interface NodeSockets {
  readonly publicSocket: SocketAddress;
  readonly localSocket: SocketAddress;
}

/** @param socketsOf  of a node */
export function nodePapers(
  world: string,
  gatewayId: string,
  sessionId: SessionId,
  socketsOf: (node: VirtualNode) => NodeSockets,
): Map<VirtualNode, NodePaper> {
  const idOf = uuidsOfNodes(world, gatewayId, sessionId);
  return new Map(
    VIRTUAL_NODES.map((node) => [
      node,
      new NodePaper({
        type: node,
        id: idOf(node),
        ...socketsOf(node),
        permissions: 0,
        isReplicated: false,
        localId: localIdOf(node),
        secret: randomUUID(),
      }),
    ]),
  );
}
