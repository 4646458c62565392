import { type Socket as UdpSocket, createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { NatsBroker, SUBJECTS, type SubjectName, subjectOf } from '@app/broker';
import { decodeMessage, encodeMessage, packPose, type MessageFields, type MessageOf } from '@app/wire';
import {
  CHANNELS_PER_SESSION_MAX,
  CHANNEL_NAME_CHARACTERS_MAX,
  HEARING_PEOPLE_MAX,
  PROTOCOL_VERSION,
  SIGNAL_BYTES_MAX,
  SOCKETS_PENDING_MAX,
} from '@app/world';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { Domain, type DomainMember } from './support/domain.js';
import { countDrops, untilDrops } from './support/drops.js';
import { toneLevelDb } from './support/tone.js';
import { everybodyLeaves, Visitor } from './support/visitor.js';
import { within } from './support/within.js';

const ADA_HZ = 440;
const BEN_HZ = 330;
/** Resident memory that no role may reach, whatever is sent to it, in MiB. They begin with about 90. */
const RSS_MIB_MAX = 400;
const STANDING = packPose({ position: { x: 0, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });

const wishing = (wishes: MessageFields<'HearingWishes'>): Uint8Array =>
  encodeMessage('ClientReliable', { setHearing: { wishes } });

const sleep = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

/** Waits until something is so, for a few seconds; what never is, is for the test to tell. */
async function untilSo(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const giveUpAt = Date.now() + 5_000; !(await holds()) && Date.now() < giveUpAt;) await sleep(20);
}

/** A signalling socket that says what it likes. */
class Rogue {
  readonly heard: MessageOf<'ServerSignal'>[] = [];
  closeCode: number | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.heard.push(decodeMessage('ServerSignal', data as Buffer)));
    socket.on('close', (code) => (this.closeCode = code));
    socket.on('error', () => undefined);
  }

  /** Resolves when the socket is open; fails with the status of a refused one. */
  static async open(domain: Domain, origin?: string): Promise<Rogue> {
    const url = `ws://127.0.0.1:${domain.portBase + 20}/signal`;
    const rogue = new Rogue(new WebSocket(url, 'vicinity.v1', { origin }));
    const opened = new Promise<void>((resolve, reject) => {
      rogue.socket.once('open', () => resolve());
      rogue.socket.once('unexpected-response', (_, response) => reject(new Error(String(response.statusCode))));
      rogue.socket.once('error', reject);
    });
    await within(5_000, 'A signalling socket opens', opened);
    return rogue;
  }

  say(signal: MessageFields<'ClientSignal'>): this {
    this.socket.send(encodeMessage('ClientSignal', signal));
    return this;
  }

  hello(fields: MessageFields<'Hello'> = {}): this {
    return this.say({ hello: { protocolVersion: PROTOCOL_VERSION, traits: { name: 'Mallory' }, ...fields } });
  }

  /** Resolves to the first signal of a kind. */
  async find<Kind extends 'welcome' | 'offer' | 'refused' | 'closed' | 'error'>(
    kind: Kind,
  ): Promise<NonNullable<MessageOf<'ServerSignal'>[Kind]>> {
    const giveUpAt = Date.now() + 5_000;
    for (;;) {
      const found = this.heard.find((signal) => signal[kind]);
      if (found) return found[kind] as NonNullable<MessageOf<'ServerSignal'>[Kind]>;
      if (Date.now() > giveUpAt) break;
      await sleep(20);
    }
    throw new Error(`no ${kind}; heard ${JSON.stringify(this.heard)}, closed with ${this.closeCode}`);
  }

  get errorCodes(): string[] {
    return this.heard.flatMap(({ error }) => error?.code ?? []);
  }

  /** Leaves for good, so that nobody has to remember it. */
  leave(): void {
    if (this.socket.readyState === WebSocket.OPEN) this.say({ bye: {} });
    this.socket.terminate();
  }
}

