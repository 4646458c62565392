import type * as mediasoup from 'mediasoup';
import {
  AUDIO_LEVEL_EXTENSION,
  DCEP_PPID,
  EMPTY_PPIDS,
  MID_EXTENSION,
  MID_MIC,
  MID_MIX,
  OPUS_CLOCK_HZ,
  OPUS_PAYLOAD_TYPE,
  REALTIME_STREAM_ID,
  RELIABLE_STREAM_ID,
} from './media-constants.js';
import { MediaError } from './media.errors.js';
import type { MediaRouter } from './media-router.js';
import { RealtimeChannel } from './realtime-channel.js';
import { ReliableChannel } from './reliable-channel.js';
import { RTP_HEADER_BYTES, makeRtpPacketView, readRtpPacket, writeRtpPacket } from './rtp-packet.js';
import { type AnswerParameters, parseAnswer } from './sdp-answer.js';
import { buildOffer } from './sdp-offer.js';
import { type ClientMediaState, TransportLife, createTransport, sha256Of } from './transport-life.js';

type WebRtcTransport = mediasoup.types.WebRtcTransport;
type Producer = mediasoup.types.Producer;
type Consumer = mediasoup.types.Consumer;
type DataProducer = mediasoup.types.DataProducer;

/** One voice packet; the object and its bytes are the receiver's only until the call returns, unless it copies them. */
export interface VoicePacket {
  /** 16 bits; rises by one for each packet. */
  sequence: number;
  /** 32 bits, in samples at 48 kHz. */
  timestamp: number;
  /** -dBov, 0 (loudest) to 127 (silence); -1 when unknown. */
  audioLevel: number;
  /** One Opus packet, unchecked. Freshly allocated: it may be kept. */
  opus: Uint8Array;
}

/** What a client's transport tells its owner. None of them is called after `closed`. */
export interface ClientTransportEvents {
  onState(state: ClientMediaState): void;
  onVoice(packet: VoicePacket): void;
  onReliable(message: Uint8Array): void;
  onRealtime(message: Uint8Array): void;
  /** The client does not take what it is sent on the reliable channel; nothing more is sent on it. */
  onReliableOverflow(): void;
}

export interface ClientTransportOptions {
  /** Counts the offers of a session, from 1. */
  generation: number;
  /** Largest message that the offer allows, in bytes. A little more arrives, for its receiver to refuse. */
  messageBytesMax: number;
}

/** Bytes that SCTP keeps for a client that does not acknowledge; above the channels' own bounds. */
const SCTP_SEND_BUFFER_BYTES = 2_000_000;
/** So much more than the offer allows may come in one message; the worker keeps it for each client until it is whole. */
const OVERSIZE_BYTES = 65_536;
const MIX_PACKET_BYTES_MAX = RTP_HEADER_BYTES + 1_500;

const OPUS_CODEC = {
  mimeType: 'audio/opus',
  clockRate: OPUS_CLOCK_HZ,
  channels: 2,
  payloadType: OPUS_PAYLOAD_TYPE,
} as const;

/**
 * One client's WebRTC connection as the gateway sees it: an offer to send, an answer to take, sound and messages in both
 * directions.
 *
 * Everything whose numbers stand in the offer exists before it is made: the mix's stream and both data channels. Only the
 * microphone's stream is made from the answer, because its numbers are the client's.
 */
export class ClientTransport {
  private readonly life: TransportLife;
  private readonly view = makeRtpPacketView();
  private readonly voice: VoicePacket = { sequence: 0, timestamp: 0, audioLevel: -1, opus: new Uint8Array(0) };
  private readonly mixPacket = Buffer.alloc(MIX_PACKET_BYTES_MAX);
  private readonly mixHeader;
  private isAnswered = false;

  private constructor(
    private readonly router: MediaRouter,
    private readonly transport: WebRtcTransport,
    private readonly mixProducer: Producer,
    mixSsrc: number,
    private readonly reliable: ReliableChannel,
    private readonly realtime: RealtimeChannel,
    /** The session description to send to the client. */
    readonly offer: string,
    private readonly events: ClientTransportEvents,
  ) {
    this.mixHeader = { payloadType: OPUS_PAYLOAD_TYPE, isMarked: false, sequence: 0, timestamp: 0, ssrc: mixSsrc };
    this.life = new TransportLife(router, transport, (state) => this.handleState(state));
  }

