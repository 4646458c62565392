import { subjectOf } from '@app/broker';
import { SeededRandom } from '@app/testing';
import { decodeMessage, encodeMessage } from '@app/wire';
import type { EntityProperties } from '@app/world';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EntityStage, type StagedServer } from '../../apps/entity-server/test/entity-stage.js';
import { GatewayKit, type FakeTransport, type SimClient } from '../../apps/gateway/test/gateway-kit.js';
import { EntityView } from '../../web/sdk/src/entities/entity-view.js';
import { RequestNumbers } from '../../web/sdk/src/request-numbers.js';

// The whole way of an edit and of its news, on a virtual clock: the SDK's view, a gateway, entity-servers, their log.

const at = (x: number, z = 0): EntityProperties => ({ position: { x, y: 0, z } });

/** A person with the SDK's view of entities, connected to the gateway without a browser. */
class Builder {
  readonly view: EntityView;
  private transport: FakeTransport | undefined;
  private taken = 0;

  constructor(
    private readonly kit: GatewayKit,
    private client: SimClient,
  ) {
    this.view = new EntityView({
      clock: kit.clock,
      numbers: new RequestNumbers(),
      rttMs: () => 0,
      ownId: () => this.client.sessionId,
    });
    kit.clock.every(500, () => this.client.events.onPong());
    kit.clock.every(5, () => this.pump());
  }

  static async enter(kit: GatewayKit): Promise<Builder> {
    const builder = new Builder(kit, await kit.client().enter());
    builder.attach(true, false);
    return builder;
  }

  /** Loses the connection and comes back as the same session. */
  async comeBack(awayMs: number): Promise<void> {
    this.view.detach();
    this.transport = undefined;
    this.client.events.onClosed(true);
    await this.kit.clock.advanceAsync(awayMs);
    this.client = await this.kit.client().enter({ resumeToken: this.client.token });
    this.attach(true, true);
  }

  private attach(isNewStay: boolean, isResumed: boolean): void {
    const { transport } = this.client;
    this.transport = transport;
    this.taken = transport.reliable.length;
    this.view.attach({
      isNewStay,
      isResumed,
      sendReliable: (bytes) => (transport.events.onReliable(bytes), true),
      sendRealtime: (bytes) => (transport.events.onRealtime(bytes), true),
    });
  }

  private pump(): void {
    const { transport } = this;
    if (!transport) return;
    for (; this.taken < transport.reliable.length; this.taken++) {
      const bytes = encodeMessage('ServerReliable', transport.reliable[this.taken]);
      this.view.handle(decodeMessage('ServerReliable', bytes));
    }
  }

  /** What is known, by id: revision and properties. */
  get known(): Record<string, unknown> {
    const sorted = [...this.view].sort((a, b) => (a.id < b.id ? -1 : 1));
    return Object.fromEntries(sorted.map(({ id, type, revision, properties }) => [id, { type, revision, properties }]));
  }
}

let stage: EntityStage;
let kit: GatewayKit;

async function startServer(name: string): Promise<StagedServer> {
  const server = await stage.start(name);
  server.broker.subscribe(subjectOf('entityInterest', { world: 'main' }), ({ data }) =>
    server.actor.handleInterest('main', decodeMessage('EntityInterestTable', Uint8Array.from(data))),
  );
  return server;
}

/** What a server knows, by id. */
function truthOf(name: string): Record<string, unknown> {
  const world = stage.servers.get(name)?.actor.world('main')?.open?.replica.world;
  const sorted = [...(world?.entities() ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));
  return Object.fromEntries(sorted.map(({ id, type, revision, properties }) => [id, { type, revision, properties }]));
}

beforeEach(async () => {
  stage = new EntityStage();
  kit = new GatewayKit(10, 'nobody', stage.clock, stage.bus);
  await startServer('entity-server-a');
});

afterEach(async () => {
  for (const name of [...stage.servers.keys()]) await stage.kill(name);
});

