import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@app/clock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type BrowserContext, type Page, chromium } from 'playwright-core';
import { type ClientMediaState, ClientTransport, DataTransport, MediaWorkerPool, type VoicePacket } from './index.js';
import { DATA_BYTES_MAX } from './data-transport.js';

const PORT = 21_210;
const MESSAGE_BYTES_MAX = 262_144;
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
];

/** The page: a bare peer that answers offers as the contract says, written for the browser and so not in TypeScript. */
const PAGE = `<!doctype html><title>media</title><script>
const opened = [], received = [];
let connection, channels, answered, largest = 0, large = 0;
async function answer(sdp) {
  connection = new RTCPeerConnection();
  channels = {
    reliable: connection.createDataChannel('reliable', { negotiated: true, id: 0 }),
    realtime: connection.createDataChannel('realtime', { negotiated: true, id: 1, ordered: false, maxRetransmits: 0 }),
  };
  for (const [name, channel] of Object.entries(channels)) {
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => opened.push(name);
    channel.onmessage = (event) => {
      if (event.data.byteLength > 1000) largest = Math.max(largest, event.data.byteLength), large += event.data.byteLength;
      else received.push({ channel: name, bytes: [...new Uint8Array(event.data)] });
    };
  }
  connection.ontrack = (event) => {
    if (event.transceiver.mid !== 'mix') return;
    const audio = document.createElement('audio');
    audio.srcObject = new MediaStream([event.track]);
    audio.play();
  };
  await connection.setRemoteDescription({ type: 'offer', sdp });
  const mic = connection.getTransceivers().find((transceiver) => transceiver.mid === 'mic');
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  mic.direction = 'sendonly';
  await mic.sender.replaceTrack(stream.getAudioTracks()[0]);
  const draft = await connection.createAnswer();
  await connection.setLocalDescription({ type: 'answer', sdp: draft.sdp.replace('useinbandfec=1', 'useinbandfec=1;stereo=1') });
  return connection.localDescription.sdp;
}
function sendLarge(sizeBytes) { channels.reliable.send(new Uint8Array(sizeBytes).fill(7)); return connection.sctp.maxMessageSize; }
function send(channel, bytes) { channels[channel].send(new Uint8Array(bytes)); }
async function offerData(answerTo) {
  connection = new RTCPeerConnection();
  const channel = connection.createDataChannel('label', { protocol: 'protocol', ordered: false, maxRetransmits: 0 });
  channel.binaryType = 'arraybuffer';
  channel.onopen = () => opened.push('data');
  channel.onmessage = (event) => received.push([...new Uint8Array(event.data)]);
  channels = { data: channel };
  const offer = await connection.createOffer();
  answered = async (sdp) => {
    await connection.setLocalDescription(offer);
    await connection.setRemoteDescription({ type: 'answer', sdp });
  };
  return offer.sdp;
}
async function packetsReceived() {
  for (const report of (await connection.getStats()).values()) if (report.type === 'inbound-rtp') return report.packetsReceived;
  return 0;
}
</script>`;

let profile: string;
let browser: BrowserContext;
let pool: MediaWorkerPool;
const replaced: number[] = [];
const died: number[] = [];

beforeAll(async () => {
  profile = mkdtempSync(join(tmpdir(), 'vicinity-media-'));
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
  });
  await browser.route('http://localhost/**', (route) => route.fulfill({ contentType: 'text/html', body: PAGE }));
  pool = new MediaWorkerPool(
    { workers: 1, port: PORT, portStride: 1, listen: [{ address: '127.0.0.1' }] },
    new SystemClock(),
    {
      onDied: (slot) => died.push(slot),
      onReplaced: (slot) => replaced.push(slot),
      onRestartFailed: () => undefined,
    },
  );
  await pool.start();
}, 60_000);

afterAll(async () => {
  pool?.close();
  await browser?.close();
  rmSync(profile, { recursive: true, force: true });
});

afterEach(async () => {
  for (const page of browser.pages()) await page.goto('about:blank');
});

class Client {
  readonly states: ClientMediaState[] = [];
  readonly voice: { sequence: number; timestamp: number; audioLevel: number; bytes: number }[] = [];
  readonly reliable: number[][] = [];
  readonly realtime: number[][] = [];
  transport!: ClientTransport;

