import { MemoryBus, subjectOf, type MemoryBroker } from '@app/broker';
import { SystemClock, SystemRandom } from '@app/clock';
import { loadSettings } from '@app/settings';
import { commonSettings, RoleProcess, RoleState, silentLogger } from '@app/runtime';
import { findFreePort } from '@app/testing';
import { decodeMessage, encodeMessage } from '@app/wire';
import { PROTOCOL_VERSION } from '@app/world';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { DomainServerModule } from '../src/domain-server.module.js';
import { domainServerSettings } from '../src/domain-server.settings.js';
import { domainServerHttp } from '../src/web/http-edge.module.js';

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

const ALLOWED = 'https://page.example';

describe('The domain-server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vicinity-web-'));
  const bus = new MemoryBus();
  let port: number;
  let role: RoleProcess;
  let other: MemoryBroker;

  beforeAll(async () => {
    mkdirSync(join(folder, 'web/assets'), { recursive: true });
    writeFileSync(join(folder, 'web/index.html'), '<title>place</title>');
    writeFileSync(join(folder, 'web/assets/index-B1x2y3z4.js'), 'let a;');
    writeFileSync(join(folder, 'web/.hidden'), 'secret');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    port = await findFreePort();
    const flags = ['--http-port', `${port}`, '--web-dir', join(folder, 'web'), '--origin-allowed', ALLOWED];
    const ground = {
      clock: new SystemClock(),
      random: new SystemRandom(),
      logger: silentLogger,
      instance: { instanceId: 'domain-server-1', role: 'domain-server', epochMs: Date.now(), version: '1.2.3' },
      settings: loadSettings({ ...commonSettings, ...domainServerSettings }, { flags, variables: {} }),
      pid: 7,
      connect: () => Promise.resolve(bus.connect()),
    };
    const options = { role: 'domain-server', module: DomainServerModule, settings: domainServerSettings };
    role = new RoleProcess({ ...options, http: domainServerHttp }, ground);
    await role.start();
    other = bus.connect();
  });
  afterAll(async () => {
    await role.stop();
    rmSync(folder, { recursive: true });
  });

  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`, init);
  /** Without the tidying that fetch does to paths. */
  const getRaw = (path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, headers }, (response) => {
        let body = '';
        response
          .on('data', (chunk) => (body += chunk))
          .on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      })
        .on('error', reject)
        .end();
    });
  const beat = async (instanceId: string, fields: object = {}): Promise<void> => {
    const memberRole = instanceId.replace(/-\d+$/, '');
    const heartbeat = {
      instanceId,
      role: memberRole,
      epochMs: 1,
      pid: 42,
      state: RoleState.ROLE_STATE_READY,
      ...fields,
    };
    other.publish(subjectOf('member', { who: instanceId }), encodeMessage('MemberHeartbeat', heartbeat));
    await settle();
  };

  it('is alive but not ready before the other roles are there, and says what is missing', async () => {
    expect((await get('/healthz')).status).toBe(200);
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: 'not-ready',
      missing: ['gateway', 'audio-mixer', 'avatar-mixer', 'messaging', 'entity-server', 'asset-server'],
    });
    const refusal = await get('/api/join');
    expect(refusal.status).toBe(503);
    expect(await refusal.json()).toMatchObject({ error: { code: 'no-gateway', retryAfterMs: 1_000 } });
  });

  it('is ready when one of each role is, and lets people in', async () => {
    const workers = ['audio-mixer-1', 'avatar-mixer-1', 'messaging-1', 'entity-server-1', 'asset-server-1'];
    for (const name of workers) await beat(name);
    await beat('gateway-1', { signalingPort: 40_120, sessions: 3, sessionsMax: 10 });
    await beat('gateway-2', { signalingPort: 40_122, sessions: 1, sessionsMax: 10 });
    expect((await get('/readyz')).status).toBe(200);
    const { body } = await getRaw('/api/join?world=main', { host: 'place.example:8080' });
    expect(JSON.parse(body)).toEqual({
      protocolVersion: PROTOCOL_VERSION,
      world: 'main',
      gateways: [
        { instanceId: 'gateway-2', url: 'ws://place.example:40122/signal' },
        { instanceId: 'gateway-1', url: 'ws://place.example:40120/signal' },
      ],
    });
  });

  it('tells the status of every process', async () => {
    const status = (await (await get('/api/status')).json()) as { members: object[] };
    expect(status).toMatchObject({ version: '1.2.3', isReady: true });
    expect(status.members).toContainEqual(
      expect.objectContaining({ role: 'gateway', instanceId: 'gateway-1', pid: 42, state: 'ready', sessions: 3 }),
    );
    expect(status.members).toContainEqual(expect.objectContaining({ instanceId: 'domain-server-1', pid: 7 }));
  });

  it('joins the metrics of all processes on one page', async () => {
    const subscription = other.subscribe(subjectOf('metrics'), ({ reply, data }) => {
      decodeMessage('MetricsRequest', data);
      const text = '# HELP vicinity_x X.\n# TYPE vicinity_x gauge\nvicinity_x 5\n';
      other.publish(reply as string, encodeMessage('MetricsReply', { instanceId: 'gateway-1', role: 'gateway', text }));
      other.publish(reply as string, new Uint8Array([255]));
    });
    const response = await get('/metrics');
    subscription.unsubscribe();
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const text = await response.text();
    expect(text).toContain('vicinity_x{role="gateway",instance="gateway-1"} 5\n');
    expect(text).toContain(
      'vicinity_joins_total{outcome="placed",role="domain-server",instance="domain-server-1"} 1\n',
    );
    expect(text).not.toContain('instance="domain-server-1"} NaN');
  });

  it('serves the web client, files with a hash for ever and the others freshly', async () => {
    const page = await get('/?name=Ada&mic=on');
    expect([page.status, await page.text()]).toEqual([200, '<title>place</title>']);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const script = await get('/assets/index-B1x2y3z4.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toContain('text/javascript');
  });

  it('gives every answer headers that keep browsers careful', async () => {
    for (const path of ['/', '/api/status', '/nowhere']) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('lets pages of allowed origins join, and nobody else read anything', async () => {
    const letIn = async (path: string, origin: string): Promise<string | null> =>
      (await get(path, { headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await letIn('/api/join', ALLOWED)).toBe(ALLOWED);
    expect(await letIn('/assets/index-B1x2y3z4.js', ALLOWED)).toBe(ALLOWED);
    expect(await letIn('/api/join', 'https://other.example')).toBeNull();
    expect(await letIn('/metrics', ALLOWED)).toBeNull();
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/assets/../../secret.txt',
    '//../secret.txt',
    '/.hidden',
    '/%00',
    '/%',
  ])('serves nothing outside the web client: %s', async (path) => {
    const { status, body } = await getRaw(path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body).not.toContain('secret\n');
    expect(body).not.toBe('secret');
  });

  it.each(['?world=Main', '?world=a&world=b', '?world[a]=b', '?world=%00', `?world=${'x'.repeat(5_000)}`])(
    'refuses a malformed join: %s',
    async (query) => {
      // The gateway of the tests before has been silent since, for longer than it may on a busy machine.
      await beat('gateway-1', { signalingPort: 7 });
      const { status, body } = await getRaw(`/api/join${query}`);
      // A nested name is none of ours: it is ignored.
      if (query.includes('[')) expect(status).toBe(200);
      else expect([status, JSON.parse(body)]).toEqual([400, expect.objectContaining({ error: expect.anything() })]);
    },
  );

  it('refuses methods that would change something, and headers without end', async () => {
    expect((await get('/api/join', { method: 'POST', body: 'x'.repeat(100_000) })).status).toBe(405);
    expect((await getRaw('/healthz', { 'x-long': 'x'.repeat(20_000) })).status).toBe(431);
  });

  it('survives rubbish on its port', async () => {
    for (const rubbish of ['\u0016\u0003\u0001', 'GET / HTTP/9.9\r\n\r\n', 'x'.repeat(100_000)]) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.end(rubbish));
        socket.on('error', () => undefined).on('close', () => resolve());
        socket.resume();
      });
    }
    expect((await get('/healthz')).status).toBe(200);
  });
});
