import { BrowserClock, type Clock } from './clock.js';

/** What the SDK takes from its surroundings. Specs put fakes here; pages need not care. */
export interface Platform {
  clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  fetch(url: string, init: RequestInit): Promise<Response>;
  openSocket(url: string, protocol: string): WebSocket;
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  createStream(): MediaStream | undefined;
  /** Whether the browser can do WebRTC and WebSockets at all. */
  readonly hasWebRtc: boolean;
  /** Absent on insecure pages and outside browsers. */
  readonly mediaDevices: MediaDevices | undefined;
  /** Calls back when the browser believes that the network is back. */
  onNetworkBack(callback: () => void): () => void;
  /** Calls back when the page is closed or navigates away. */
  onPageHide(callback: () => void): () => void;
}

/** The browser. */
export class BrowserPlatform implements Platform {
  readonly clock = new BrowserClock();

  random(): number {
    return Math.random();
  }

  fetch(url: string, init: RequestInit): Promise<Response> {
    return fetch(url, { cache: 'no-store', credentials: 'same-origin', ...init });
  }

  openSocket(url: string, protocol: string): WebSocket {
    return new WebSocket(url, protocol);
  }

  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection {
    return new RTCPeerConnection(configuration);
  }

  createStream(): MediaStream | undefined {
    return typeof MediaStream === 'undefined' ? undefined : new MediaStream();
  }

  get hasWebRtc(): boolean {
    return typeof RTCPeerConnection !== 'undefined' && typeof WebSocket !== 'undefined';
  }

  get mediaDevices(): MediaDevices | undefined {
    return typeof navigator === 'undefined' ? undefined : navigator.mediaDevices;
  }

  onNetworkBack(callback: () => void): () => void {
    return listen('online', callback);
  }

  onPageHide(callback: () => void): () => void {
    return listen('pagehide', callback);
  }
}

function listen(name: string, callback: () => void): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  globalThis.addEventListener(name, callback);
  return () => globalThis.removeEventListener(name, callback);
}
