import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NatsBroker } from '@app/broker';
import { SystemClock, SystemRandom } from '@app/clock';
import { RoleProcess, silentLogger } from '@app/runtime';
import { loadSettings } from '@app/settings';
import { type NatsServer, startNatsServer } from '@app/testing';
import { BINARY_BYTES_MAX } from '@app/world';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BrowserContext, chromium } from 'playwright-core';
import { commonSettings } from '@app/runtime';
import { GatewayModule } from '../src/gateway.module.js';
import { type GatewaySettings, gatewaySettings } from '../src/gateway.settings.js';
import { BrowserPeer, PEER_PAGE } from './browser-peer.js';
import { PlainMessaging, ToneMixer, WordyAvatarMixer } from './fake-roles.js';

// Odd ones: Linux gives even ports of this range to outgoing connections, and keeps them for a minute after those have ended.
const PORT = 21_231;
const OTHER_PORT = 21_235;
const NATS_PORT = 21_241;
const PAGE_PORT = 21_243;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
];

let nats: NatsServer;
let broker: NatsBroker;
let browser: BrowserContext;
let profile: string;
let mixer: ToneMixer;
let avatarMixer: WordyAvatarMixer;
let messaging: PlainMessaging;
let gateway: RoleProcess;
let pages: Server;
const peers: BrowserPeer[] = [];

async function startGateway(instanceId: string, port: number): Promise<RoleProcess> {
  const settings = loadSettings(
    { ...commonSettings, ...gatewaySettings },
    {
      flags: [
        ...['--signaling-port', String(port), '--media-port', String(port + 2), '--vircadia-port', '0'],
        ...['--nats-url', nats.url],
      ],
      variables: {},
    },
  ) as GatewaySettings;
  const role = new RoleProcess(
    { role: 'gateway', module: GatewayModule, settings: gatewaySettings },
    {
      clock: new SystemClock(),
      random: new SystemRandom(),
      logger: silentLogger,
      instance: { instanceId, role: 'gateway', epochMs: Date.now(), version: 'test' },
      settings,
      pid: process.pid,
      connect: () => NatsBroker.connect({ url: nats.url, name: instanceId }),
    },
  );
  await role.start();
  return role;
}

async function newPeer(): Promise<BrowserPeer> {
  const peer = await BrowserPeer.open(await browser.newPage(), `http://localhost:${PAGE_PORT}/`);
  peers.push(peer);
  return peer;
}

async function until(what: string, isTrue: () => boolean | Promise<boolean>, timeoutMs = 8_000): Promise<number> {
  const startMs = performance.now();
  while (!(await isTrue())) {
    if (performance.now() - startMs > timeoutMs) throw new Error(`timed out waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  return performance.now() - startMs;
}

async function enter(peer: BrowserPeer, name: string, port = PORT, withToken = false): Promise<number> {
  await peer.connect(`ws://127.0.0.1:${port}/signal`, name, withToken);
  await until('welcomed', () => Boolean(peer.welcome));
  await until('connected', () => peer.isConnected());
  return peer.welcome?.sessionId ?? 0;
}

/** Process numbers of the media workers of this test's gateways. */
function workerPids(): number[] {
  const table = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)]).toString();
  return table
    .split('\n')
    .filter((line) => line.includes('mediasoup-worker'))
    .map((line) => Number.parseInt(line, 10));
}

beforeAll(async () => {
  nats = await startNatsServer({ port: NATS_PORT });
  broker = await NatsBroker.connect({ url: nats.url, name: 'test' });
  mixer = new ToneMixer(broker, 'audio-mixer-a');
  avatarMixer = new WordyAvatarMixer(broker, 'avatar-mixer-a');
  messaging = new PlainMessaging(broker, 'messaging-a');
  gateway = await startGateway('gateway-a', PORT);
  // From another port of the same machine, as the domain-server's page is.
  pages = createServer((_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(PEER_PAGE));
  await new Promise<void>((resolve) => pages.listen(PAGE_PORT, '127.0.0.1', resolve));
  profile = mkdtempSync(join(tmpdir(), 'vicinity-gateway-'));
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
  });
}, 60_000);

afterAll(async () => {
  for (const peer of peers) peer.stop();
  await browser?.close();
  await gateway?.stop();
  for (const role of [mixer, avatarMixer, messaging]) role?.stop();
  pages?.close();
  pages?.closeAllConnections();
  await broker?.close();
  await nats?.stop();
  if (profile) rmSync(profile, { recursive: true, force: true });
}, 30_000);

