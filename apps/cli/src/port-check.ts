import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { PlannedPort } from './process-plan.js';

/** The first port of the list that somebody else uses, or undefined. Nothing stays open. */
export async function findBusyPort(ports: readonly PlannedPort[]): Promise<PlannedPort | undefined> {
  const isFree = await Promise.all(
    ports.map(async ({ port, host, protocols }) => {
      const checks = protocols.map((protocol) => (protocol === 'tcp' ? canListen(port, host) : canBind(port, host)));
      return (await Promise.all(checks)).every(Boolean);
    }),
  );
  return ports.find((_, index) => !isFree[index]);
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function canBind(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
