import { PrometheusMetrics, silentLogger } from '@app/runtime';
import { SeededRandom } from '@app/testing';
import {
  admitFrom,
  ByteReader,
  CODECS_TO_CLIENT,
  CODECS_TO_SERVER,
  Connection,
  type EntityEdit,
  type EntityRecord,
  PACKET_TYPES,
  PacketSecret,
  PacketSender,
  type WireValue,
} from '@app/vircadia';
import { packPose } from '@app/wire';
import type { EntityId } from '@app/world';
import type { GatewayKit } from '../../apps/gateway/test/gateway-kit.js';
import { GatewayMetrics } from '../../apps/gateway/src/gateway.metrics.js';
import { Link } from '../../apps/gateway/src/vircadia/peer/link.js';
import { VircadiaChannel } from '../../apps/gateway/src/vircadia/peer/vircadia-channel.js';
import { TRANSLATORS, type TranslatorGround } from '../../apps/gateway/src/vircadia/translate/translators.js';

const SECRET = new PacketSecret('00112233-4455-6677-8899-aabbccddeeff');
const OWN = { localId: 5, secret: SECRET };
const CLIENT = { localId: 300, secret: SECRET };
/** A packet takes between 5 and 25 ms over UDP, so that some overtake others; one in twenty is lost. */
const DELAY_MS = 5;
const JITTER_MS = 20;
const LOSS = 0.05;

/** What translators of one gateway stand on. */
export function vircadiaGround(kit: GatewayKit): TranslatorGround {
  return {
    clock: kit.clock,
    random: new SeededRandom(3),
    metrics: new GatewayMetrics(new PrometheusMetrics()),
    logger: silentLogger,
    gatewayId: 'gateway-a',
    avatarsOf: () => undefined,
    avatarUrl: '',
  } as unknown as TranslatorGround;
}

/** An entity as a client of Vircadia shows it. */
export interface ShownEntity {
  readonly type: string;
  lastEditedUs: number;
  readonly properties: Map<string, WireValue>;
}

/**
 * A client of Vircadia's protocol, as far as it talks to the entity server: native clients over a network that loses and
 * overtakes, web clients over one that does neither. It shows what real ones would: of each entity the newest record.
 */
export class VircadiaBuilder {
  readonly shown = new Map<EntityId, ShownEntity>();
  readonly sessionId: number;
  completeCount = 0;
  recordCount = 0;
  packetBytes = 0;
  private readonly erased = new Set<EntityId>();
  private readonly far: Connection;
  private readonly sender: PacketSender<typeof CODECS_TO_SERVER>;
  private sequence = 0;

  constructor(
    private readonly kit: GatewayKit,
    private readonly isWeb = false,
    ground = vircadiaGround(kit),
    seed = 1,
  ) {
    const { clock } = kit;
    const random = new SeededRandom(seed);
    const initial = (): number => random.nextUint32() & 0x7ff_ffff;
    const carry = (to: (bytes: Uint8Array) => void, datagram: Uint8Array): void => {
      const bytes = datagram.slice();
      if (isWeb) clock.after(DELAY_MS, () => to(bytes));
      else if (random.next() >= LOSS) clock.after(DELAY_MS + random.next() * JITTER_MS, () => to(bytes));
    };
    let channel: VircadiaChannel | undefined;
    const link = new Link('o', OWN, CLIENT, {
      initialSequence: initial,
      onHeard: () => undefined,
      onRefused: () => undefined,
      onPacket: (_link, type, packet, offset) => channel?.take('o', type, packet, offset, clock.nowMs()),
      onSendingRestarted: () => channel?.restartSending('o', clock.nowMs()),
      onDropped: () => undefined,
    });
    this.far = new Connection(
      {
        transmit: (datagram) => carry((bytes) => link.receive(bytes, clock.nowMs()), datagram),
        admit: (packet) => admitFrom(packet, OWN),
        deliver: (packet, offset) => this.hear(packet, offset),
        onSendingRestarted: () => undefined,
      },
      initial,
    );
    this.sender = new PacketSender(this.far, CODECS_TO_SERVER, CLIENT, 262_144);
    link.usePath({
      isWeb,
      address: '192.0.2.1',
      send: (datagram) => {
        this.packetBytes += datagram.length;
        carry((bytes) => this.far.receive(bytes, clock.nowMs()), datagram);
      },
      close: () => undefined,
    });
    const { sessionId } = kit.gateway.reserve('');
    this.sessionId = sessionId;
    kit.gateway.admit(
      {
        address: '192.0.2.1',
        openChannel: (handlers) => {
          const translators = { o: TRANSLATORS.o };
          const parts = { sessionId, world: 'main', links: new Map([['o' as const, link]]), translators, ground };
          return (channel = new VircadiaChannel(handlers, parts));
        },
        send: () => undefined,
        close: () => undefined,
        terminate: () => undefined,
      },
      {
        kind: 'hello',
        world: '',
        resumeToken: '',
        traits: { name: 'Vera', colour: 0, modelUrl: '' },
        pose: packPose({ position: { x: 0, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } }),
        agent: '',
      },
      sessionId,
    );
    channel?.activate('o', clock.nowMs());
    clock.every(10, () => {
      this.far.tick(clock.nowMs());
      link.tick(clock.nowMs());
      channel?.tick(clock.nowMs());
    });
    clock.every(500, () => channel?.realtime({ ping: { token: 1 } }));
  }

