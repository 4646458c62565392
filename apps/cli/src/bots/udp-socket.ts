import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { BotSocket, OpenSocket } from './bot-surroundings.js';
import { CliError } from '../cli.errors.js';

/** The IPv4 address of a host. Fails with `cli-domain-unreachable`. */
export async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host, 4)).address;
  } catch (cause) {
    throw new CliError('cli-domain-unreachable', `Nobody knows where ${host} is.`, { cause });
  }
}

/**
 * One socket of the system for each bot, as a real client has: all addresses are numbers, so that nobody is asked. Fails with
 * `cli-bots-failed`.
 */
export const openUdpSocket: OpenSocket = (receive) =>
  new Promise<BotSocket>((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', lookup: (host, _, found) => found(null, host, 4) });
    socket.on('message', (datagram, { port }) => receive(datagram, port));
    const refuse = (cause: Error): void => {
      const sentence = `The system has no more sockets for bots (${cause.message}); raise the limit of open files (ulimit -n), or lower --per-process.`;
      reject(new CliError('cli-bots-failed', sentence, { cause }));
    };
    socket.once('error', refuse);
    socket.bind(0, () => {
      socket.off('error', refuse);
      // A domain that is gone answers with "port unreachable": no news, because a bot hears that nobody answers.
      socket.on('error', () => undefined);
      resolve({
        port: socket.address().port,
        send: (datagram, { host, port }) => socket.send(datagram, port, host),
        close: () => socket.close(),
      });
    });
  });
