import { CLIENT_RELIABLE_BYTES_MAX, SERVER_ENTITY_NEWS_BYTES_MAX, SERVER_REALTIME_BYTES_MAX } from '@app/world';
import { decodeMessage, type MessageOf } from '@app/wire';
import type { Timer } from './clock.js';
import { clientFailure, type VicinityError } from './errors.js';
import type { Platform } from './platform.js';
import { findAudioMids, preferStereo } from './sdp.js';

/** From the offer to open data channels; longer than any handshake that will still succeed, in ms. */
const CONNECT_TIMEOUT_MS = 8_000;
/** Poses that wait longer than this are better not sent, in bytes. */
const REALTIME_BUFFER_BYTES_MAX = 4_096;
/** What may wait on the reliable channel, in bytes. */
const RELIABLE_BUFFER_BYTES_MAX = 16 * CLIENT_RELIABLE_BYTES_MAX;

/** What a link tells its owner. Nothing is told after `close`. */
export interface MediaLinkHandlers {
  onReady(link: MediaLink): void;
  onFailed(link: MediaLink, error: VicinityError): void;
  onReliable(message: MessageOf<'ServerReliable'>): void;
  onRealtime(message: MessageOf<'ServerRealtime'>): void;
  /** Something came that could not be decoded; it was dropped. */
  onMalformed(): void;
}

/** What the microphone sends: no track means that nothing is sent, and that something may be later. */
export interface Uplink {
  track: MediaStreamTrack | null;
  /** Opus bit rate in bits per second; undefined leaves it to the browser. */
  bitrate: number | undefined;
}

/** One PeerConnection with a gateway: the mix down, the microphone up, two data channels. One offer, one link. */
export class MediaLink {
  /** For statistics; nobody else should touch it. */
  readonly peer: RTCPeerConnection;
  private readonly reliable: RTCDataChannel;
  private readonly realtime: RTCDataChannel;
  private microphone: RTCRtpTransceiver | undefined;
  private mix: MediaStreamTrack | undefined;
  private timer: Timer | undefined;
  private isReady = false;
  private isClosed = false;

  constructor(
    platform: Platform,
    /** The generation of the offer that this link answers. */
    readonly generation: number,
    private readonly handlers: MediaLinkHandlers,
  ) {
    this.peer = platform.createPeerConnection({ bundlePolicy: 'max-bundle' });
    this.reliable = this.peer.createDataChannel('reliable', { negotiated: true, id: 0, ordered: true });
    this.realtime = this.peer.createDataChannel('realtime', {
      negotiated: true,
      id: 1,
      ordered: false,
      maxRetransmits: 0,
    });
    this.listen(this.reliable, 'ServerReliable', SERVER_ENTITY_NEWS_BYTES_MAX, (message) =>
      handlers.onReliable(message),
    );
    this.listen(this.realtime, 'ServerRealtime', SERVER_REALTIME_BYTES_MAX, (message) => handlers.onRealtime(message));
    this.peer.addEventListener('connectionstatechange', () => this.check());
    this.timer = platform.clock.after(CONNECT_TIMEOUT_MS, () => this.fail());
  }

  /** The listener's mix: there as soon as the offer has been answered. */
  get mixTrack(): MediaStreamTrack | undefined {
    return this.mix;
  }

  /** Whether sound and messages can flow. */
  get isOpen(): boolean {
    return this.isReady && !this.isClosed;
  }

  /** Answers the offer. Fails when the browser cannot make sense of it. */
  async answer(offer: string, uplink: () => Uplink): Promise<string> {
    const mids = findAudioMids(offer);
    await this.peer.setRemoteDescription({ type: 'offer', sdp: offer });
    for (const transceiver of this.peer.getTransceivers()) {
      if (transceiver.mid === mids.mix) this.mix = transceiver.receiver.track;
      if (transceiver.mid === mids.microphone) this.microphone = transceiver;
    }
    if (!this.mix || !this.microphone || !mids.mix) throw clientFailure('signal-malformed');
    // Sending is agreed on even without a microphone, so that one can be plugged in later without a new offer.
    this.microphone.direction = 'sendonly';
    // Asked now, not before: a microphone that was started meanwhile had nothing yet to be plugged into.
    await this.setUplink(uplink());
    const answer = await this.peer.createAnswer();
    const sdp = preferStereo(answer.sdp ?? '', mids.mix);
    await this.peer.setLocalDescription({ type: 'answer', sdp });
    return sdp;
  }

  /** Changes what the microphone sends, without renegotiation. */
  async setUplink(uplink: Uplink): Promise<void> {
    if (!this.microphone || this.isClosed) return;
    const { sender } = this.microphone;
    await sender.replaceTrack(uplink.track);
    if (uplink.bitrate === undefined) return;
    const parameters = sender.getParameters();
    if (!parameters.encodings?.[0]) return;
    parameters.encodings[0].maxBitrate = uplink.bitrate;
    // Some browsers refuse before the first negotiation; the default rate is good enough then.
    await sender.setParameters(parameters).catch(() => undefined);
  }

  /** Sends an encoded ClientReliable; false when it could not even be queued. */
  sendReliable(bytes: Uint8Array): boolean {
    return this.send(this.reliable, bytes, RELIABLE_BUFFER_BYTES_MAX);
  }

  /** Sends an encoded ClientRealtime; false when it was dropped. */
  sendRealtime(bytes: Uint8Array): boolean {
    return this.send(this.realtime, bytes, REALTIME_BUFFER_BYTES_MAX);
  }

  /** Ends the link; a second call is harmless. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.timer?.cancel();
    this.peer.close();
  }

  private send(channel: RTCDataChannel, bytes: Uint8Array, bufferBytesMax: number): boolean {
    if (this.isClosed || channel.readyState !== 'open' || channel.bufferedAmount > bufferBytesMax) return false;
    try {
      channel.send(bytes as Uint8Array<ArrayBuffer>);
      return true;
    } catch {
      // The channel may close between the check and the call.
      return false;
    }
  }

  private listen<Name extends 'ServerReliable' | 'ServerRealtime'>(
    channel: RTCDataChannel,
    name: Name,
    bytesMax: number,
    handle: (message: MessageOf<Name>) => void,
  ): void {
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('open', () => this.check());
    channel.addEventListener('close', () => this.fail());
    channel.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (this.isClosed) return;
      let message: MessageOf<Name>;
      try {
        message = decodeMessage(name, new Uint8Array(event.data as ArrayBuffer), bytesMax);
      } catch {
        this.handlers.onMalformed();
        return;
      }
      handle(message);
    });
  }

  private check(): void {
    if (this.isClosed) return;
    if (this.peer.connectionState === 'failed') return this.fail();
    if (this.isReady || this.peer.connectionState !== 'connected') return;
    if (this.reliable.readyState !== 'open' || this.realtime.readyState !== 'open') return;
    this.isReady = true;
    this.timer?.cancel();
    this.handlers.onReady(this);
  }

  private fail(): void {
    if (this.isClosed) return;
    this.handlers.onFailed(this, clientFailure('media-unreachable'));
  }
}
