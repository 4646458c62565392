import { createSocket, type Socket } from 'node:dgram';
import { Worker } from 'node:worker_threads';
import type { AddressInfo } from 'node:net';

export interface FloodOptions {
  /** UDP ports of the domain, which get the same share each. */
  ports: readonly number[];
  /** From which addresses of 127.0.0.0/8, one socket each. */
  sources: readonly string[];
  /** What is sent, in turn. */
  datagrams: readonly Uint8Array[];
  perSecond: number;
  durationMs: number;
  /** Each datagram comes from a port that nobody has used before. */
  isFromEverywhere?: boolean;
}

/** How a flood went. */
export interface FloodReport {
  sent: number;
  /** What was really reached, in datagrams per second. */
  perSecond: number;
}

const WORK = `
import { createSocket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';
const { ports, sources, datagrams, perSecond, durationMs, isFromEverywhere } = workerData;
const open = (address) => new Promise((resolve) => {
  const socket = createSocket({ type: 'udp4', lookup: (host, _, found) => found(null, host, 4) });
  socket.on('error', () => undefined);
  socket.bind(0, address, () => resolve(socket));
});
const sockets = isFromEverywhere ? [] : await Promise.all(sources.map(open));
const sendOnce = async (index) => {
  const socket = await open(sources[index % sources.length]);
  const port = ports[index % ports.length];
  socket.send(datagrams[index % datagrams.length], port, '127.0.0.1', () => socket.close());
};
const beganMs = performance.now();
let sent = 0;
for (;;) {
  const elapsedMs = performance.now() - beganMs;
  if (elapsedMs >= durationMs) break;
  // As much as is due, but never so much that nothing else is done in between.
  const due = Math.min(Math.floor((elapsedMs / 1000) * perSecond), sent + 2000);
  for (; sent < due; sent++) {
    if (isFromEverywhere) void sendOnce(sent);
    else sockets[sent % sockets.length].send(datagrams[sent % datagrams.length], ports[sent % ports.length], '127.0.0.1');
  }
  await new Promise((resolve) => setImmediate(resolve));
}
const tookMs = performance.now() - beganMs;
for (const socket of sockets) socket.close();
parentPort.postMessage({ sent, perSecond: Math.round(sent / tookMs * 1000) });
`;

/** Sends as many datagrams a second as wanted, or as this machine carries, from a thread of its own. */
export function flood(options: FloodOptions): Promise<FloodReport> {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(WORK)}`), { workerData: options });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The flood ended without a report')));
  });
}

/** A socket at an address of 127.0.0.0/8 that counts what comes back. */
export class StrangerSocket {
  sentBytes = 0;
  receivedBytes = 0;
  readonly received: Uint8Array[] = [];

  private constructor(private readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('message', (datagram) => {
      this.receivedBytes += datagram.length;
      this.received.push(datagram);
    });
  }

  static open(address = '127.0.0.1'): Promise<StrangerSocket> {
    const socket = createSocket({ type: 'udp4', lookup: (host, _, found) => found(null, host, 4) });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, address, () => resolve(new StrangerSocket(socket)));
    });
  }

  get port(): number {
    return (this.socket.address() as AddressInfo).port;
  }

  send(datagram: Uint8Array, port: number): void {
    this.sentBytes += datagram.length;
    this.socket.send(datagram, port, '127.0.0.1');
  }

  close(): void {
    this.socket.close();
  }
}