describe('a gateway with a real browser and a real broker', () => {
  let peer: BrowserPeer;
  let sessionId: number;

  it('lets a page in, and tells everybody', async () => {
    peer = await newPeer();
    sessionId = await enter(peer, 'Ada');
    expect(peer.welcome).toMatchObject({ resumed: false, world: 'main', gatewayId: 'gateway-a' });
    await until('the roster assigns both mixers', () => {
      const entry = mixer.entryOf(sessionId);
      return Boolean(entry?.audioMixer && entry.avatarMixer);
    });
    await until('the traits are known', () =>
      mixer.traits.some(({ entries }) => entries.some((entry) => entry.traits?.name === 'Ada')),
    );
  });

  it('passes the microphone on, batched by tick, with its loudness', async () => {
    const before = mixer.uplinks.length;
    await until('fifty packets have come', () => {
      const packets = mixer.uplinks.slice(before).flatMap(({ message }) => message.packets);
      return packets.filter((packet) => packet.sessionId === sessionId).length >= 50;
    });
    const uplinks = mixer.uplinks.slice(before).map(({ message }) => message);
    const packets = uplinks.flatMap((message) => message.packets);
    for (let index = 1; index < packets.length; index++) {
      const step = ((packets[index].sequence ?? 0) - (packets[index - 1].sequence ?? 0)) & 0xffff;
      expect(step).toBe(1);
    }
    // Half of them: now and then the machine has something else to do for longer than a tick.
    const waitsMs = packets.map(({ waitMs }) => waitMs ?? 0).sort((a, b) => a - b);
    expect(waitsMs[waitsMs.length >> 1]).toBeLessThanOrEqual(50);
    const ticks = uplinks.map(({ tick }) => tick);
    expect(new Set(ticks).size).toBe(ticks.length);
    await until('somebody speaks', () =>
      mixer.avatarUplinks.some(({ poses }) => poses.some((pose) => (pose.loudness ?? 0) > 20)),
    );
  });

  it('plays what the assigned mixer sends, and nothing of another one', async () => {
    const start = await peer.heard();
    await until('a second of the tone has been heard', async () => (await peer.heard()).packets - start.packets >= 50);
    const end = await peer.heard();
    expect(end.energy).toBeGreaterThan(start.energy + 0.01);
  });

  it('carries poses up, and words of the avatar mixer down, on both channels', async () => {
    await peer.sendPose(12.5);
    await until('the pose has come to the ears', () =>
      mixer.uplinks.some(({ message }) =>
        message.poses.some((pose) => pose.sessionId === sessionId && pose.pose?.length === 16),
      ),
    );
    await peer.ping(0xabcd);
    await until('the ping is answered', () => peer.realtime.some((message) => message.pong?.token === 0xabcd));
    avatarMixer.say('gateway-a', sessionId);
    await until('the news is there', () => peer.reliable.some((message) => message.avatarNews?.isComplete));
    await until('the update is there', () => peer.realtime.some((message) => message.avatarUpdates));
  });

  it('carries chat to the messaging role and back, in order', async () => {
    for (let request = 1; request <= 5; request++) {
      await peer.sendReliable({ post: { request, channel: 'world', text: `word ${request}` } });
    }
    await until('all are told', () => peer.reliable.filter((message) => message.channelMessage).length === 5);
    const texts = peer.reliable.flatMap((message) => (message.channelMessage ? [message.channelMessage.text] : []));
    expect(texts).toEqual(['word 1', 'word 2', 'word 3', 'word 4', 'word 5']);
    // The answers and the words come by different ways: none waits for the other.
    await until('all are answered', () => peer.reliable.filter((message) => message.posted).length === 5);
    await peer.sendReliable({ post: { request: 5, channel: 'world', text: 'word 5' } });
    await until('the repetition is answered', () => peer.reliable.filter((message) => message.posted).length === 6);
    expect(messaging.posts).toHaveLength(5);
    expect(messaging.posts[0].message).toMatchObject({ senderId: sessionId, senderName: 'Ada' });
  });

  it('carries the largest binary message there is, up and down', async () => {
    const binary = Uint8Array.from({ length: BINARY_BYTES_MAX }, (_, index) => (index * index) >> 3);
    await peer.sendReliable({ post: { request: 6, channel: 'world', binary, binaryIsText: true } });
    const told = () =>
      peer.reliable.flatMap(({ channelMessage }) => (channelMessage?.binaryIsText ? [channelMessage] : []));
    // Many round trips, each of which a busy machine delays.
    await until('it is told', () => told().length === 1, 60_000);
    expect(Buffer.from(told()[0].binary ?? []).equals(binary)).toBe(true);
  }, 70_000);

  it('answers bad input with a code and goes on', async () => {
    await peer.sendReliable({ post: { request: 9, channel: '', text: 'x' } });
    await peer.sendReliable({ setTraits: { traits: { name: 'a\u0007b' } } });
    await peer.page.evaluate("send('reliable', [255, 255, 255])");
    await until('three failures', () => peer.reliable.filter((message) => message.requestFailed).length === 3);
    const codes = peer.reliable.flatMap((message) => (message.requestFailed ? [message.requestFailed.code] : []));
    expect(codes).toEqual(['channel-invalid', 'name-invalid', 'input-malformed']);
    expect(await peer.isConnected()).toBe(true);
  });

  it('moves its clients to a new media worker within a second or two when one is killed', async () => {
    const pids = workerPids();
    expect(pids).toHaveLength(1);
    process.kill(pids[0], 'SIGKILL');
    const offered = await until('a new offer', () => peer.answered.length === 2);
    // A second at most where there is nothing else to do.
    expect(offered).toBeLessThan(4_000);
    await until('connected again', () => peer.isConnected());
    const start = (await peer.heard()).packets;
    await until('the tone goes on', async () => (await peer.heard()).packets > start + 10);
    await until('others are told', () => mixer.entryOf(sessionId)?.sync === 2);
  });

  it('moves listeners to the next mixer when theirs falls silent', async () => {
    const second = new ToneMixer(broker, 'audio-mixer-b');
    try {
      // Long enough for the new one to be trusted; whichever of the two serves the listener is silenced.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      const servedBy = (): string | undefined => {
        const roster = second.rosters.get('gateway-a');
        const entry = roster?.sessions.find((candidate) => candidate.sessionId === sessionId);
        return roster?.audioMixers[(entry?.audioMixer ?? 0) - 1];
      };
      const first = servedBy();
      const [victim, heir] = first === 'audio-mixer-a' ? [mixer, second] : [second, mixer];
      victim.isSilent = true;
      const movedAfter = await until('moved', () => servedBy() === heir.instanceId);
      expect(movedAfter).toBeLessThan(1_000);
      const start = (await peer.heard()).packets;
      await until('the tone goes on', async () => (await peer.heard()).packets > start + 10);
      victim.isSilent = false;
    } finally {
      second.stop();
    }
  }, 30_000);

  it('keeps the session of a client whose socket and media were cut', async () => {
    await peer.page.evaluate('connection.close(); socket.close()');
    await until('others see it leave', () => mixer.entryOf(sessionId) === undefined);
    expect(await enter(peer, 'Ada', PORT, true)).toBe(sessionId);
    expect(peer.welcome?.resumed).toBe(true);
    await until('others see it again', () => mixer.entryOf(sessionId)?.epoch === 2);
  });

  it('hands a session over to another gateway', async () => {
    const other = await startGateway('gateway-b', OTHER_PORT);
    try {
      const visitor = await newPeer();
      visitor.resumeToken = peer.resumeToken;
      expect(await enter(visitor, 'Ada', OTHER_PORT, true)).toBe(sessionId);
      expect(visitor.welcome).toMatchObject({ resumed: true, gatewayId: 'gateway-b' });
      await until('the first gateway lets go', () =>
        peer.signals.some((signal) => signal.closed?.code === 'session-moved'),
      );
      await until('only one roster has it', () => {
        const holders = [...mixer.rosters.values()].filter((roster) =>
          roster.sessions.some((entry) => entry.sessionId === sessionId),
        );
        return holders.length === 1 && holders[0].gatewayId === 'gateway-b';
      });
      await other.stop();
      await until('the client is told to come back', () =>
        visitor.signals.some(
          (signal) => signal.closed?.code === 'gateway-draining' && signal.closed.resumable === true,
        ),
      );
      await until('others are told', () => mixer.rosters.get('gateway-b')?.isLast === true);
      expect(await enter(visitor, 'Ada', PORT, true)).toBe(sessionId);
      expect(visitor.welcome?.resumed).toBe(true);
      await visitor.signal({ bye: {} });
      await until('it is gone', () => mixer.entryOf(sessionId) === undefined);
    } finally {
      await other.stop();
    }
  }, 40_000);
});
