import { randomBytes } from 'node:crypto';
import { SystemClock, type Timer } from '@app/clock';
import { MemoryBus } from '@app/broker';
import { obtainSecretKey, PrometheusMetrics, signUploadTicket, silentLogger, UPLOAD_TICKET_KEY } from '@app/runtime';
import { SeededRandom } from '@app/testing';
import {
  admitFrom,
  AssetError,
  assetMappingReply,
  type AssetMappingReply,
  ByteReader,
  CODECS_TO_CLIENT,
  CODECS_TO_SERVER,
  Connection,
  CONNECTION_LIMITS,
  MappingOperation,
  type MappingRequest,
  messageParts,
  PACKET_TYPES,
  PacketSecret,
  PacketSender,
  type PacketTypeName,
} from '@app/vircadia';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AssetKit, sha256 } from '../../apps/asset-server/test/asset-kit.js';
import { GatewayMetrics } from '../../apps/gateway/src/gateway.metrics.js';
import { AssetClient } from '../../apps/gateway/src/vircadia/assets/asset-client.js';
import { AssetDesk } from '../../apps/gateway/src/vircadia/assets/asset-desk.js';
import { Link } from '../../apps/gateway/src/vircadia/peer/link.js';
import { AssetsTranslator } from '../../apps/gateway/src/vircadia/translate/assets/assets-translator.js';

// Files as native clients of Vircadia ask for them, on a network that loses, from a real asset-server.

const TICK_MS = 10;
const SECRET = new PacketSecret('00112233-4455-6677-8899-aabbccddeeff');
const [NODE, CLIENT] = [
  { localId: 6, secret: SECRET },
  { localId: 300, secret: SECRET },
];

interface Got {
  name: PacketTypeName;
  reader: ByteReader;
}

/** A native client, as far as it wants files. */
class AssetTalker {
  private readonly clock = new SystemClock();
  private readonly far: Connection;
  private readonly sender: PacketSender<typeof CODECS_TO_SERVER>;
  private readonly translator: AssetsTranslator;
  private readonly waiting: { name: PacketTypeName; resolve: (got: Got) => void }[] = [];
  private readonly beat: Timer;
  private messageId = 0;

  constructor(desk: AssetDesk, sessionId: number) {
    const { clock } = this;
    const random = new SeededRandom(sessionId);
    const initialSequence = (): number => random.nextUint32() & 0x7ff_ffff;
    const link = new Link('A', NODE, CLIENT, {
      initialSequence,
      onHeard: () => undefined,
      onRefused: () => undefined,
      onPacket: (_link, name, packet, offset) => this.translator.onPacket(name, packet, offset),
      onPart: (_link, name, part, packet, offset) =>
        this.translator.takePart(name, part, packet, offset, clock.nowMs()),
      onSendingRestarted: () => this.translator.onSendingRestarted(),
      onDropped: () => undefined,
    });
    const carry = (to: (bytes: Uint8Array) => void, datagram: Uint8Array): void => {
      const bytes = datagram.slice();
      if (random.next() >= 0.02) setImmediate(() => to(bytes));
    };
    this.far = new Connection(
      {
        transmit: (datagram) => carry((bytes) => link.receive(bytes, clock.nowMs()), datagram),
        admit: (packet) => admitFrom(packet, NODE),
        deliver: (packet, offset) => this.hear(packet, offset),
        onSendingRestarted: () => undefined,
      },
      initialSequence,
      { ...CONNECTION_LIMITS, queueMax: 16_384, messageBytesMax: 16_777_216, pendingBytesMax: 33_554_432 },
    );
    this.sender = new PacketSender(this.far, CODECS_TO_SERVER, CLIENT, 16_777_216);
    link.usePath({
      isWeb: false,
      address: '192.0.2.1',
      send: (datagram) => carry((bytes) => this.far.receive(bytes, clock.nowMs()), datagram),
      close: () => undefined,
    });
    const metrics = new GatewayMetrics(new PrometheusMetrics());
    const session = { sessionId: sessionId as never, world: 'main' };
    this.translator = new AssetsTranslator(link, session, desk, { clock, metrics, logger: silentLogger });
    this.beat = clock.every(TICK_MS, () => {
      this.far.tick(clock.nowMs());
      link.tick(clock.nowMs());
      this.translator.tick(clock.nowMs());
    });
  }

