import type * as mediasoup from 'mediasoup';
import { OPUS_CLOCK_HZ, OPUS_PAYLOAD_TYPE } from './media-constants.js';

type Worker = mediasoup.types.Worker;
type WebRtcServer = mediasoup.types.WebRtcServer;
type Router = mediasoup.types.Router;
type DirectTransport = mediasoup.types.DirectTransport;
type DataProducer = mediasoup.types.DataProducer;

/**
 * What all clients of one media worker share: the router that joins streams, and the one direct transport through which
 * packets come into this process and leave it.
 */
export class MediaRouter {
  /** Living client transports; kept by ClientTransport. */
  clientCount = 0;
  private nextSsrc = 1;

  private constructor(
    readonly server: WebRtcServer,
    readonly router: Router,
    readonly direct: DirectTransport,
    /** Never says anything: a data consumer must have a producer, also when it is written to directly. */
    readonly silentDataProducer: DataProducer,
  ) {}

  static async create(worker: Worker, server: WebRtcServer): Promise<MediaRouter> {
    const router = await worker.createRouter({
      mediaCodecs: [
        {
          kind: 'audio',
          mimeType: 'audio/opus',
          clockRate: OPUS_CLOCK_HZ,
          channels: 2,
          preferredPayloadType: OPUS_PAYLOAD_TYPE,
        },
      ],
    });
    const direct = await router.createDirectTransport();
    const silentDataProducer = await direct.produceData({ label: 'silent' });
    // Each client adds listeners to the shared objects; that is no leak.
    for (const emitter of [router, direct, silentDataProducer]) emitter.setMaxListeners(0);
    return new MediaRouter(server, router, direct, silentDataProducer);
  }

  get isClosed(): boolean {
    return this.router.closed;
  }

  /** Source number for a stream that this process sends into the worker; unique on the direct transport. */
  allocateSsrc(): number {
    const ssrc = this.nextSsrc;
    this.nextSsrc = this.nextSsrc === 0xffff_ffff ? 1 : this.nextSsrc + 1;
    return ssrc;
  }

  /** Closes everything on it; a second call is harmless. */
  close(): void {
    this.router.close();
  }
}
