import {
  ByteReader,
  ByteWriter,
  CODECS_TO_CLIENT,
  CODECS_TO_SERVER,
  type Codec,
  type EntityQuery,
  type EntityRecord,
  type PacketTypeName,
  type PayloadOf,
} from '@app/vircadia';
import { decodeMessage, encodeMessage, entityIdToBytes, type MessageFields, packProperties } from '@app/wire';
import { SeededRandom, type SimClock } from '@app/testing';
import type { EntityId, EntityProperties } from '@app/world';
import { makeEntityTranslator } from './entities-translator.js';
import type { NodePort, SessionPort, Translator } from '../translator.js';
import type { TranslatorGround } from '../translators.js';

export const OWN_SESSION = 7;
export const BOX = '11111111-2222-4333-8444-555555555555';

/** An id of a test. */
export const idOf = (number: number): EntityId => `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

/** Ground for translators of one gateway of a test. */
export function groundOf(clock: SimClock, drops: string[] = []): TranslatorGround {
  return {
    clock,
    random: new SeededRandom(1),
    metrics: { countDrop: (reason: string) => void drops.push(reason) },
    gatewayId: 'gateway-1',
  } as unknown as TranslatorGround;
}

/** A packet that the client got. */
export interface Told {
  readonly name: PacketTypeName;
  readonly value: unknown;
  readonly isReliable: boolean;
}

/** The translator of one client, with the client's and the session's end played by a test. */
export class TranslatorBench {
  readonly asked: MessageFields<'ClientReliable'>[] = [];
  readonly moved: MessageFields<'ClientRealtime'>[] = [];
  readonly told: Told[] = [];
  readonly translator: Translator;
  /** Reliable packets that the client has not acknowledged. */
  pending = 0;
  isFull = false;
  private request = 0;
  private revision = 0;
  private sequence = 0;

  constructor(
    readonly clock: SimClock,
    readonly isWeb: boolean,
    readonly drops: string[] = [],
    ground = groundOf(clock, drops),
    /** What the session does with what it is asked for. */
    private readonly answer: (message: MessageFields<'ClientReliable'>) => void = () => undefined,
  ) {
    this.translator = makeEntityTranslator(this.port(), this.session(), ground);
    this.translator.onActive?.(clock.nowMs());
  }

  query(changes: Partial<EntityQuery> = {}): this {
    const query: EntityQuery = {
      connectionId: 1,
      views: [],
      packetsPerSecondMax: 600,
      octreeSizeScale: 1,
      boundaryLevelAdjust: 0,
      jsonParameters: new Uint8Array(0),
      flags: 0,
      ...changes,
    };
    this.packet('EntityQuery', query);
    return this;
  }

  /** The client sends a packet. */
  packet<Name extends keyof typeof CODECS_TO_SERVER & PacketTypeName>(
    name: Name,
    value: PayloadOf<(typeof CODECS_TO_SERVER)[Name]>,
  ): void {
    const writer = ByteWriter.growing(1_000_000);
    (CODECS_TO_SERVER[name] as Codec<unknown>).write(writer, value);
    this.bytes(name, writer.written());
  }

  bytes(name: PacketTypeName, payload: Uint8Array): void {
    this.translator.onPacket(name, Buffer.concat([Buffer.alloc(20), payload]), 20, this.clock.nowMs());
  }

  edit(
    name: 'EntityAdd' | 'EntityEdit' | 'EntityPhysics',
    edit: { id?: string; type?: string; lastEditedUs?: number; properties: Readonly<Record<string, unknown>> },
  ): void {
    const { id = BOX, type = 'Box', lastEditedUs = this.wallUs, properties } = edit;
    const body = { octalCode: Uint8Array.of(0), lastEditedUs, id, type, updateDeltaUs: 0 };
    const edits = [{ ...body, properties: new Map(Object.entries(properties)) as EntityRecord['properties'] }];
    this.packet(name, { sequence: this.sequence++ & 0xffff, sentUs: this.wallUs, edits });
  }

  news(news: MessageFields<'EntityNews'> & object): void {
    const fields = { entityNews: news };
    this.hear(fields);
  }

  hear(fields: MessageFields<'ServerReliable'>): void {
    const message = decodeMessage('ServerReliable', encodeMessage('ServerReliable', fields));
    this.translator.onReliable?.(message, this.clock.nowMs());
  }

  motions(motions: NonNullable<MessageFields<'EntityMotions'>['motions']>): void {
    const fields = encodeMessage('ServerRealtime', { entityMotions: { motions } });
    this.translator.onRealtime?.(decodeMessage('ServerRealtime', fields), this.clock.nowMs());
  }

  /** A state as an entity-server tells it. */
  state(id: EntityId, properties: EntityProperties, changes: MessageFields<'EntityState'> = {}): object {
    return {
      id: entityIdToBytes(id),
      type: changes?.isPartial ? '' : 'Box',
      revision: ++this.revision,
      createdAtMs: 1_000,
      editedAtMs: Math.round(this.clock.wallMs()),
      properties: packProperties(properties),
      ...changes,
    };
  }

  /** The whole world. */
  world(...states: object[]): void {
    this.news({ isReset: true, isEverything: true, states });
  }

  tick(count = 1): this {
    for (let i = 0; i < count; i++) {
      this.clock.advance(10);
      this.translator.tick?.(this.clock.nowMs());
    }
    return this;
  }

  /** Entities in packets that the client got. */
  records(isReliable?: boolean): EntityRecord[] {
    return this.all('EntityData', isReliable).flatMap(({ sections }) =>
      sections.flat().flatMap(({ entities }) => entities),
    );
  }

  all<Name extends keyof typeof CODECS_TO_CLIENT>(
    name: Name,
    isReliable?: boolean,
  ): Array<PayloadOf<(typeof CODECS_TO_CLIENT)[Name]>> {
    return this.told
      .filter((told) => told.name === name && (isReliable === undefined || told.isReliable === isReliable))
      .map(({ value }) => value as PayloadOf<(typeof CODECS_TO_CLIENT)[Name]>);
  }

  /** Requests for edits. */
  get edits(): Array<NonNullable<MessageFields<'EditEntities'>>> {
    return this.asked.flatMap(({ editEntities }) => editEntities ?? []);
  }

  get wallUs(): number {
    return Math.floor(this.clock.wallMs() * 1_000);
  }

  private port(): NodePort {
    const take = (name: PacketTypeName, payload: Uint8Array, isReliable: boolean): boolean => {
      if (this.isFull) return false;
      const codec: Codec<unknown> | undefined = CODECS_TO_CLIENT[name as keyof typeof CODECS_TO_CLIENT];
      this.told.push({ name, value: codec?.read(new ByteReader(payload)), isReliable });
      if (isReliable) this.pending++;
      return true;
    };
    const isReliableType = new Set(['EntityQueryInitialResultsComplete']);
    const pending = (): number => this.pending;
    return {
      send: (name, value, _nowMs, delivery) => {
        const writer = ByteWriter.growing(100_000);
        (CODECS_TO_CLIENT[name] as Codec<unknown>).write(writer, value);
        return take(name, writer.written(), delivery === 'reliable' || isReliableType.has(name));
      },
      sendPayload: (name, payload, _nowMs, delivery) => take(name, payload, delivery === 'reliable'),
      get pendingCount() {
        return pending();
      },
      isWeb: this.isWeb,
    };
  }

  private session(): SessionPort {
    return {
      sessionId: OWN_SESSION,
      world: 'main',
      reliable: (message: MessageFields<'ClientReliable'>) => {
        this.asked.push(message);
        this.answer(message);
      },
      realtime: (message: MessageFields<'ClientRealtime'>) => void this.moved.push(message),
      nextRequest: () => ++this.request,
    } as unknown as SessionPort;
  }
}