  /** Asks as clients do, every three seconds. */
  query(flags = 0): this {
    const ask = (): void => {
      const query = {
        connectionId: 1,
        views: [],
        packetsPerSecondMax: 600,
        octreeSizeScale: 1,
        boundaryLevelAdjust: 0,
        jsonParameters: new Uint8Array(0),
        flags,
      };
      this.sender.send('EntityQuery', query, this.kit.clock.nowMs());
    };
    ask();
    this.kit.clock.every(3_000, ask);
    return this;
  }

  edit(
    name: 'EntityAdd' | 'EntityEdit' | 'EntityPhysics',
    id: EntityId,
    properties: Readonly<Record<string, WireValue>>,
    type = 'Box',
  ): void {
    const edit: EntityEdit = {
      octalCode: Uint8Array.of(0),
      lastEditedUs: this.wallUs,
      id,
      type,
      updateDeltaUs: 0,
      properties: new Map(Object.entries(properties)),
    };
    this.sender.send(name, { ...this.header(), edits: [edit] }, this.kit.clock.nowMs());
  }

  erase(id: EntityId): void {
    this.sender.send('EntityErase', { ...this.header(), ids: [id] }, this.kit.clock.nowMs());
  }

  clone(originalId: EntityId, newId: EntityId): void {
    this.sender.send('EntityClone', { ...this.header(), originalId, newId }, this.kit.clock.nowMs());
  }

  /** What it shows of one entity. */
  see(id: EntityId): Record<string, WireValue> | undefined {
    const entity = this.shown.get(id);
    return entity && Object.fromEntries(entity.properties);
  }

  /** Entities that are there and not hidden. */
  get visible(): EntityId[] {
    return [...this.shown]
      .filter(([, { properties }]) => properties.get('visible') !== false)
      .map(([id]) => id)
      .sort();
  }

  private header(): { sequence: number; sentUs: number } {
    return { sequence: this.sequence++ & 0xffff, sentUs: this.wallUs };
  }

  private get wallUs(): number {
    return Math.floor(this.kit.clock.wallMs() * 1_000);
  }

  private hear(packet: Uint8Array, offset: number): void {
    const { name } = PACKET_TYPES[packet[0]];
    const reader = new ByteReader(packet, offset);
    if (name === 'EntityData') {
      const { sections } = CODECS_TO_CLIENT.EntityData.read(reader);
      for (const { entities } of sections.flat()) for (const record of entities) this.take(record);
    } else if (name === 'EntityErase' && !this.isWeb) {
      for (const id of CODECS_TO_CLIENT.EntityErase.read(reader).ids) {
        this.shown.delete(id);
        this.erased.add(id);
      }
    } else if (name === 'EntityQueryInitialResultsComplete') this.completeCount++;
  }

  /** Native clients never show again what was erased, and take no record that is older than what they have. */
  private take({ id, type, lastEditedUs, properties }: EntityRecord): void {
    this.recordCount++;
    if (this.erased.has(id)) return;
    const known = this.shown.get(id);
    if (!known) return void this.shown.set(id, { type, lastEditedUs, properties: new Map(properties) });
    if (lastEditedUs < known.lastEditedUs) return;
    known.lastEditedUs = lastEditedUs;
    for (const [name, value] of properties) known.properties.set(name, value);
  }
}
