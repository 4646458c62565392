import { describe, expect, it } from '@jest/globals';
import { NativeClient } from '../../../test/native-client.js';
import { VircadiaKit } from '../../../test/vircadia-kit.js';
import type { LinkType, VirtualNode } from '../domain/domain-nodes.js';
import { sessionOfUuid } from '../identity.js';
import type { PathEvents, PeerEntrance } from './packet-path.js';

/** A client on data channels: it opens those of nodes that it is told of, as the SDK does. */
class WebVisitor {
  readonly client = new NativeClient((type, datagram) => this.paths.get(type)?.onPacket(datagram));
  readonly closed: LinkType[] = [];
  isOver = false;
  private readonly paths = new Map<LinkType, PathEvents>();
  private readonly peer: PeerEntrance;

  constructor(private readonly kit: VircadiaKit) {
    this.client.nowMs = kit.gatewayKit.clock.nowMs();
    this.peer = kit.domain.enter({ address: '192.0.2.7', close: () => (this.isOver = true) });
    this.open('D');
  }

  open(type: LinkType): void {
    const path = {
      isWeb: true,
      address: '192.0.2.7',
      send: (datagram: Uint8Array) => this.client.receive(type, datagram.slice()),
      close: () => void this.closed.push(type),
    };
    this.paths.set(type, this.peer.attach(type, path));
  }

  openAll(): void {
    for (const type of this.client.nodes.keys()) this.open(type);
  }

  /** The channel ends by itself. */
  lose(type: VirtualNode): void {
    this.paths.get(type)?.onClosed();
  }

  leave(): void {
    this.peer.leave();
  }

  async pass(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 100) {
      await this.kit.pass(100);
      this.client.tick(this.kit.gatewayKit.clock.nowMs());
    }
  }
}

describe('A web client of Vircadia', () => {
  it('is told of a node anew when its channel to it has ended, and pinged there again', async () => {
    const kit = new VircadiaKit();
    const visitor = new WebVisitor(kit);
    const { client } = visitor;
    client.connect();
    visitor.openAll();
    await visitor.pass(500);
    expect(kit.translatorOf('M').calls).toEqual(['active']);
    visitor.lose('M');
    await visitor.pass(500);
    expect(client.domain.all('DomainServerRemovedNode')).toHaveLength(1);
    expect(client.domain.all('DomainServerAddedNode')).toHaveLength(1);
    expect(kit.translatorOf('M').calls).toEqual(['active']);
    client.nodes.delete('M');
    client.handle(client.domain, 'DomainServerAddedNode', client.domain.all('DomainServerAddedNode')[0]);
    visitor.open('M');
    await visitor.pass(500);
    expect(kit.translatorOf('M').calls).toEqual(['active', 'active']);
    expect(visitor.isOver).toBe(false);
  });

  it('is let in again at once when it checks in as somebody who is gone, and comes to all nodes anew', async () => {
    const kit = new VircadiaKit();
    const first = new WebVisitor(kit);
    first.client.connect();
    await first.pass(200);
    const before = first.client.list;
    first.leave();
    await kit.pass(100);
    expect(kit.listed).toEqual([]);

    const again = new WebVisitor(kit);
    again.client.domain.sender.identity = { localId: before?.localId ?? 0 };
    again.client.checkIn();
    const { list } = again.client;
    expect(list).toMatchObject({ domainId: before?.domainId, isNewConnection: false });
    expect(list?.sessionId).not.toBe(before?.sessionId);
    const ids = (nodes: readonly { id: string }[] = []): string[] => nodes.map(({ id }) => id);
    expect(ids(list?.nodes)).toHaveLength(6);
    expect(ids(list?.nodes).filter((id) => ids(before?.nodes).includes(id))).toEqual([]);
    await again.pass(200);
    expect(kit.listed).toEqual([sessionOfUuid(list?.sessionId ?? '')]);
    // From then on it checks in as who it is now.
    again.client.checkIn();
    expect(again.client.list?.sessionId).toBe(list?.sessionId);
    expect(again.client.lists).toHaveLength(2);
  });

  it('gets no list for a check-in that cannot be read', async () => {
    const kit = new VircadiaKit();
    const visitor = new WebVisitor(kit);
    visitor.client.domain.connection.sendUnreliable(new Uint8Array([0, 0, 0, 0, 13, 23, 7, 0, 1]));
    await visitor.pass(1_100);
    expect(visitor.client.lists).toEqual([]);
    expect(kit.drops.get('vircadia-malformed')).toBe(1);
    expect(visitor.isOver).toBe(false);
  });
});