  close(): void {
    this.beat.cancel();
    this.translator.close();
  }

  async map(request: MappingRequest): Promise<AssetMappingReply> {
    const reply = this.next('AssetMappingOperationReply');
    this.sender.send('AssetMappingOperation', { messageId: ++this.messageId, request }, this.clock.nowMs());
    return assetMappingReply(request.operation).read((await reply).reader);
  }

  async info(hash: string) {
    const reply = this.next('AssetGetInfoReply');
    this.sender.send('AssetGetInfo', { messageId: ++this.messageId, hash }, this.clock.nowMs());
    return CODECS_TO_CLIENT.AssetGetInfoReply.read((await reply).reader);
  }

  async get(hash: string, start = 0, end = 0) {
    const reply = this.next('AssetGetReply');
    this.sender.send('AssetGet', { messageId: ++this.messageId, hash, start, end }, this.clock.nowMs());
    return CODECS_TO_CLIENT.AssetGetReply.read((await reply).reader);
  }

  async upload(data: Uint8Array, sizeBytes = data.length) {
    const reply = this.next('AssetUploadReply');
    const payload = Buffer.alloc(12 + data.length);
    payload.writeUInt32LE(++this.messageId, 0);
    payload.writeBigUInt64LE(BigInt(sizeBytes), 4);
    payload.set(data, 12);
    const type = PACKET_TYPES.find(({ name }) => name === 'AssetUpload')?.number ?? 0;
    expect(this.far.sendMessage(messageParts(type, CLIENT, payload), this.clock.nowMs())).toBe(true);
    return CODECS_TO_CLIENT.AssetUploadReply.read((await reply).reader);
  }

  private next(name: PacketTypeName): Promise<Got> {
    return new Promise((resolve) => this.waiting.push({ name, resolve }));
  }

  private hear(packet: Uint8Array, offset: number): void {
    const { name } = PACKET_TYPES[packet[0]];
    const index = this.waiting.findIndex((wanted) => wanted.name === name);
    if (index < 0) return;
    this.waiting.splice(index, 1)[0].resolve({ name, reader: new ByteReader(packet.slice(), offset) });
  }
}

