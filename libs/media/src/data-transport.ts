import type * as mediasoup from 'mediasoup';
import { BINARY_PPID } from './media-constants.js';
import { MediaError } from './media.errors.js';
import type { MediaRouter } from './media-router.js';
import { RealtimeChannel } from './realtime-channel.js';
import { buildDataAnswer, parseDataOffer } from './sdp-data.js';
import { type ClientMediaState, TransportLife, createTransport, sha256Of } from './transport-life.js';

/** What a data transport tells its owner. None of them is called after `closed`. */
export interface DataTransportEvents {
  onState(state: ClientMediaState): void;
  /** Freshly allocated: it may be kept. */
  onMessage(message: Uint8Array): void;
}

export interface DataTransportOptions {
  /** Largest message in either direction, in bytes; the worker drops larger ones of the client. */
  messageBytesMax: number;
}

/** Bytes that may wait for one client, as far as messages can be dropped: a quarter of a second of what it is sent at most. */
export const DATA_BYTES_MAX = 98_304;
/** The same for messages that must not be dropped: beyond it the client does not listen any more. */
export const VITAL_DATA_BYTES_MAX = 4 * DATA_BYTES_MAX;
/** Above the bounds, so that ours are met first. */
const SCTP_SEND_BUFFER_BYTES = 2 * VITAL_DATA_BYTES_MAX;
/** The client's channel is the first of the side that begins the DTLS handshake (RFC 8832, section 6). */
const STREAM_ID = 0;

/**
 * One data channel of a client that makes offers, in both directions: whole messages, in order and without loss towards
 * the client, as the client likes from there.
 */
export class DataTransport {
  private readonly life: TransportLife;

  private constructor(
    router: MediaRouter,
    transport: mediasoup.types.WebRtcTransport,
    private readonly channel: RealtimeChannel,
    /** The session description to send to the client. */
    readonly answer: string,
    private readonly events: DataTransportEvents,
  ) {
    this.life = new TransportLife(router, transport, (state) => {
      if (state !== 'connected') channel.close();
      events.onState(state);
    });
  }

  /**
   * Takes a client's offer.
   *
   * @throws MediaError `offer-malformed` or `offer-unsupported`; `media-unavailable` when the worker dies meanwhile.
   */
  static async create(
    router: MediaRouter,
    offerSdp: string,
    options: DataTransportOptions,
    events: DataTransportEvents,
  ): Promise<DataTransport> {
    const offer = parseDataOffer(offerSdp);
    let transport: mediasoup.types.WebRtcTransport | undefined;
    let toClient: mediasoup.types.DataProducer | undefined;
    try {
      [transport, toClient] = await Promise.all([
        createTransport(router, {
          maxReceiveMessageSize: options.messageBytesMax,
          sctpSendBufferSize: SCTP_SEND_BUFFER_BYTES,
        }),
        router.direct.produceData({ label: 'data' }),
      ]);
      // Both directions before the client knows where to go: its channel opens with its first packet.
      const [producer, consumer] = await Promise.all([
        transport.produceData({ sctpStreamParameters: { streamId: STREAM_ID, ordered: false, maxRetransmits: 0 } }),
        // Ordered: mediasoup 3.27 gives an unordered consumer's messages a lifetime of zero.
        transport.consumeData({ dataProducerId: toClient.id, ordered: true }),
      ]);
      const [fromClient] = await Promise.all([
        router.direct.consumeData({ dataProducerId: producer.id }),
        // mediasoup wants the role of the other side here.
        transport.connect({ dtlsParameters: { role: 'client', fingerprints: [offer.fingerprint] } }),
      ]);
      const answer = buildDataAnswer({
        mid: offer.mid,
        ice: transport.iceParameters,
        candidates: transport.iceCandidates,
        fingerprintSha256: sha256Of(transport),
        messageBytesMax: options.messageBytesMax,
      });
      const channel = new RealtimeChannel(toClient, consumer, DATA_BYTES_MAX);
      const made = new DataTransport(router, transport, channel, answer, events);
      made.listen(fromClient);
      return made;
    } catch (cause) {
      if (transport && !transport.closed) transport.close();
      if (toClient && !toClient.closed) toClient.close();
      throw new MediaError('media-unavailable', 'The media worker could not make a connection.', { cause });
    }
  }

  get state(): ClientMediaState {
    return this.life.state;
  }

  /** Messages that the channel had no room for. */
  get drops(): number {
    return this.channel.drops;
  }

  /**
   * Sends a message of at most `messageBytesMax`; dropped unless connected and the channel has room. Returns whether it
   * was sent.
   *
   * @param isVital  it goes out though others of its time are dropped
   */
  send(message: Uint8Array, isVital: boolean): boolean {
    return this.state === 'connected' && this.channel.send(message, isVital ? VITAL_DATA_BYTES_MAX : DATA_BYTES_MAX);
  }

  /** Closes it and all its parts; a second call is harmless. */
  close(): void {
    this.life.end('closed');
  }

  private listen(fromClient: mediasoup.types.DataConsumer): void {
    fromClient.on('message', (message, ppid) => {
      // All others are no messages: the announcement of the channel, texts, and what stands for an empty one.
      if (ppid === BINARY_PPID) this.events.onMessage(message);
    });
    this.life.listen();
  }
}
