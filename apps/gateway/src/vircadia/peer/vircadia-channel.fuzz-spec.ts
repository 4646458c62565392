import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrometheusMetrics, silentLogger } from '@app/runtime';
import { SeededRandom, SimClock } from '@app/testing';
import {
  CODECS_TO_CLIENT,
  CODECS_TO_SERVER,
  type Codec,
  Connection,
  type MessagePart,
  PACKET_TYPES,
  PacketSecret,
  PacketType,
  type PacketTypeName,
  admitFrom,
  datagramOf,
  messageParts,
  payloadBytesMax,
} from '@app/vircadia';
import { WireError, decodeMessage } from '@app/wire';
import { type SessionId } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf, PACKET_VECTORS, VECTORS as ALL_VECTORS } from '../../../../../libs/vircadia/test/vectors.js';
import { GatewayMetrics } from '../../gateway.metrics.js';
import { AssetRefusal } from '../assets/asset-client.js';
import { AssetDesk } from '../assets/asset-desk.js';
import { VIRTUAL_NODES, type VirtualNode } from '../domain/domain-nodes.js';
import { localIdOf } from '../domain/local-ids.js';
import { TRANSLATORS } from '../translate/translators.js';
import { Link, type LinkHost } from './link.js';
import { readerOf } from './packet-reader.js';
import { CHANNEL_TICK_MS, VircadiaChannel } from './vircadia-channel.js';

const SESSION = 7 as SessionId;
/** Whose packets the vectors are. */
const CLIENT = 0x1234;
/** Packets that one step may bring about: a whole world's worth of one look. */
const PACKETS_PER_STEP_MAX = 4_000;
/** What a channel may keep for a client that takes nothing. */
const WAITING_BYTES_MAX = 32 * 1_048_576;

/** An asset-server that has nothing and takes nothing. */
const nothing = (): Promise<never> => Promise.reject(new AssetRefusal(404));
const NO_FILES = {
  sizeOf: nothing,
  open: nothing,
  hashAt: nothing,
  list: nothing,
  put: nothing,
  delete: nothing,
  upload: nothing,
};

/** The client's end of one link, and our own. */
class Wire implements LinkHost {
  readonly link: Link;
  readonly far: Connection;
  private readonly secret = new PacketSecret('00112233-4455-6677-8899-aabbccddeeff');
  packetsToClient = 0;
  /** The client says nothing, not even that it has got something. */
  isDeaf = false;

  constructor(
    readonly node: VirtualNode,
    isWeb: boolean,
    private readonly desk: Desk,
  ) {
    const own = { localId: localIdOf(node), secret: this.secret };
    const client = { localId: CLIENT, secret: this.secret };
    this.link = new Link(node, own, client, this);
    this.far = new Connection(
      {
        transmit: (datagram) => {
          if (!this.isDeaf) this.link.receive(datagram, desk.clock.nowMs());
        },
        admit: (packet) => admitFrom(packet, own),
        deliver: (packet, payloadOffset) => this.read(packet, payloadOffset),
        onSendingRestarted: () => undefined,
      },
      () => this.initialSequence(),
    );
    this.link.usePath({
      isWeb,
      address: '192.0.2.1',
      send: (datagram) => {
        this.packetsToClient++;
        const bytes = datagram.slice();
        // Not from within: a network takes its time.
        if (!this.isDeaf) this.desk.clock.after(1, () => this.far.receive(bytes, this.desk.clock.nowMs()));
      },
      close: () => undefined,
    });
  }

  /** The client sends a payload as its type travels; what does not fit into a packet goes as a message. */
  say(name: PacketTypeName, payload: Uint8Array): void {
    const type = PacketType[name];
    const identity = { localId: CLIENT, secret: this.secret };
    const nowMs = this.desk.clock.nowMs();
    const { delivery } = PACKET_TYPES[type];
    const isLong = payload.length > payloadBytesMax(type);
    if (delivery === 'message' || isLong) {
      this.far.sendMessage(messageParts(type, identity, payload), nowMs);
      return;
    }
    const datagram = datagramOf(type, identity, (writer) => writer.bytes(payload, 'payload'));
    if (delivery === 'reliable') this.far.sendReliable(datagram, nowMs);
    else this.far.sendUnreliable(datagram);
  }

  tick(nowMs: number): void {
    this.link.tick(nowMs);
    this.far.tick(nowMs);
  }

  /** What clients are sent, they can read. */
  private read(packet: Uint8Array, payloadOffset: number): void {
    const codec = (CODECS_TO_CLIENT as unknown as Record<string, Codec<unknown> | undefined>)[
      PACKET_TYPES[packet[0]].name
    ];
    codec?.read(readerOf(packet, payloadOffset));
  }