describe('files for native clients of Vircadia', () => {
  const bus = new MemoryBus();
  const kit = new AssetKit([], () => Promise.resolve(bus.connect()));
  const clock = new SystemClock();
  let client: AssetClient;
  let desk: AssetDesk;
  let talkers: AssetTalker[] = [];
  let ada: AssetTalker;
  let bob: AssetTalker;
  const enter = (sessionId: number, at = desk): AssetTalker => {
    const talker = new AssetTalker(at, sessionId);
    talkers.push(talker);
    return talker;
  };

  beforeAll(async () => {
    await kit.start();
    const broker = bus.connect();
    const key = await obtainSecretKey(broker, UPLOAD_TICKET_KEY);
    await broker.close();
    client = new AssetClient(clock, `http://127.0.0.1:${kit.port}`);
    desk = new AssetDesk(client, clock, (claim) => signUploadTicket(claim, key), true);
  });
  afterAll(async () => {
    client.close();
    await kit.end();
  });
  beforeEach(() => {
    ada = enter(7);
    bob = enter(8);
  });
  afterEach(() => {
    for (const talker of talkers) talker.close();
    talkers = [];
  });

  it('are taken, named, listed, given whole and in parts, and bear another name later', async () => {
    const file = randomBytes(1_500_000);
    const hash = sha256(file);
    expect(await ada.upload(file)).toMatchObject({ error: AssetError.None, hash });
    // Again: it is there already.
    expect(await bob.upload(file)).toMatchObject({ error: AssetError.None, hash });
    expect(await bob.info(hash)).toMatchObject({ error: AssetError.None, hash, sizeBytes: file.length });

    const set = { operation: MappingOperation.Set, path: '/models/a chair.fbx', hash } as const;
    expect(await ada.map(set)).toMatchObject({ error: AssetError.None });
    const get = { operation: MappingOperation.Get, path: '/models/a chair.fbx?skybox' } as const;
    expect(await bob.map(get)).toMatchObject({ error: AssetError.None, result: { hash } });
    expect(await bob.map({ operation: MappingOperation.GetAll })).toMatchObject({
      error: AssetError.None,
      result: { assets: [{ path: '/models/a chair.fbx', hash, baking: 0 }] },
    });

    const whole = await bob.get(hash);
    expect([whole.error, Buffer.from(whole.data ?? []).equals(file)]).toEqual([AssetError.None, true]);
    const ranges: [number, number, Buffer][] = [
      [1_000, 4_000, file.subarray(1_000, 4_000)],
      [0, 10, file.subarray(0, 10)],
      [-100, 0, file.subarray(-100)],
      [-100, 50, Buffer.concat([file.subarray(-100), file.subarray(0, 50)])],
    ];
    for (const [start, end, expected] of ranges) {
      expect(Buffer.from((await bob.get(hash, start, end)).data ?? []).equals(expected)).toBe(true);
    }
    expect(await bob.get(hash, 10, 5)).toMatchObject({ error: AssetError.InvalidByteRange });
    expect(await bob.get(hash, 0, file.length + 1)).toMatchObject({ error: AssetError.InvalidByteRange });

    const rename = { operation: MappingOperation.Rename, oldPath: '/models/', newPath: '/things/' } as const;
    // Ada has named it: nobody else may.
    expect(await bob.map(rename)).toMatchObject({ error: AssetError.PermissionDenied });
    expect(await ada.map(rename)).toMatchObject({ error: AssetError.None });
    expect(await bob.map(get)).toMatchObject({ error: AssetError.NotFound });
    const erase = { operation: MappingOperation.Delete, paths: ['/things/a chair.fbx'] } as const;
    expect(await bob.map(erase)).toMatchObject({ error: AssetError.PermissionDenied });
    expect(await ada.map(erase)).toMatchObject({ error: AssetError.None });
    expect(await bob.map({ operation: MappingOperation.GetAll })).toMatchObject({ result: { assets: [] } });
  }, 60_000);

  it('are given to several at the same time, beside small answers', async () => {
    const files = Array.from({ length: 6 }, (_, index) => randomBytes(400_000 + index));
    for (const file of files) await ada.upload(file);
    const all = await Promise.all(files.map((file) => enter(20 + (file.length % 10)).get(sha256(file))));
    for (const [index, { data }] of all.entries()) expect(Buffer.from(data ?? []).equals(files[index])).toBe(true);
  }, 60_000);

  it('are refused with an error that says why', async () => {
    const unknown = 'ab'.repeat(32);
    expect(await ada.info(unknown)).toMatchObject({ error: AssetError.NotFound });
    expect(await ada.get(unknown)).toMatchObject({ error: AssetError.NotFound });
    expect(await ada.upload(Buffer.alloc(5_000), 1_000_000_000)).toMatchObject({ error: AssetError.TooLarge });
    expect(await ada.upload(Buffer.alloc(5_000), 5_001)).toMatchObject({ error: AssetError.FileOperationFailed });
    expect(await ada.upload(Buffer.alloc(5_000), 4_000)).toMatchObject({ error: AssetError.FileOperationFailed });
    const operations: MappingRequest[] = [
      { operation: MappingOperation.Set, path: '/.baked/x', hash: unknown },
      { operation: MappingOperation.SetBakingEnabled, isEnabled: true, paths: ['/x'] },
    ];
    for (const request of operations)
      expect(await ada.map(request)).toMatchObject({ error: AssetError.PermissionDenied });
    const set = { operation: MappingOperation.Set, path: 'no slash', hash: unknown } as const;
    expect(await ada.map(set)).toMatchObject({ error: AssetError.MappingOperationFailed });
    const visitor = enter(9, new AssetDesk(client, clock, () => '', false));
    expect(await visitor.upload(Buffer.alloc(5_000))).toMatchObject({ error: AssetError.PermissionDenied });
  }, 60_000);

  it('fail honestly while the asset-server is away', async () => {
    await kit.stop();
    expect(await ada.info('ab'.repeat(32))).toMatchObject({ error: AssetError.FileOperationFailed });
    expect(await ada.map({ operation: MappingOperation.GetAll })).toMatchObject({
      error: AssetError.MappingOperationFailed,
    });
    await kit.start();
  }, 60_000);
});