describe('building together', () => {
  it('shows each what the other does, and undoes only what is one’s own', async () => {
    const [ada, ben] = [await Builder.enter(kit), await Builder.enter(kit)];
    await stage.clock.advanceAsync(1_000);
    expect([ada.view.isEverything, ben.view.isEverything]).toEqual([true, true]);
    const id = await stage.during(ada.view.add('Box', { name: 'crate', ...at(1) }));
    await stage.during(ada.view.add('Light', { parentID: id }));
    await stage.clock.advanceAsync(300);
    expect(ben.known).toEqual(truthOf('entity-server-a'));
    expect(ben.view.get(id)?.createdBy.name).toBe('Ada');
    await stage.during(ada.view.change(id, { name: 'box', visible: false }));
    await stage.during(ben.view.change(id, { name: "Ben's" }));
    await stage.clock.advanceAsync(300);
    await stage.during(ada.view.history.undo());
    await stage.clock.advanceAsync(300);
    expect(ada.view.get(id)?.properties).toEqual({ name: "Ben's", ...at(1) });
    await stage.during(ben.view.erase(id));
    await stage.clock.advanceAsync(300);
    expect([ada.view.size, ben.view.size]).toEqual([0, 0]);
  });

  it('says which edit and which property was wrong, and does nothing of it', async () => {
    const ada = await Builder.enter(kit);
    const position = { x: 1, y: 'up', z: 0 } as unknown as EntityProperties;
    const asked = ada.view.edit([
      { kind: 'add', type: 'Box' },
      { kind: 'add', type: 'Box', properties: { position } },
    ]);
    await expect(stage.during(asked)).rejects.toMatchObject({ code: 'edit-invalid', editIndex: 1 });
    await expect(asked).rejects.toHaveProperty('field', expect.stringContaining('position'));
    await stage.clock.advanceAsync(300);
    expect(truthOf('entity-server-a')).toEqual({});
  });

  it('tells who comes back only what has changed meanwhile', async () => {
    const [ada, ben] = [await Builder.enter(kit), await Builder.enter(kit)];
    const boxes = Array.from(
      { length: 500 },
      (_, x) => ({ kind: 'add', type: 'Box', properties: at(x / 10) }) as const,
    );
    const { results } = await stage.during(ben.view.edit(boxes));
    await stage.clock.advanceAsync(2_000);
    expect(ada.view.size).toBe(500);
    let added = 0;
    ada.view.on('added', () => added++);
    const back = ada.comeBack(3_000);
    await stage.during(ben.view.change(results[0].id, { name: 'changed' }));
    await stage.during(ben.view.erase(results[1].id));
    await stage.during(back);
    await stage.clock.advanceAsync(2_000);
    expect(ada.known).toEqual(truthOf('entity-server-a'));
    expect([added, ada.view.isEverything]).toEqual([0, true]);
  });

  it('goes on when an entity-server is killed: each edit is done once, and everybody sees the same', async () => {
    await startServer('entity-server-b');
    await stage.clock.advanceAsync(3_000);
    const builders = [await Builder.enter(kit), await Builder.enter(kit), await Builder.enter(kit)];
    await stage.clock.advanceAsync(1_000);
    const random = new SeededRandom(5);
    const asked: Promise<unknown>[] = [];
    let done = 0;
    for (let round = 0; round < 120; round++) {
      const builder = builders[random.nextUint32() % 3];
      const work = builder.view.add('Box', { ...at(round / 10), name: `box ${round}` });
      asked.push(work.then(() => done++));
      if (round === 60) await stage.kill('entity-server-a');
      await stage.clock.advanceAsync(50);
    }
    await stage.during(Promise.all(asked));
    await stage.clock.advanceAsync(3_000);
    const truth = truthOf('entity-server-b');
    const names = Object.values(truth).map((entity) => (entity as { properties: { name: string } }).properties.name);
    expect(new Set(names).size).toBe(120);
    expect(names).toHaveLength(120);
    expect(done).toBe(120);
    for (const builder of builders) expect(builder.known).toEqual(truth);
  });

  it('keeps its promises to a slow connection: nothing grows, and in the end everything is known', async () => {
    const ada = await Builder.enter(kit);
    const text = 'x'.repeat(2_000);
    const signs = Array.from({ length: 100 }, () => ({ kind: 'add', type: 'Text', properties: { text } }) as const);
    const ben = await Builder.enter(kit);
    const slow = kit.transports[0];
    slow.reliableWaitingBytes = 1_000_000;
    for (let round = 0; round < 6; round++) {
      await stage.during(ben.view.edit(signs));
      // As fast as one builder may.
      await stage.clock.advanceAsync(2_000);
    }
    expect(ada.view.size).toBe(0);
    slow.reliableWaitingBytes = 0;
    await stage.clock.advanceAsync(3_000);
    expect(ada.known).toEqual(truthOf('entity-server-a'));
    expect(ada.view.size).toBe(600);
  });

  it('brings a large world over a slow connection without ever beginning anew', async () => {
    const ben = await Builder.enter(kit);
    const text = 'x'.repeat(1_000);
    for (let round = 0; round < 60; round++) {
      const signs = Array.from(
        { length: 100 },
        (_, index) => ({ kind: 'add', type: 'Text', properties: { text, ...at(round * 10 + index / 10) } }) as const,
      );
      await stage.during(ben.view.edit(signs));
      await stage.clock.advanceAsync(1_000);
    }
    const ada = await Builder.enter(kit);
    const slow = kit.transports[kit.transports.length - 1];
    let waitingMax = 0;
    let resets = 0;
    const send = slow.sendReliable.bind(slow);
    slow.sendReliable = (message) => {
      slow.reliableWaitingBytes += message.length;
      waitingMax = Math.max(waitingMax, slow.reliableWaitingBytes);
      send(message);
    };
    ada.view.on('reset', () => resets++);
    // 4 Mbit/s: each ms takes 500 bytes of what waits.
    stage.clock.every(1, () => {
      slow.reliableWaitingBytes = Math.max(0, slow.reliableWaitingBytes - 500);
    });
    ada.view.setInterest({ radiusM: 2_000 });
    await stage.clock.advanceAsync(5_000);
    expect(ada.view.size).toBeLessThan(4_000);
    expect(ada.view.size).toBeGreaterThan(1_000);
    await stage.clock.advanceAsync(12_000);
    expect(ada.view.size).toBe(6_000);
    expect([resets, ada.view.isEverything]).toEqual([1, true]);
    expect(waitingMax).toBeLessThan(120_000);
  });
});