  initialSequence(): number {
    return this.desk.random.nextUint32() & 0x7ff_ffff;
  }
  onHeard(): void {}
  onRefused(): void {}
  onPacket(_link: Link, name: PacketTypeName, packet: Uint8Array, payloadOffset: number): void {
    this.desk.channel.take(this.node, name, packet, payloadOffset, this.desk.clock.nowMs());
  }
  onPart(_link: Link, name: PacketTypeName, part: MessagePart, packet: Uint8Array, payloadOffset: number): boolean {
    return this.desk.channel.takePart(this.node, name, part, packet, payloadOffset, this.desk.clock.nowMs());
  }
  onSendingRestarted(): void {
    this.desk.channel.restartSending(this.node, this.desk.clock.nowMs());
  }
  onDropped(): void {}
}

/** A web or a native client with its channel, and everybody who translates for it. */
class Desk {
  readonly clock = new SimClock(1_000);
  readonly random = new SeededRandom(3);
  readonly wires: readonly Wire[];
  readonly channel: VircadiaChannel;
  readonly failures: unknown[] = [];

  constructor(isWeb: boolean) {
    this.wires = VIRTUAL_NODES.map((node) => new Wire(node, isWeb, this));
    const logger = { ...silentLogger, error: ({ err }: { err: unknown }) => void this.failures.push(err) };
    const handlers = {
      onUp: () => undefined,
      onDown: () => undefined,
      onGaveUp: () => undefined,
      onVoice: ({ sequence, timestamp }: { sequence: number; timestamp: number }) =>
        expect([sequence & 0xffff, timestamp >>> 0]).toEqual([sequence, timestamp]),
      onReliable: (message: Uint8Array) => void decodeMessage('ClientReliable', message),
      onRealtime: (message: Uint8Array) => void decodeMessage('ClientRealtime', message),
      onOverflow: () => undefined,
      onEars: (pose: Uint8Array) => expect(pose).toHaveLength(16),
      onDetail: () => undefined,
      onSoundChanged: () => undefined,
    };
    this.channel = new VircadiaChannel(handlers, {
      sessionId: SESSION,
      world: 'main',
      links: new Map(this.wires.map(({ node, link }) => [node, link])),
      translators: TRANSLATORS,
      ground: {
        clock: this.clock,
        random: this.random,
        metrics: new GatewayMetrics(new PrometheusMetrics()),
        logger: logger as typeof silentLogger,
        gatewayId: 'gateway-a',
        assets: new AssetDesk(NO_FILES, this.clock, () => 'ticket', true),
      },
    });
    this.channel.start();
    this.activate();
  }

  activate(): void {
    for (const { node } of this.wires) this.channel.activate(node, this.clock.nowMs());
  }

  pass(ticks: number): void {
    for (let tick = 0; tick < ticks; tick++) {
      this.clock.advance(CHANNEL_TICK_MS);
      for (const wire of this.wires) wire.tick(this.clock.nowMs());
      this.channel.tick(this.clock.nowMs());
    }
  }

  get packetsToClient(): number {
    return this.wires.reduce((sum, wire) => sum + wire.packetsToClient, 0);
  }

  /** Does something, and looks whether everything is as it should be. */
  do(step: (desk: Desk) => void): void {
    const before = this.packetsToClient;
    step(this);
    this.pass(1);
    // What a role of ours says may be wrong in itself, and is dropped then.
    expect(this.failures.filter((error) => !(error instanceof WireError))).toEqual([]);
    for (const { far } of this.wires) expect(far.counts).toMatchObject({ malformed: 0, refused: 0 });
    expect(this.packetsToClient - before).toBeLessThan(PACKETS_PER_STEP_MAX);
    expect(this.channel.reliableWaitingBytes).toBeLessThan(WAITING_BYTES_MAX);
  }
}

type Step = (desk: Desk) => void;

/** Bytes with others at a few places, cut or lengthened. */
function changed(bytes: Uint8Array, list: readonly (readonly [number, number])[], longer: number): Uint8Array {
  const copy = new Uint8Array(Math.max(0, bytes.length + (Math.abs(longer) < 15 ? 0 : longer)));
  copy.set(bytes.subarray(0, copy.length));
  for (const [at, value] of list) if (copy.length > 0) copy[at % copy.length] = value;
  return copy;
}

const NAMES = Object.keys(CODECS_TO_SERVER) as PacketTypeName[];
const VECTORS = PACKET_VECTORS.filter(({ fields }) => fields.payloadOffset !== undefined).map((vector) => ({
  name: vector.packetType as PacketTypeName,
  payload: bytesOf(vector).subarray(vector.fields.payloadOffset),
}));