  static async offer(): Promise<Client> {
    const client = new Client();
    const router = pool.leastLoaded();
    if (!router) throw new Error('no worker');
    client.transport = await ClientTransport.create(
      router,
      { generation: 1, messageBytesMax: MESSAGE_BYTES_MAX },
      {
        onState: (state) => client.states.push(state),
        onVoice: (packet: VoicePacket) =>
          client.voice.push({
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            audioLevel: packet.audioLevel,
            bytes: packet.opus.length,
          }),
        onReliable: (message) => client.reliable.push([...message]),
        onRealtime: (message) => client.realtime.push([...message]),
        onReliableOverflow: () => undefined,
      },
    );
    return client;
  }
}

async function answer(page: Page, offer: string): Promise<string> {
  await page.goto('http://localhost/');
  return page.evaluate<string>(`answer(${JSON.stringify(offer)})`);
}

async function until(what: string, isTrue: () => boolean | Promise<boolean>, timeoutMs = 8_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`timed out waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('ClientTransport with a real browser', () => {
  it('carries messages, the microphone and the mix over one port', async () => {
    const client = await Client.offer();
    const page = await browser.newPage();
    const sdp = await answer(page, client.transport.offer);
    client.transport.sendReliable(new Uint8Array([9, 9, 9]));
    const accepted = await client.transport.accept(sdp);
    expect(accepted.isMixWanted).toBe(true);
    expect(accepted.mic).toMatchObject({ hasMidExtension: true, hasAudioLevelExtension: true });

    await until('connected', () => client.states.includes('connected'));
    await until('both channels are open', async () => page.evaluate<boolean>('opened.length === 2'));

    await page.evaluate("send('reliable', [1, 2, 3]); send('realtime', [4, 5])");
    client.transport.sendReliable(new Uint8Array([6]));
    expect(client.transport.sendRealtime(new Uint8Array([7, 8]))).toBe(true);
    await until('the server has both', () => client.reliable.length === 1 && client.realtime.length === 1);
    expect(client.reliable).toEqual([[1, 2, 3]]);
    expect(client.realtime).toEqual([[4, 5]]);
    await until('the client has all three', () => page.evaluate<boolean>('received.length === 3'));
    const received = await page.evaluate<{ channel: string; bytes: number[] }[]>('received');
    expect(received.filter(({ channel }) => channel === 'reliable').map(({ bytes }) => bytes)).toEqual([
      [9, 9, 9],
      [6],
    ]);
    expect(received.filter(({ channel }) => channel === 'realtime').map(({ bytes }) => bytes)).toEqual([[7, 8]]);

    await until('voice arrives', () => client.voice.length >= 20);
    const [first, second] = client.voice;
    expect((second.sequence - first.sequence) & 0xffff).toBe(1);
    expect((second.timestamp - first.timestamp) >>> 0).toBe(960);
    expect(client.voice.some(({ audioLevel }) => audioLevel >= 0 && audioLevel < 127)).toBe(true);

    // Any valid Opus packet will do: 20 ms of a stereo CELT frame that codes silence.
    const silence = new Uint8Array([0xfc, 0xff, 0xfe]);
    for (let count = 0; count < 25; count++) {
      client.transport.sendMix(silence, count, count * 960, count === 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await until('the mix arrives', async () => (await page.evaluate<number>('packetsReceived()')) >= 20);
    client.transport.close();
    expect(client.states.at(-1)).toBe('closed');
    expect(pool.leastLoaded()?.clientCount).toBe(0);
  }, 30_000);

  it('carries messages as large as the offer allows, both ways, and knows how much is still on its way', async () => {
    const client = await Client.offer();
    const page = await browser.newPage();
    await client.transport.accept(await answer(page, client.transport.offer));
    await until('connected', () => client.states.includes('connected'));
    await until('both channels are open', async () => page.evaluate<boolean>('opened.length === 2'));

    expect(await page.evaluate<number>(`sendLarge(${MESSAGE_BYTES_MAX})`)).toBe(MESSAGE_BYTES_MAX);
    await page.evaluate("send('reliable', [1, 2, 3])");
    await until('the server has both', () => client.reliable.length === 2);
    expect(client.reliable[0]).toHaveLength(MESSAGE_BYTES_MAX);
    expect(client.reliable[0].every((byte) => byte === 7)).toBe(true);

    const news = new Uint8Array(147_456).fill(5);
    for (let count = 0; count < 6; count++) client.transport.sendReliable(news);
    expect(client.transport.reliableWaitingBytes).toBe(6 * news.length);
    await until('the client has all of it', () => page.evaluate<boolean>(`large === ${6 * news.length}`));
    expect(await page.evaluate<number>('largest')).toBe(news.length);
    await until('nothing is on its way', () => {
      client.transport.refreshReliable();
      return client.transport.reliableWaitingBytes === 0;
    });
    expect(client.states).toEqual(['connected']);
    client.transport.close();
  }, 30_000);

  it('says that it is broken soon after the client closed its side', async () => {
    const client = await Client.offer();
    const page = await browser.newPage();
    await client.transport.accept(await answer(page, client.transport.offer));
    await until('connected', () => client.states.includes('connected'));
    await page.evaluate('connection.close()');
    await until('broken', () => client.transport.state === 'broken', 3_000);
    expect(client.states).toEqual(['connected', 'broken']);
  }, 30_000);

  it('is lost with its worker, and a new worker on the same port takes the client', async () => {
    const client = await Client.offer();
    const page = await browser.newPage();
    await client.transport.accept(await answer(page, client.transport.offer));
    await until('connected', () => client.states.includes('connected'));

    const killedAt = performance.now();
    process.kill(pool.pids()[0], 'SIGKILL');
    await until('lost', () => client.transport.state === 'lost');
    await until('replaced', () => replaced.length === 1);
    expect(performance.now() - killedAt).toBeLessThan(3_000);
    expect(died).toEqual([0]);

    const again = await Client.offer();
    await again.transport.accept(await answer(page, again.transport.offer));
    await until('connected again', () => again.states.includes('connected'));
    again.transport.close();
  }, 30_000);
});

describe('DataTransport with a real browser', () => {
  it('answers an offer of one data channel and carries all messages, in order towards the client', async () => {
    const states: ClientMediaState[] = [];
    const heard: Uint8Array[] = [];
    const router = pool.leastLoaded();
    if (!router) throw new Error('no worker');
    const page = await browser.newPage();
    await page.goto('http://localhost/');
    const offer = await page.evaluate<string>('offerData()');
    const transport = await DataTransport.create(
      router,
      offer,
      { messageBytesMax: 1_464 },
      { onState: (state) => states.push(state), onMessage: (message) => heard.push(message) },
    );
    expect(router.clientCount).toBe(1);
    // This client disregards how much it may send at once.
    const answer = transport.answer.replace('a=max-message-size:1464', 'a=max-message-size:262144');
    await page.evaluate(`answered(${JSON.stringify(answer)})`);
    await until('connected', () => states.includes('connected'));
    await until('the channel is open', () => page.evaluate<boolean>("opened[0] === 'data'"));

    await page.evaluate("send('data', new Array(1465).fill(9)); channels.data.send(new Uint8Array(200000))");
    await page.evaluate("send('data', [1, 2, 3]); channels.data.send('text'); send('data', new Array(1464).fill(4))");
    await until('the server has both', () => heard.length === 2);
    expect(heard.map((message) => [message[0], message.length])).toEqual([
      [1, 3],
      [4, 1_464],
    ]);

    // More at once than any congestion window takes.
    const count = Math.floor(DATA_BYTES_MAX / 1_464);
    for (let index = 0; index < count; index++) {
      expect(transport.send(new Uint8Array(1_464).fill(index), false)).toBe(true);
    }
    expect(transport.send(new Uint8Array(1_464), false)).toBe(false);
    expect(transport.send(new Uint8Array([1, 1]), true)).toBe(true);
    await until('the client has all', () => page.evaluate<boolean>(`received.length === ${count + 1}`));
    expect(await page.evaluate<number[]>('received.map(([first]) => first)')).toEqual([
      ...Array.from({ length: count }, (_, index) => index),
      1,
    ]);
    expect(transport.drops).toBe(1);

    await page.evaluate('connection.close()');
    await until('broken', () => transport.state === 'broken', 3_000);
    expect(states).toEqual(['connected', 'broken']);
    expect(router.clientCount).toBe(0);
  }, 30_000);

  it('refuses what is no offer, and leaves nothing behind', async () => {
    const router = pool.leastLoaded();
    if (!router) throw new Error('no worker');
    const events = { onState: () => undefined, onMessage: () => undefined };
    const making = DataTransport.create(router, 'v=0', { messageBytesMax: 1_464 }, events);
    await expect(making).rejects.toMatchObject({ code: 'offer-unsupported' });
    expect(router.clientCount).toBe(0);
  });
});
