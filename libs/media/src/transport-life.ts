import type * as mediasoup from 'mediasoup';
import type { MediaRouter } from './media-router.js';

type WebRtcTransport = mediasoup.types.WebRtcTransport;

/**
 * Where a client's media is.
 * - `connecting`: offered, not yet answered or not yet through.
 * - `connected`: packets and messages flow.
 * - `broken`: it was refused, given up or closed by the client; it does not recover.
 * - `lost`: the media worker is gone.
 * - `closed`: closed by us.
 */
export type ClientMediaState = 'connecting' | 'connected' | 'broken' | 'lost' | 'closed';

/** Time without an answer to ICE consent checks after which a client's media is taken for broken, in s. */
const ICE_CONSENT_TIMEOUT_S = 8;

/** Makes a transport on the port that all clients of a worker share. */
export function createTransport(
  router: MediaRouter,
  options: { maxReceiveMessageSize: number; sctpSendBufferSize: number },
): Promise<WebRtcTransport> {
  return router.router.createWebRtcTransport({
    webRtcServer: router.server,
    enableUdp: true,
    enableTcp: true,
    preferUdp: true,
    enableSctp: true,
    iceConsentTimeout: ICE_CONSENT_TIMEOUT_S,
    ...options,
  });
}

/** SHA-256 of the certificate that a transport shows: colon-separated hexadecimal. */
export function sha256Of(transport: WebRtcTransport): string {
  const found = transport.dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  if (!found) throw new Error('the media worker has no SHA-256 fingerprint');
  return found.value;
}

/** The life of one transport, as its worker tells it: it connects once, and ends once. */
export class TransportLife {
  private current: ClientMediaState = 'connecting';

  /** @param onState  told each state that follows; nothing after `closed` */
  constructor(
    private readonly router: MediaRouter,
    private readonly transport: WebRtcTransport,
    private readonly onState: (state: Exclude<ClientMediaState, 'connecting'>) => void,
  ) {
    router.clientCount++;
  }

  get state(): ClientMediaState {
    return this.current;
  }

  /** Begins to hear of the transport; what has happened to it already is told at once. */
  listen(): void {
    this.transport.on('dtlsstatechange', (state) => {
      if (state === 'failed' || state === 'closed') this.end('broken');
    });
    this.transport.on('icestatechange', (state) => {
      if (state === 'disconnected' || state === 'closed') this.end('broken');
    });
    this.transport.on('sctpstatechange', (state) => {
      if (state === 'connected' && this.current === 'connecting') {
        this.current = 'connected';
        this.onState('connected');
      }
      if (state === 'failed' || state === 'closed') this.end('broken');
    });
    this.transport.on('routerclose', () => this.end('lost'));
    // The worker may have died while the listeners were not there yet.
    if (this.transport.closed) this.end('lost');
  }

  /** Closes the transport; a second call is harmless. */
  end(state: 'broken' | 'lost' | 'closed'): void {
    const isAlive = this.current === 'connecting' || this.current === 'connected';
    if (this.current === 'closed') return;
    this.current = state;
    if (!isAlive) return;
    this.router.clientCount--;
    if (!this.transport.closed) this.transport.close();
    this.onState(state);
  }
}