  /** Makes one on a worker; fails with `media-unavailable` when the worker dies meanwhile. */
  static async create(
    router: MediaRouter,
    options: ClientTransportOptions,
    events: ClientTransportEvents,
  ): Promise<ClientTransport> {
    let transport: WebRtcTransport | undefined;
    let mixProducer: Producer | undefined;
    try {
      const mixSsrc = router.allocateSsrc();
      [transport, mixProducer] = await Promise.all([
        createTransport(router, {
          // More than the offer allows: the worker drops without a word, and the client is to be told.
          maxReceiveMessageSize: options.messageBytesMax + OVERSIZE_BYTES,
          sctpSendBufferSize: SCTP_SEND_BUFFER_BYTES,
        }),
        router.direct.produce({
          kind: 'audio',
          rtpParameters: {
            codecs: [{ ...OPUS_CODEC, parameters: { 'sprop-stereo': 1, usedtx: 1 } }],
            encodings: [{ ssrc: mixSsrc }],
          },
        }),
      ]);
      const mixConsumer = await transport.consume({
        producerId: mixProducer.id,
        mid: MID_MIX,
        rtpCapabilities: {
          codecs: [{ ...OPUS_CODEC, kind: 'audio', preferredPayloadType: OPUS_PAYLOAD_TYPE }],
          headerExtensions: [{ kind: 'audio', uri: MID_EXTENSION.uri, preferredId: MID_EXTENSION.id }],
        },
      });
      const channels = await makeChannels(router, transport, events);
      const offer = buildOffer({
        generation: options.generation,
        ice: transport.iceParameters,
        candidates: transport.iceCandidates,
        fingerprintSha256: sha256Of(transport),
        mixSsrc: ssrcOf(mixConsumer),
        mixCname: mixConsumer.rtpParameters.rtcp?.cname ?? 'vicinity',
        messageBytesMax: options.messageBytesMax,
      });
      const client = new ClientTransport(
        router,
        transport,
        mixProducer,
        mixSsrc,
        channels.reliable,
        channels.realtime,
        offer,
        events,
      );
      client.listen(channels.fromClient);
      return client;
    } catch (cause) {
      if (transport && !transport.closed) transport.close();
      if (mixProducer && !mixProducer.closed) mixProducer.close();
      throw new MediaError('media-unavailable', 'The media worker could not make a connection.', { cause });
    }
  }

  get state(): ClientMediaState {
    return this.life.state;
  }

  /** Messages dropped because the client's real-time channel was full. */
  get realtimeDrops(): number {
    return this.realtime.drops;
  }

  /**
   * Takes the client's answer. A second one is refused.
   *
   * @throws MediaError `answer-malformed` or `answer-unsupported`; the connection may still be answered then.
   *         `media-closed` when there is no connection any more.
   */
  async accept(sdp: string): Promise<AnswerParameters> {
    if (this.state !== 'connecting') throw new MediaError('media-closed', 'This offer is no longer open.');
    if (this.isAnswered) throw new MediaError('answer-unsupported', 'This offer has been answered already.');
    const answer = parseAnswer(sdp);
    this.isAnswered = true;
    try {
      // The microphone's stream first: its packets may arrive together with the last message of the DTLS handshake.
      if (answer.mic) await this.receiveMic(answer.mic);
      await this.transport.connect({
        // mediasoup wants the role of the other side here.
        dtlsParameters: { role: 'client', fingerprints: [answer.fingerprint] },
      });
    } catch (cause) {
      throw new MediaError('media-closed', 'The connection was closed while it was being answered.', { cause });
    }
    return answer;
  }

  /** Sends one Opus packet of the mix; dropped unless connected. */
  sendMix(opus: Uint8Array, sequence: number, timestamp: number, isMarked: boolean): void {
    if (this.state !== 'connected' || opus.length > MIX_PACKET_BYTES_MAX - RTP_HEADER_BYTES) return;
    const header = this.mixHeader;
    header.sequence = sequence;
    header.timestamp = timestamp;
    header.isMarked = isMarked;
    const length = writeRtpPacket(this.mixPacket, header, opus);
    // mediasoup copies the bytes before it returns, so the buffer can be used for the next packet.
    this.mixProducer.send(this.mixPacket.subarray(0, length));
  }

  /** Sends on the reliable channel; kept (within the channel's bound) until the connection is through. */
  sendReliable(message: Uint8Array): void {
    this.reliable.send(message);
  }

  /** Bytes of the reliable channel that are not yet with the client, as far as that is known. */
  get reliableWaitingBytes(): number {
    return this.reliable.waitingBytes;
  }

  /** Asks how much of the reliable channel is still not with the client; known a moment later. */
  refreshReliable(): void {
    this.reliable.refresh();
  }

  /** Sends on the real-time channel; dropped unless connected and the channel has room. Returns whether it was sent. */
  sendRealtime(message: Uint8Array): boolean {
    return this.state === 'connected' && this.realtime.send(message);
  }