/** A TCP connection that says this. Nothing that happens to it is an error. */
function dial(port: number, text: string | Buffer): Promise<Socket> {
  return new Promise((resolve) => {
    const stream = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      stream.write(text);
      resolve(stream);
    });
    stream.on('error', () => resolve(stream));
  });
}

/** What a raw HTTP request is answered with: the first line. */
async function statusLineOf(port: number, request: string): Promise<string> {
  const stream = await dial(port, request);
  const line = new Promise<string>((resolve) => {
    // It may have been closed before anybody listened.
    if (stream.destroyed) resolve('closed');
    stream.once('data', (data) => resolve(data.toString('latin1').split('\r\n', 1)[0]));
    stream.once('end', () => resolve('closed'));
    stream.once('close', () => resolve('closed'));
  });
  const answered = within(5_000, `An answer to ${request.slice(0, 60)}`, line);
  return answered.finally(() => stream.destroy());
}

describe('A domain among hostile clients', () => {
  let domain: Domain;
  let ada: Visitor;
  let ben: Visitor;
  let members: DomainMember[];
  let said = 0;
  /** Connections to the domain-server that never finish their request, as long as they are there. */
  const slow = new Set<Socket>();

  const memberIds = (list: DomainMember[]): string[] =>
    list.map(({ instanceId, pid }) => `${instanceId} ${pid}`).sort();
  const gatewayPort = (): number => domain.portBase + 20;
  const httpPort = (): number => domain.portBase;

  const drops = (label: string): Promise<number> => countDrops(domain, label);
  const untilDropped = (label: string, count: number): Promise<void> => untilDrops(domain, label, count);

  const rogue = (origin?: string): Promise<Rogue> => Rogue.open(domain, origin);

  /** A visitor by the SDK whose data channels the test can write to. */
  const turncoat = async (name: string): Promise<Visitor> => {
    const visitor = await Visitor.enter(domain.url, { name, at: [40, 0, 40], surface: 'sdk' });
    const turned = visitor.page.evaluate(async () => {
      const channels: Record<string, RTCDataChannel> = {};
      const told: number[][] = [];
      Object.assign(window, { channels, told });
      const { send } = RTCDataChannel.prototype;
      RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: never) {
        if (!channels[this.label]) {
          channels[this.label] = this;
          this.addEventListener('message', ({ data: bytes }) => {
            if (this.label === 'reliable') told.push([...new Uint8Array(bytes as ArrayBuffer)]);
          });
        }
        return send.call(this, data);
      };
      void window.vicinity!.client.say('hello from one of them').catch(() => undefined);
      while (!channels.reliable || !channels.realtime) await new Promise((resolve) => setTimeout(resolve, 20));
    });
    await within(5_000, `${name} gets at the data channels`, turned);
    return visitor;
  };

  /** Sends a message again and again: so many at once, so often, with a pause in between. */
  const pour = (visitor: Visitor, label: string, bytes: Uint8Array, burst: number, times = 1): Promise<void> =>
    visitor.page.evaluate(
      async ({ channel, list, count, rounds }) => {
        const { channels } = window as unknown as { channels: Record<string, RTCDataChannel> };
        const message = new Uint8Array(list);
        for (let round = 0; round < rounds; round++) {
          try {
            for (let i = 0; i < count; i++) channels[channel].send(message);
          } catch {
            return;
          }
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      },
      { channel: label, list: [...bytes], count: burst, rounds: times },
    );

  /** Codes of RequestFailed that it was told. */
  const failuresOf = async (visitor: Visitor): Promise<string[]> => {
    const told = await visitor.page.evaluate(() => (window as unknown as { told: number[][] }).told);
    return told.flatMap((bytes) => decodeMessage('ServerReliable', Uint8Array.from(bytes)).requestFailed?.code ?? []);
  };

  const untilThrownOut = (visitor: Visitor): Promise<string | undefined> =>
    visitor.page
      .waitForFunction(() => window.vicinity!.client.state === 'closed', undefined, { timeout: 8_000, polling: 50 })
      .then(() =>
        visitor.page.evaluate(() => {
          const { status } = window.vicinity!.client;
          return status.kind === 'closed' ? status.error?.code : undefined;
        }),
      );

  beforeAll(async () => {
    // A page may use a microphone here: the address is one that browsers trust, whatever machine this is.
    domain = await Domain.start({ args: ['--announce', '127.0.0.1'] });
    [ada, ben] = await Promise.all([
      Visitor.enter(domain.url, { name: 'Ada', at: [0, 0, 0], toneHz: ADA_HZ, surface: 'sdk' }),
      Visitor.enter(domain.url, { name: 'Ben', at: [2, 0, 0], toneHz: BEN_HZ, surface: 'sdk' }),
    ]);
    await Promise.all([ada.untilSees(['Ben']), ben.untilSees(['Ada'])]);
    await Promise.all([ada.listen(700), ben.listen(700)]);
    members = await domain.members();
  }, 60_000);

  /** Whatever has been tried: two ordinary people hear each other and chat, and no process noticed. */
  afterEach(async () => {
    const text = `still here ${++said}`;
    const read = await ben.startReading(text);
    const saidAt = ada.page.evaluate((words) => window.vicinity!.client.say(words), text);
    const [adaHears, benHears, texts] = await Promise.all([
      ada.listen(500),
      ben.listen(500),
      read(3_000),
      within(3_000, `Ada says "${text}"`, saidAt),
    ]);
    expect(texts).toEqual([text]);
    expect(toneLevelDb(adaHears.left, BEN_HZ)).toBeGreaterThan(-40);
    expect(toneLevelDb(benHears.left, ADA_HZ)).toBeGreaterThan(-40);
    const present = await domain.members();
    expect(memberIds(present)).toEqual(memberIds(members));
    for (const { role, pid } of present) {
      const rssKib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
      expect({ role, isBounded: rssKib / 1_024 < RSS_MIB_MAX }).toEqual({ role, isBounded: true });
    }
  }, 20_000);

  afterAll(async () => {
    await everybodyLeaves();
    await domain?.stop();
  }, 40_000);

  it('answers wrong frames of signalling sockets with codes, and counts them', async () => {
    const refusals: [string, (socket: Rogue) => unknown][] = [
      ['input-malformed', ({ socket }) => socket.send(Buffer.alloc(100, 255))],
      ['input-malformed', ({ socket }) => socket.send('text')],
      ['input-too-large', ({ socket }) => socket.send(Buffer.alloc(SIGNAL_BYTES_MAX + 1_024))],
      ['version-mismatch', (socket) => socket.hello({ protocolVersion: PROTOCOL_VERSION + 0x1_0000 })],
      ['hello-expected', (socket) => socket.say({ answer: { generation: 1, sdp: 'v=0' } })],
      ['name-invalid', (socket) => socket.hello({ traits: { name: '\u202enimda' } })],
      ['pose-invalid', (socket) => socket.hello({ pose: new Uint8Array(16).fill(255) })],
      ['world-unknown', (socket) => socket.hello({ world: '../etc' })],
    ];
    for (const [code, misbehave] of refusals) {
      const before = await drops(code);
      const socket = await rogue();
      misbehave(socket);
      expect((await socket.find('refused')).code).toBe(code);
      await untilDropped(code, before + 1);
    }
    await expect(rogue('https://evil.example')).rejects.toThrow('403');
    await untilDropped('socket-origin', 1);

    // The token of nobody, and that of somebody with one bit changed, bring a new session.
    const first = (await rogue()).hello();
    const { resumeToken: token, sessionId } = await first.find('welcome');
    const changed = (token?.startsWith('A') ? 'B' : 'A') + token?.slice(1);
    for (const resumeToken of ['AAAA', changed, 'x'.repeat(30_000)]) {
      const thief = (await rogue()).hello({ resumeToken });
      expect(await thief.find('welcome')).toMatchObject({ resumed: false });
      expect((await thief.find('welcome')).sessionId).not.toBe(sessionId);
      thief.leave();
    }

    const { generation } = await first.find('offer');
    first.hello();
    first.socket.send('text');
    first.socket.send(Buffer.alloc(SIGNAL_BYTES_MAX + 1_024));
    first.say({ answer: { generation: (generation ?? 0) + 7, sdp: 'v=0' } });
    first.say({ answer: { generation, sdp: 'v=0\r\n' + 'a=x\r\n'.repeat(2_000) } });
    first.say({ answer: { generation, sdp: 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n' } });
    const expectedCodes = [
      'answer-malformed',
      'answer-unsupported',
      'input-malformed',
      'input-too-large',
      'media-closed',
      'signal-unexpected',
    ];
    await untilSo(() => first.errorCodes.length >= expectedCodes.length);
    expect(first.errorCodes.sort()).toEqual(expectedCodes);
    // Not one of these mistakes has cost it its session, but so many do.
    expect(first.closeCode).toBeUndefined();
    for (let count = 0; count < 600; count++) first.socket.send('text');
    expect(await first.find('closed')).toMatchObject({ code: 'flooding', resumable: false });
    const again = (await rogue()).hello({ resumeToken: token });
    expect(await again.find('welcome')).toMatchObject({ resumed: false });
    again.leave();
  }, 20_000);

  it('lets people in while hundreds of sockets say nothing, and outlives those that break their connections', async () => {
    const upgrade = (path: string): string =>
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
    // Refused while they are gone already: once this ended the gateway.
    for (let count = 0; count < 100; count++) (await dial(gatewayPort(), upgrade('/elsewhere'))).resetAndDestroy();
    const halfOpen: Socket[] = [];
    for (let count = 0; count < 300; count++) halfOpen.push(await dial(gatewayPort(), upgrade('/elsewhere')));
    for (let count = 0; count < 300; count++) halfOpen.push(await dial(gatewayPort(), 'GET /signal HTTP/1.1\r\nX: '));
    const silent: Socket[] = [];
    for (let count = 0; count < SOCKETS_PENDING_MAX + 10; count++) {
      silent.push(await dial(gatewayPort(), upgrade('/signal')));
    }
    const honest = (await rogue()).hello({ traits: { name: 'Honest' } });
    expect(await honest.find('welcome')).toMatchObject({ resumed: false });
    honest.leave();
    await untilDropped('hello-timeout', 10);
    await untilDropped('socket-path', 400);
    for (const stream of [...halfOpen, ...silent]) stream.destroy();
  }, 20_000);

  it('answers bad HTTP with refusals, and good HTTP meanwhile', async () => {
    const head = ' HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n';
    const requests: [string, string][] = [
      [`GET /${head}X: ${'a'.repeat(100_000)}\r\n\r\n`, '431'],
      [`GET /api/join?${'world=a&'.repeat(1_500)}${head}\r\n`, '400'],
      [`GET /../../../../etc/passwd${head}\r\n`, '404'],
      [`GET /..%2f..%2f..%2fetc/passwd${head}\r\n`, '404'],
      [`GET /%ff%zz${head}\r\n`, '404'],
      [`POST /api/join${head}Content-Length: 1000000000\r\n\r\n`, '405'],
      [`TRACE /${head}\r\n`, '405'],
      [`GET /${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, '400'],
      ['GET /api/join HTTP/1.1\r\nHost: "><script>\r\nConnection: close\r\n\r\n', '400'],
    ];
    for (let count = 0; count < 200; count++) {
      const stream = await dial(httpPort(), 'GET / HTTP/1.1\r\nX: ');
      slow.add(stream);
      stream.resume().once('end', () => slow.delete(stream));
    }
    for (let count = 0; count < 100; count++) {
      (await dial(httpPort(), `GET /metrics${head}\r\n`)).resetAndDestroy();
    }
    for (const [request, status] of requests) {
      expect(await statusLineOf(httpPort(), request)).toContain(` ${status} `);
    }
    expect((await fetch(new URL('/healthz', domain.url))).status).toBe(200);
  }, 20_000);

  it('lets rubbish run off the media port', async () => {
    const port = domain.portBase + 3;
    const udp: UdpSocket = createSocket('udp4');
    const rubbish = (first: number, bytes: number): Buffer => {
      const packet = Buffer.alloc(bytes, 0xa5);
      packet[0] = first;
      return packet;
    };
    // What a demultiplexer takes for STUN, DTLS, RTP and RTCP, and for nothing at all.
    for (let count = 0; count < 2_000; count++) {
      udp.send(rubbish([0, 1, 22, 64, 128, 200, 255][count % 7], 1 + ((count * 37) % 1_400)), port, '127.0.0.1');
      if (count % 200 === 0) await sleep(5);
    }
    const streams = await Promise.all(Array.from({ length: 50 }, (_, index) => dial(port, rubbish(index * 5, 20_000))));
    await sleep(300);
    for (const stream of streams) stream.destroy();
    udp.close();
  }, 20_000);

  it('answers wrong messages of data channels with codes', async () => {
    const mallory = await turncoat('Mallory');
    const wrong: [string, string, Uint8Array][] = [
      ['reliable', 'input-malformed', new Uint8Array(100).fill(255)],
      ['realtime', 'input-malformed', new Uint8Array(0)],
      ['realtime', 'input-too-large', new Uint8Array(600)],
      [
        'realtime',
        'pose-invalid',
        encodeMessage('ClientRealtime', { poseUpdate: { pose: new Uint8Array(16).fill(255) } }),
      ],
      ['reliable', 'name-invalid', encodeMessage('ClientReliable', { setTraits: { traits: { name: 'a\u0000b' } } })],
      ['reliable', 'text-invalid', encodeMessage('ClientReliable', { post: { channel: 'world', text: '\u0007' } })],
      [
        'reliable',
        'channel-invalid',
        encodeMessage('ClientReliable', { subscribe: { channel: 'x'.repeat(CHANNEL_NAME_CHARACTERS_MAX + 1) } }),
      ],
      ['reliable', 'hearing-invalid', wishing({ gains: [{ sessionId: 1, gain: NaN }] })],
      ['reliable', 'hearing-invalid', wishing({ ignored: [0] })],
      ['reliable', 'hearing-invalid', wishing({ solo: new Array<number>(HEARING_PEOPLE_MAX + 1).fill(1) })],
      ['reliable', 'hearing-invalid', wishing({ spaceM: 1e9 })],
      ['reliable', 'megaphone-not-allowed', wishing({ megaphone: true })],
    ];
    for (const [channel, , bytes] of wrong) await pour(mallory, channel, bytes, 1);
    for (let count = 0; count < CHANNELS_PER_SESSION_MAX + 4; count++) {
      const subscribe = { request: 100 + count, channel: `channel ${count}` };
      await pour(mallory, 'reliable', encodeMessage('ClientReliable', { subscribe }), 1);
      // As often as requests are allowed in the long run: what is too fast has another code.
      if (count > 20) await sleep(110);
    }
    const expectedCodes = new Set([...wrong.map(([, code]) => code), 'channels-too-many']);
    await untilSo(async () => new Set(await failuresOf(mallory)).size >= expectedCodes.size);
    expect(new Set(await failuresOf(mallory))).toEqual(expectedCodes);
    expect(await mallory.state()).toBe('connected');
    await mallory.leave();
  }, 20_000);

  it.each([
    [
      'poses',
      'realtime',
      encodeMessage('ClientRealtime', { poseUpdate: { sequence: 1, pose: STANDING } }),
      'pose-rate',
    ],
    [
      'posts',
      'reliable',
      encodeMessage('ClientReliable', { post: { request: 7, channel: 'world', text: 'buy!' } }),
      'post-rate',
    ],
    ['wishes', 'reliable', wishing({ ignored: [1, 2, 3], spaceM: 10 }), 'request-rate'],
    ['bytes', 'reliable', new Uint8Array(16_000), 'bytes-rate'],
  ])(
    'throttles who floods with %s, then throws them out with a reason',
    async (name, channel, bytes, reason) => {
      const flooder = await turncoat(`Flooder of ${name}`);
      const thrownOut = untilThrownOut(flooder);
      // 5,000 a second of what is small.
      await pour(flooder, channel, bytes, bytes.length > 1_000 ? 20 : 100, 60);
      expect(await thrownOut).toBe('flooding');
      await untilDropped(reason, 200);
      // Ada has not read more of it than one may say.
      expect(await ada.state()).toBe('connected');
      await flooder.leave();
    },
    20_000,
  );

  it('lets nobody disturb others by wishing as much, as often and as contradictory as is allowed', async () => {
    const mallory = await turncoat('Mallory');
    const [adaId, malloryId] = await Promise.all([ada.sessionId(), mallory.sessionId()]);
    const people = Array.from({ length: HEARING_PEOPLE_MAX - 2 }, (_, index) => index + 1);
    const named = [...people, adaId, malloryId];
    const much = wishing({ gains: named.map((sessionId) => ({ sessionId, gain: 4 })), ignored: named, spaceM: 10 });
    for (let round = 0; round < 12; round++) {
      await pour(mallory, 'reliable', round % 2 === 0 ? much : wishing({ solo: named }), 1);
      await sleep(130);
    }
    // Ada is ignored by then, and hears Ben as ever.
    expect(await mallory.state()).toBe('connected');
    await pour(mallory, 'reliable', much, 1);
    const { left } = await ada.listen(500);
    expect(toneLevelDb(left, BEN_HZ)).toBeGreaterThan(-40);
    await mallory.leave();
  }, 20_000);

  it('drops what a process that has lost its mind puts on the broker', async () => {
    const broker = await NatsBroker.connect({ url: `nats://127.0.0.1:${domain.portBase + 10}`, name: 'rogue' });
    try {
      const idOf = (role: string): string => members.find((member) => member.role === role)!.instanceId;
      const rubbish = [new Uint8Array(0), new Uint8Array(1).fill(255), new Uint8Array(50_000).fill(255)];
      for (const [row, { template }] of Object.entries(SUBJECTS) as [SubjectName, { template: string }][]) {
        for (const who of ['gateway-evil', idOf('gateway'), idOf('messaging')]) {
          const tokens = {
            ...(template.includes('{world}') && { world: 'main' }),
            ...(template.includes('{who}') && { who }),
          };
          const subject = subjectOf(row, tokens);
          for (const bytes of rubbish) broker.publish(subject, bytes);
        }
      }
      const sessions = Array.from({ length: 20_000 }, (_, index) => ({
        sessionId: index,
        epoch: 0xffff_ffff,
        audioMixer: index % 3,
        avatarMixer: index % 50 === 0 ? 1 : 77,
        sync: 0xffff_ffff,
      }));
      for (const gatewayId of ['gateway-evil', 'not an id', '']) {
        const roster = {
          gatewayId,
          gatewayEpochMs: Number.MAX_SAFE_INTEGER,
          revision: 0xffff_ffff,
          audioMixers: [idOf('audio-mixer')],
          avatarMixers: [idOf('avatar-mixer')],
          sessions,
        };
        broker.publish(
          subjectOf('roster', { world: 'main', who: 'gateway-evil' }),
          encodeMessage('SessionRoster', roster),
        );
      }
      await broker.flush();
      await untilDropped('malformed', 20);
      await untilDropped('roster-too-many', 2);
    } finally {
      await broker.drain();
    }
  }, 20_000);

  it('lets go of connections that never come to the point', async () => {
    for (let waitedMs = 0; waitedMs < 15_000 && slow.size > 0; waitedMs += 100) await sleep(100);
    expect(slow.size).toBe(0);
  }, 20_000);
});
