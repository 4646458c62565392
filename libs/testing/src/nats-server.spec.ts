import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findNatsServer, GUARD, startNatsServer, type NatsServer } from './nats-server.js';

const started: NatsServer[] = [];
const start = async (...args: Parameters<typeof startNatsServer>): Promise<NatsServer> => {
  const server = await startNatsServer(...args);
  started.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

/** The first line that a server says, or why there is none. */
const greeting = (port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', (error) => resolve(error.message));
    socket.once('data', (chunk) => {
      socket.destroy();
      resolve(chunk.toString());
    });
  });

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const eventually = async (holds: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 500 && !holds(); turn++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
};

describe('startNatsServer', () => {
  it('starts servers beside each other, with JetStream, on loopback only', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.port).not.toBe(two.port);
    expect(one.url).toBe(`nats://127.0.0.1:${one.port}`);
    for (const server of [one, two]) {
      const info = JSON.parse((await greeting(server.port)).slice('INFO '.length)) as Record<string, unknown>;
      expect(info).toMatchObject({ jetstream: true, host: '127.0.0.1' });
    }
  });

  it('is killed and comes back on the same port', async () => {
    const server = await start();
    const pid = server.pid as number;
    await server.kill9();
    expect([isAlive(pid), server.pid]).toEqual([false, undefined]);
    expect(await greeting(server.port)).toMatch(/ECONNREFUSED/);
    await server.restart();
    expect(await greeting(server.port)).toMatch(/^INFO /);
    expect(server.pid).not.toBe(pid);
  });

  it('leaves nothing behind when stopped, also twice, also while paused', async () => {
    const server = await start();
    const pid = server.pid as number;
    server.pause();
    await server.stop();
    await server.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('says why a server does not start', async () => {
    await expect(startNatsServer({ port: 1, config: 'nonsense: {' })).rejects.toThrow(/nats-server did not start/);
  });

  it('leaves no server behind when the test process is killed', async () => {
    // A stand-in for a test process: it starts a guard for a server as startNatsServer does, and is killed.
    const server = spawn('sleep', ['600'], { stdio: 'ignore' });
    const script = `
      const { spawn } = require('node:child_process');
      spawn('/bin/sh', ['-c', ${JSON.stringify(GUARD)}, '${server.pid}'], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
      console.log('ready');
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    expect(server.signalCode).toBeNull();
    parent.kill('SIGKILL');
    await eventually(() => server.signalCode === 'SIGKILL');
  });
});

describe('findNatsServer', () => {
  it('finds a program that is there', () => {
    expect(existsSync(findNatsServer())).toBe(true);
  });
});