  /** Closes it and all its parts; a second call is harmless. */
  close(): void {
    this.life.end('closed');
  }

  private listen(fromClient: { reliable: mediasoup.types.DataConsumer; realtime: mediasoup.types.DataConsumer }): void {
    fromClient.reliable.on('message', (message, ppid) => {
      if (ppid !== DCEP_PPID) this.events.onReliable(EMPTY_PPIDS.has(ppid) ? message.subarray(0, 0) : message);
    });
    fromClient.realtime.on('message', (message, ppid) => {
      if (ppid !== DCEP_PPID) this.events.onRealtime(EMPTY_PPIDS.has(ppid) ? message.subarray(0, 0) : message);
    });
    this.life.listen();
  }

  private handleState(state: ClientMediaState): void {
    if (state === 'connected') this.reliable.open();
    else {
      this.reliable.close();
      this.realtime.close();
      if (!this.mixProducer.closed) this.mixProducer.close();
    }
    this.events.onState(state);
  }

  private async receiveMic(mic: NonNullable<AnswerParameters['mic']>): Promise<void> {
    const headerExtensions = [];
    if (mic.hasMidExtension) headerExtensions.push({ uri: MID_EXTENSION.uri, id: MID_EXTENSION.id } as const);
    if (mic.hasAudioLevelExtension) {
      headerExtensions.push({ uri: AUDIO_LEVEL_EXTENSION.uri, id: AUDIO_LEVEL_EXTENSION.id } as const);
    }
    const producer = await this.transport.produce({
      kind: 'audio',
      rtpParameters: {
        mid: MID_MIC,
        codecs: [{ ...OPUS_CODEC, parameters: { useinbandfec: 1, usedtx: 1 } }],
        headerExtensions,
        encodings: mic.ssrc === undefined ? [] : [{ ssrc: mic.ssrc }],
        rtcp: { cname: mic.cname },
      },
    });
    const consumer = await this.router.direct.consume({
      producerId: producer.id,
      rtpCapabilities: this.router.router.rtpCapabilities,
    });
    consumer.on('rtp', (packet) => this.handleVoice(packet));
  }

  private handleVoice(packet: Uint8Array): void {
    const { view, voice } = this;
    if (!readRtpPacket(packet, view, AUDIO_LEVEL_EXTENSION.id) || view.payloadType !== OPUS_PAYLOAD_TYPE) return;
    voice.sequence = view.sequence;
    voice.timestamp = view.timestamp;
    voice.audioLevel = view.audioLevel;
    voice.opus = packet.subarray(view.payloadOffset, view.payloadOffset + view.payloadBytes);
    this.events.onVoice(voice);
  }
}

interface Channels {
  reliable: ReliableChannel;
  realtime: RealtimeChannel;
  fromClient: { reliable: mediasoup.types.DataConsumer; realtime: mediasoup.types.DataConsumer };
}

/** Both data channels, both directions. mediasoup numbers what it sends in the order of creation: 0, then 1. */
async function makeChannels(
  router: MediaRouter,
  transport: WebRtcTransport,
  events: ClientTransportEvents,
): Promise<Channels> {
  const [reliableIn, realtimeIn, realtimeOut] = await Promise.all([
    transport.produceData({ label: 'reliable', sctpStreamParameters: { streamId: RELIABLE_STREAM_ID, ordered: true } }),
    transport.produceData({
      label: 'realtime',
      sctpStreamParameters: { streamId: REALTIME_STREAM_ID, ordered: false, maxRetransmits: 0 },
    }),
    router.direct.produceData({ label: 'realtime' }),
  ]);
  // Downwards both are ordered: mediasoup 3.27 gives an unordered consumer's messages a lifetime of zero.
  const reliableOut = await transport.consumeData({ dataProducerId: router.silentDataProducer.id, ordered: true });
  const realtimeConsumer = await transport.consumeData({ dataProducerId: realtimeOut.id, ordered: true });
  const [reliable, realtime] = await Promise.all([consumeOn(router, reliableIn), consumeOn(router, realtimeIn)]);
  return {
    reliable: new ReliableChannel(reliableOut, events.onReliableOverflow.bind(events)),
    realtime: new RealtimeChannel(realtimeOut, realtimeConsumer),
    fromClient: { reliable, realtime },
  };
}

function consumeOn(router: MediaRouter, dataProducer: DataProducer): Promise<mediasoup.types.DataConsumer> {
  return router.direct.consumeData({ dataProducerId: dataProducer.id });
}

function ssrcOf(consumer: Consumer): number {
  const ssrc = consumer.rtpParameters.encodings?.[0]?.ssrc;
  if (ssrc === undefined) throw new Error('the media worker gave the mix no source number');
  return ssrc;
}
