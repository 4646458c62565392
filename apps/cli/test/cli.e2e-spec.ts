import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { SupervisedDomain, until } from './supervised-domain.js';

const PORT_BASE = 21_000;

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

describe('vicinity up', () => {
  let domain: SupervisedDomain;
  beforeEach(() => {
    domain = new SupervisedDomain(PORT_BASE);
  });
  afterEach(() => domain.remove());

  it('starts every role and the broker, prints one URL, and stops in order with exit code 0', async () => {
    await domain.up('--gateways', '2', '--audio-mixers', '2');
    expect(domain.output.match(/https?:\/\/\S+/g)).toEqual([`http://127.0.0.1:${PORT_BASE}/`]);
    await until(() => domain.starts.length === 9, 5_000);
    expect(domain.starts.map(({ role }) => role).sort()).toEqual([
      'asset-server',
      'audio-mixer',
      'audio-mixer',
      'avatar-mixer',
      'domain-server',
      'entity-server',
      'gateway',
      'gateway',
      'messaging',
    ]);
    // The supervisor, nine roles, the guard and the broker, which nobody here waits for.
    await until(() => domain.brokerPid !== undefined, 5_000);
    expect(domain.processes()).toHaveLength(12);
    domain.signal('SIGINT');
    expect(await domain.ended()).toBe(0);
    expect(domain.stops.slice(0, 2)).toEqual(['gateway', 'gateway']);
    expect(domain.stops.at(-1)).toBe('domain-server');
    expect(domain.processes()).toEqual([]);
  });

  it('leaves no process behind when the supervisor is killed', async () => {
    await domain.up();
    domain.signal('SIGKILL');
    await until(() => domain.processes().length === 0, 5_000);
  });

  it('starts again on the same folder right after the supervisor was killed', async () => {
    await domain.up();
    domain.signal('SIGKILL');
    await domain.ended();
    await domain.up();
    expect(domain.output).toContain(`http://127.0.0.1:${PORT_BASE}/`);
    domain.signal('SIGTERM');
    expect(await domain.ended()).toBe(0);
  });

  it('stops a broker that a killed guard has left behind before it starts its own', async () => {
    await domain.up();
    await until(() => domain.brokerPid !== undefined, 5_000);
    const orphan = domain.brokerPid as number;
    const guard = domain
      .processes()
      .find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('nats-guard')) as number;
    process.kill(guard, 'SIGKILL');
    await until(() => domain.brokerPid !== undefined && domain.brokerPid !== orphan, 5_000);
    expect(domain.processes()).not.toContain(orphan);
  });

  it('starts a killed broker again', async () => {
    await domain.up();
    await until(() => domain.brokerPid !== undefined, 5_000);
    const first = domain.brokerPid as number;
    process.kill(first, 'SIGKILL');
    await until(() => domain.brokerPid !== undefined && domain.brokerPid !== first, 5_000);
  });

  it('starts a killed role again at once, with the same arguments and a new name', async () => {
    await domain.up();
    await until(() => domain.startsOf('gateway').length === 1, 5_000);
    const [before] = domain.startsOf('gateway');
    process.kill(before.pid, 'SIGKILL');
    await until(() => domain.startsOf('gateway').length === 2, 5_000);
    const [, after] = domain.startsOf('gateway');
    expect(after.args.slice(0, -1)).toEqual(before.args.slice(0, -1));
    expect(after.args.at(-1)).toMatch(/^gateway-[0-9a-f]{6}$/);
    expect(after.args.at(-1)).not.toBe(before.args.at(-1));
    await until(() => domain.output.includes('killed by SIGKILL'), 5_000);
    const file = join(domain.dataDir, 'processes.json');
    const rows = JSON.parse(readFileSync(file, 'utf8')) as { role: string; instance: string; pid: number }[];
    expect(rows.find(({ role }) => role === 'gateway')).toMatchObject({ instance: after.args.at(-1), pid: after.pid });
  });

  it('starts a role that keeps crashing with growing pauses, and lets the others run', async () => {
    domain.misbehave('crash', 'messaging');
    await domain.up();
    await until(() => domain.startsOf('messaging').length >= 5, 5_000);
    const starts = domain.startsOf('messaging').map(({ atMs }) => atMs);
    const pauses = starts.slice(1).map((atMs, index) => atMs - starts[index]);
    // At least: how long a process takes to start comes on top.
    for (const [index, pauseMs] of [0, 90, 190, 390].entries()) expect(pauses[index]).toBeGreaterThanOrEqual(pauseMs);
    await until(() => domain.startsOf('gateway').length > 0, 5_000);
    expect(domain.startsOf('gateway')).toHaveLength(1);
    domain.behave('crash', 'messaging');
    await until(
      () => domain.output.split('\n').some((line) => line.startsWith('messaging') && line.includes('hello')),
      5_000,
    );
  });

  it('gives up with the sentence of a role that refuses its settings', async () => {
    domain.misbehave('refuse', 'audio-mixer');
    await domain.up();
    expect(await domain.ended()).toBe(1);
    expect(domain.output).toContain('The role audio-mixer cannot start: The flag --gain must be a number.');
    expect(domain.processes()).toEqual([]);
  });

  it('forces the end on a second signal', async () => {
    domain.misbehave('deaf', 'gateway');
    await domain.up();
    await until(() => domain.startsOf('gateway').length === 1, 5_000);
    domain.signal('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(domain.supervisor?.exitCode).toBeNull();
    domain.signal('SIGINT');
    expect(await domain.ended()).toBe(1);
    await until(() => domain.processes().length === 0, 5_000);
  });

  it('takes one Ctrl-C that arrives twice at once for one', async () => {
    domain.misbehave('deaf', 'gateway');
    await domain.up();
    await until(() => domain.startsOf('gateway').length === 1, 5_000);
    domain.signal('SIGINT');
    domain.signal('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(domain.supervisor?.exitCode).toBeNull();
  });

  it.each([
    ['web pages', PORT_BASE],
    ['the broker', PORT_BASE + 10],
    ['signalling', PORT_BASE + 20],
    ['media', PORT_BASE + 3],
  ])('says in one sentence which port is in use (%s), and leaves nothing behind', async (purpose, port) => {
    const server = await listen(port);
    await domain.up();
    expect(await domain.ended()).toBe(1);
    expect(domain.output).toBe(
      `Port ${port} (${purpose}) is already in use; stop what uses it or choose other ports with --port-base.\n`,
    );
    expect(domain.processes()).toEqual([]);
    expect(existsSync(join(domain.dataDir, 'supervisor.lock'))).toBe(false);
    await new Promise((resolve) => server.close(resolve));
  });

  it('refuses a data folder that another supervisor uses, and goes on beside one with another folder', async () => {
    await domain.up();
    const { code, output } = await domain.command(
      ...['up', '--port-base', '21050', '--data-dir', domain.dataDir, '--apps-dir', domain.appsDir],
    );
    expect([code, output]).toEqual([1, expect.stringContaining('is used by another vicinity (process')]);
    const other = new SupervisedDomain(PORT_BASE + 50);
    await other.up();
    expect(other.output).toContain(`http://127.0.0.1:${PORT_BASE + 50}/`);
    await other.remove();
    expect(domain.supervisor?.exitCode).toBeNull();
  });

  it('is not fooled by the lock of a dead supervisor whose number was used again', async () => {
    await domain.up();
    domain.signal('SIGTERM');
    await domain.ended();
    writeFileSync(join(domain.dataDir, 'supervisor.lock'), `${process.pid} 1\n`);
    await domain.up();
    expect(domain.output).toContain('http://');
  });

  it('keeps everything that roles say in files', async () => {
    await domain.up();
    await until(() => domain.logOf('gateway').includes('hello'), 5_000);
    await until(() => domain.logOf('nats-server').includes('is ready'), 5_000);
    await until(() => /^gateway-[0-9a-f]{6} warn: hello$/m.test(domain.output), 5_000);
  });

  it.each([
    [['up', '--nonsense'], 2, 'There is no flag --nonsense. Try vicinity help.\n'],
    [['up', '--port-base', '99'], 2, 'The flag --port-base must be a whole number from 1024 to 65000 (port).\n'],
    [['up', '--public', '--loopback-only'], 2, 'Either --public or --loopback-only, but not both.\n'],
    [['dance'], 2, 'There is no command dance; try vicinity help.\n'],
    [
      ['status', '--port-base', '21099'],
      1,
      'No domain answers on port 21099; is it running, and is --port-base right?\n',
    ],
    [['decode'], 2, 'Which subject? vicinity decode <subject>\n'],
  ])('answers %j with exit code %i and one sentence', async (args, code, sentence) => {
    expect(await domain.command(...args)).toEqual({ code, output: sentence });
  });

  it('tells its version and its help', async () => {
    expect((await domain.command('--version')).output).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, output } = await domain.command('help');
    expect([code, output]).toEqual([0, expect.stringContaining('--audio-mixers')]);
  });
});
