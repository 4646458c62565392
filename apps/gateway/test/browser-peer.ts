import { SystemClock, type Timer } from '@app/clock';
import { type MessageFields, type MessageOf, decodeMessage, encodeMessage, packPose } from '@app/wire';
import { PROTOCOL_VERSION } from '@app/world';
import type { Page } from 'playwright-core';

/**
 * The page: a bare client that moves bytes. What they mean is decoded and encoded by the test, with the server's own codec, so
 * that nothing but the browser's WebRTC is under test. Written for the browser, and so not in TypeScript.
 */
export const PEER_PAGE = `<!doctype html><title>peer</title><script>
let socket, connection, channels, audio;
const queues = { signal: [], reliable: [], realtime: [] };
const state = { socket: 'none', opened: 0 };
function connect(url, hello) {
  socket = new WebSocket(url, 'vicinity.v1');
  socket.binaryType = 'arraybuffer';
  state.socket = 'connecting';
  socket.onopen = () => { state.socket = 'open'; socket.send(new Uint8Array(hello)); };
  socket.onmessage = (event) => queues.signal.push([...new Uint8Array(event.data)]);
  socket.onclose = (event) => { state.socket = 'closed ' + event.code; };
}
function signal(bytes) { socket.send(new Uint8Array(bytes)); }
async function answer(sdp) {
  const old = connection;
  connection = new RTCPeerConnection();
  state.opened = 0;
  channels = {
    reliable: connection.createDataChannel('reliable', { negotiated: true, id: 0 }),
    realtime: connection.createDataChannel('realtime', { negotiated: true, id: 1, ordered: false, maxRetransmits: 0 }),
  };
  for (const [name, channel] of Object.entries(channels)) {
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => { state.opened++; if (state.opened === 2 && old) old.close(); };
    channel.onmessage = (event) => queues[name].push([...new Uint8Array(event.data)]);
  }
  connection.ontrack = (event) => {
    if (event.transceiver.mid !== 'mix') return;
    audio = document.createElement('audio');
    audio.srcObject = new MediaStream([event.track]);
    audio.play();
  };
  await connection.setRemoteDescription({ type: 'offer', sdp });
  const mic = connection.getTransceivers().find((transceiver) => transceiver.mid === 'mic');
  const constraints = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: constraints });
  mic.direction = 'sendonly';
  await mic.sender.replaceTrack(stream.getAudioTracks()[0]);
  const draft = await connection.createAnswer();
  await connection.setLocalDescription({ type: 'answer', sdp: draft.sdp.replace('useinbandfec=1', 'useinbandfec=1;stereo=1') });
  return connection.localDescription.sdp;
}
function send(channel, bytes) { channels[channel].send(new Uint8Array(bytes)); }
function take(queue) { return queues[queue].splice(0); }
async function heard() {
  for (const report of (await connection.getStats()).values()) {
    if (report.type === 'inbound-rtp') return { packets: report.packetsReceived, energy: report.totalAudioEnergy };
  }
  return { packets: 0, energy: 0 };
}
</script>`;

type Channel = 'signal' | 'reliable' | 'realtime';

/** A browser page as a client: what it was told is kept, decoded, in order. */
export class BrowserPeer {
  readonly signals: MessageOf<'ServerSignal'>[] = [];
  readonly reliable: MessageOf<'ServerReliable'>[] = [];
  readonly realtime: MessageOf<'ServerRealtime'>[] = [];
  /** Generations of the offers that have been answered. */
  readonly answered: number[] = [];
  resumeToken = '';
  private sequence = 0;
  private isPumping = false;
  private timer: Timer | undefined;

  private constructor(readonly page: Page) {}

  static async open(page: Page, url: string): Promise<BrowserPeer> {
    await page.goto(url);
    const peer = new BrowserPeer(page);
    peer.timer = new SystemClock().every(30, () => void peer.pump());
    return peer;
  }

  /** Says Hello on a new socket. */
  async connect(url: string, name: string, withToken = false): Promise<void> {
    this.signals.length = 0;
    const hello = encodeMessage('ClientSignal', {
      hello: {
        protocolVersion: PROTOCOL_VERSION,
        world: 'main',
        traits: { name, colour: 0x336699 },
        pose: packPose({ position: { x: 1, y: 0, z: 2 }, orientation: { x: 0, y: 0, z: 0, w: 1 } }),
        agent: 'test',
        resumeToken: withToken ? this.resumeToken : '',
      },
    });
    await this.page.evaluate(`connect(${JSON.stringify(url)}, ${JSON.stringify([...hello])})`);
  }

  async signal(message: MessageFields<'ClientSignal'>): Promise<void> {
    await this.page.evaluate(`signal(${JSON.stringify([...encodeMessage('ClientSignal', message)])})`);
  }

  async sendReliable(message: MessageFields<'ClientReliable'>): Promise<void> {
    await this.page.evaluate(`send('reliable', ${JSON.stringify([...encodeMessage('ClientReliable', message)])})`);
  }

  async sendPose(x: number): Promise<void> {
    const pose = packPose({ position: { x, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
    const bytes = encodeMessage('ClientRealtime', { poseUpdate: { sequence: ++this.sequence, pose } });
    await this.page.evaluate(`send('realtime', ${JSON.stringify([...bytes])})`);
  }

  async ping(token: number): Promise<void> {
    const bytes = encodeMessage('ClientRealtime', { ping: { token } });
    await this.page.evaluate(`send('realtime', ${JSON.stringify([...bytes])})`);
  }

  get welcome(): MessageOf<'ServerSignal'>['welcome'] {
    return this.signals.find((signal) => signal.welcome)?.welcome;
  }

  async isConnected(): Promise<boolean> {
    return this.page.evaluate<boolean>('state.opened === 2');
  }

  async socketState(): Promise<string> {
    return this.page.evaluate<string>('state.socket');
  }

  async heard(): Promise<{ packets: number; energy: number }> {
    return this.page.evaluate('heard()');
  }

  stop(): void {
    this.timer?.cancel();
  }

  /** Takes over what the page has received, and answers offers. */
  private async pump(): Promise<void> {
    if (this.isPumping) return;
    this.isPumping = true;
    try {
      for (const bytes of await this.take('reliable')) this.reliable.push(decodeMessage('ServerReliable', bytes));
      for (const bytes of await this.take('realtime')) this.realtime.push(decodeMessage('ServerRealtime', bytes));
      for (const bytes of await this.take('signal')) await this.handleSignal(decodeMessage('ServerSignal', bytes));
    } catch (error) {
      // The page may close under the pump at the end of a test.
      if (!this.page.isClosed() && this.page.url() !== 'about:blank') throw error;
    } finally {
      this.isPumping = false;
    }
  }

  private async handleSignal(signal: MessageOf<'ServerSignal'>): Promise<void> {
    this.signals.push(signal);
    this.resumeToken = signal.welcome?.resumeToken ?? signal.tokenRenewed?.resumeToken ?? this.resumeToken;
    if (!signal.offer) return;
    const generation = signal.offer.generation ?? 0;
    const sdp = await this.page.evaluate<string>(`answer(${JSON.stringify(signal.offer.sdp)})`);
    await this.signal({ answer: { generation, sdp } });
    this.answered.push(generation);
  }

  private async take(channel: Channel): Promise<Uint8Array[]> {
    const taken = await this.page.evaluate<number[][]>(`take('${channel}')`);
    return taken.map((bytes) => Uint8Array.from(bytes));
  }
}