interface Golden {
  readonly message: string;
  readonly hex: string;
}
const GOLDEN = JSON.parse(readFileSync(join(process.cwd(), 'proto/vectors/client.json'), 'utf8')) as readonly Golden[];
const golden = (message: string): Uint8Array[] => GOLDEN.filter((one) => one.message === message).map(bytesOf);

const anyWire = fc.nat(VIRTUAL_NODES.length - 1);
const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 });
const sayTo = (desk: Desk, wire: number, name: PacketTypeName, payload: Uint8Array): void => {
  // The node that it is for, and sometimes another one.
  for (const one of wire === 0 ? desk.wires : [desk.wires[wire]]) one.say(name, payload);
};

/** Real packets as they are, changed, and as what they are not. */
const packetStep: fc.Arbitrary<Step> = fc
  .tuple(
    fc.constantFrom(...VECTORS),
    fc.constantFrom(...NAMES),
    fc.nat(9),
    changes,
    fc.integer({ min: -20, max: 20 }),
    anyWire,
  )
  .map(([{ name, payload }, other, lot, list, longer, wire]) => (desk) => {
    const bytes = lot > 4 ? payload : changed(payload, list, longer);
    sayTo(desk, lot > 2 ? 0 : wire, name in CODECS_TO_SERVER && lot > 0 ? name : other, bytes);
  });
/** Whole datagrams of the specification, all of them, as they are and changed. */
const datagramStep: fc.Arbitrary<Step> = fc
  .tuple(
    fc.constantFrom(...ALL_VECTORS.map(bytesOf)),
    anyWire,
    fc.boolean(),
    changes,
    fc.integer({ min: -20, max: 20 }),
  )
  .map(([datagram, wire, isChanged, list, longer]) => (desk) => {
    const bytes = isChanged ? changed(datagram, list, longer) : datagram.slice();
    desk.wires[wire].link.receive(bytes, desk.clock.nowMs());
    // It was only lent.
    bytes.fill(0xee);
  });
const noiseStep: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom(...NAMES), fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 20 }))
  .map(([name, piece, times]) => (desk) => {
    const bytes = new Uint8Array(piece.length * times ** 2);
    for (let at = 0; at < bytes.length; at += piece.length) bytes.set(piece, at);
    sayTo(desk, 0, name, bytes);
  });

/** What a session is told, changed but so that it can still be read. */
const messageStep = (message: 'ServerReliable' | 'ServerRealtime', via: 'sendReliable' | 'sendRealtime') =>
  fc.tuple(fc.constantFrom(...golden(message)), changes).map(([bytes, list]): Step => (desk) => {
    const encoded = changed(bytes, list, 0);
    try {
      decodeMessage(message, encoded);
    } catch {
      return;
    }
    desk.channel[via](encoded);
  });

const otherStep: fc.Arbitrary<Step> = fc.oneof(
  fc.integer({ min: 1, max: 300 }).map(
    (ticks): Step =>
      (desk) =>
        desk.pass(ticks),
  ),
  fc.nat(5).map(
    (wire): Step =>
      (desk) =>
        (desk.wires[wire].isDeaf = !desk.wires[wire].isDeaf),
  ),
  fc.constantFrom<Step>(
    (desk) => desk.activate(),
    (desk) => void desk.channel.sendMix('audio-mixer-a' as never, 5, new Uint8Array(960).fill(3), 480),
    (desk) => desk.wires.forEach(({ far }) => far.restartSending()),
  ),
);

const step = fc.oneof(
  { arbitrary: packetStep, weight: 8 },
  { arbitrary: datagramStep, weight: 2 },
  { arbitrary: noiseStep, weight: 1 },
  { arbitrary: messageStep('ServerReliable', 'sendReliable'), weight: 3 },
  { arbitrary: messageStep('ServerRealtime', 'sendRealtime'), weight: 2 },
  { arbitrary: otherStep, weight: 3 },
);

describe('The channel of a Vircadia client, with everybody who translates for it', () => {
  it.each([true, false])('takes every packet of the specification as it is (web: %s)', (isWeb) => {
    const desk = new Desk(isWeb);
    for (const { name, payload } of VECTORS) {
      if (name in CODECS_TO_SERVER) desk.do(() => sayTo(desk, 0, name, payload));
    }
    desk.pass(100);
    expect(desk.failures).toEqual([]);
    desk.channel.close();
  });

  it('takes or refuses what comes, in whatever order, and never fails', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { maxLength: 60, size: 'max' }), (isWeb, steps) => {
        const desk = new Desk(isWeb);
        for (const work of steps) desk.do(work);
        desk.channel.close();
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 100) },
    );
  }, 60_000);
});
