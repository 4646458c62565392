import type { Codec } from '../coding/codec.js';
import { readSocketAddress, type SocketAddress, writeSocketAddress } from '../coding/socket-address.js';

/** Bytes of a DomainList before its nodes, and of a node with addresses of IPv4 (specification D.5). */
export const DOMAIN_LIST_HEADER_BYTES = 66;
export const NODE_RECORD_BYTES = 56;

/** A node as a client is told of it. */
export interface NodeRecord {
  /** A NodeType. */
  readonly type: string;
  /** Must stay the same as long as the node is the same, like all that follows (trap 9). */
  readonly id: string;
  readonly publicSocket: SocketAddress;
  readonly localSocket: SocketAddress;
  /** Bits of Permission. */
  readonly permissions: number;
  readonly isReplicated: boolean;
  readonly localId: number;
  /** The secret of this client and this node, a UUID. */
  readonly secret: string;
}

/** The answer to both requests of a client. A long one is sent as several, each with all of the header. */
export interface DomainList {
  readonly domainId: string;
  readonly domainLocalId: number;
  /** The client's own. */
  readonly sessionId: string;
  readonly localId: number;
  /** Bits of Permission. */
  readonly permissions: number;
  /** Whether packets have hashes. */
  readonly isAuthenticated: boolean;
  /** What the request said. */
  readonly requestTime: number;
  readonly sentUs: number;
  /** How long the request took to answer. */
  readonly processingUs: number;
  /** Whether it answers a DomainConnectRequest. */
  readonly isNewConnection: boolean;
  readonly nodes: readonly NodeRecord[];
}

/** The payload of a DomainServerAddedNode, and a part of each DomainList. */
export const NodeRecord: Codec<NodeRecord> = {
  read: (reader) => ({
    type: String.fromCharCode(reader.u8('node type')),
    id: reader.uuid('node id'),
    publicSocket: readSocketAddress(reader, 'public socket'),
    localSocket: readSocketAddress(reader, 'local socket'),
    permissions: reader.u32BE('permissions'),
    isReplicated: reader.bool('is replicated'),
    localId: reader.u16BE('local id'),
    secret: reader.uuid('secret'),
  }),
  write(writer, node) {
    writer.u8(node.type.charCodeAt(0), 'node type');
    writer.uuid(node.id, 'node id');
    writeSocketAddress(writer, node.publicSocket, 'public socket');
    writeSocketAddress(writer, node.localSocket, 'local socket');
    writer.u32BE(node.permissions, 'permissions');
    writer.bool(node.isReplicated, 'is replicated');
    writer.u16BE(node.localId, 'local id');
    writer.uuid(node.secret, 'secret');
  },
};

export const DomainList: Codec<DomainList> = {
  read(reader) {
    const header = {
      domainId: reader.uuid('domain id'),
      domainLocalId: reader.u16BE('domain local id'),
      sessionId: reader.uuid('session id'),
      localId: reader.u16BE('local id'),
      permissions: reader.u32BE('permissions'),
      isAuthenticated: reader.bool('is authenticated'),
      requestTime: reader.u64BE('request time'),
      sentUs: reader.u64BE('sent'),
      processingUs: reader.u64BE('processing'),
      isNewConnection: reader.bool('new connection'),
    };
    const nodes: NodeRecord[] = [];
    while (reader.remainingBytes > 0) nodes.push(NodeRecord.read(reader));
    return { ...header, nodes };
  },
  write(writer, list) {
    writer.uuid(list.domainId, 'domain id');
    writer.u16BE(list.domainLocalId, 'domain local id');
    writer.uuid(list.sessionId, 'session id');
    writer.u16BE(list.localId, 'local id');
    writer.u32BE(list.permissions, 'permissions');
    writer.bool(list.isAuthenticated, 'is authenticated');
    writer.u64BE(list.requestTime, 'request time');
    writer.u64BE(list.sentUs, 'sent');
    writer.u64BE(list.processingUs, 'processing');
    writer.bool(list.isNewConnection, 'new connection');
    for (const node of list.nodes) NodeRecord.write(writer, node);
  },
};
