import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Broker, MemoryBus } from '@app/broker';
import { SystemClock, SystemRandom } from '@app/clock';
import {
  commonSettings,
  obtainSecretKey,
  RoleProcess,
  signUploadTicket,
  silentLogger,
  UPLOAD_TICKET_KEY,
} from '@app/runtime';
import { loadSettings } from '@app/settings';
import { findFreePort } from '@app/testing';
import 'reflect-metadata';
import { AssetServerModule } from '../src/asset-server.module.js';
import { assetServerSettings, type AssetServerSettings } from '../src/asset-server.settings.js';
import { assetServerHttp } from '../src/http/http-edge.module.js';

/** An answer, with its body whatever it was. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The SHA-256 of some bytes. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Something that answers on the kit's port. */
export interface RunningServer {
  metrics: { text(): Promise<string> };
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A whole asset-server behind a real socket. */
export class AssetKit {
  readonly folder = mkdtempSync(join(tmpdir(), 'vicinity-assets-'));
  port = 0;
  person = '';
  another = '';
  operator = '';
  private role: RunningServer | undefined;

  /** @param connect  to the broker; without it one in memory */
  constructor(
    private readonly flags: readonly string[] = [],
    protected readonly connect: () => Promise<Broker> = connectToMemory(),
  ) {}

  async start(): Promise<void> {
    this.port ||= await findFreePort();
    const place = ['--http-port', `${this.port}`, '--asset-work-dir', join(this.folder, 'work')];
    const schema = { ...commonSettings, ...assetServerSettings };
    const settings = loadSettings(schema, { flags: [...place, ...this.flags], variables: {} }) as AssetServerSettings;
    this.role = this.makeRole(settings);
    await this.role.start();
    const broker = await this.connect();
    const key = await obtainSecretKey(broker, UPLOAD_TICKET_KEY);
    await broker.close();
    const expiresAtMs = new SystemClock().wallMs() + 600_000;
    this.person = signUploadTicket({ role: 'person', sessionId: 7, world: 'main', expiresAtMs }, key);
    this.another = signUploadTicket({ role: 'person', sessionId: 8, world: 'main', expiresAtMs }, key);
    this.operator = signUploadTicket({ role: 'operator', sessionId: 0, world: '', expiresAtMs }, key);
  }

  async stop(): Promise<void> {
    await this.role?.stop();
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  metrics(): Promise<string> {
    return (this.role as RunningServer).metrics.text();
  }

  /** The role as it is run; other kits have something simpler. */
  protected makeRole(settings: AssetServerSettings): RunningServer {
    return new RoleProcess(
      { role: 'asset-server', module: AssetServerModule, settings: assetServerSettings, http: assetServerHttp },
      {
        clock: new SystemClock(),
        random: new SystemRandom(),
        logger: silentLogger,
        instance: { instanceId: 'asset-server-1', role: 'asset-server', epochMs: 1, version: '1' },
        settings,
        pid: 1,
        connect: this.connect,
      },
    );
  }

  /** Asks without tidying anything: paths and headers go over the wire as they are. */
  ask(
    method: string,
    path: string,
    {
      ticket,
      headers = {},
      body,
    }: { ticket?: string; headers?: Record<string, string>; body?: Uint8Array | string } = {},
  ): Promise<Answer> {
    const authorization: Record<string, string> = ticket === undefined ? {} : { authorization: `Bearer ${ticket}` };
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.port, path, method, headers: { ...authorization, ...headers } };
      request(options, (response) => {
        const chunks: Buffer[] = [];
        response
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
          )
          .on('error', reject);
      })
        .on('error', reject)
        .end(body);
    });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask('GET', path, { headers });
  }

  announce(bytes: Uint8Array, fields: object = {}, ticket = this.person): Promise<Answer> {
    const body = JSON.stringify({ sha256: sha256(bytes), sizeBytes: bytes.length, name: 'note.txt', ...fields });
    return this.ask('POST', '/assets/uploads', { ticket, body });
  }

  patch(id: string, offset: number, bytes: Uint8Array): Promise<Answer> {
    const headers = { 'upload-offset': `${offset}` };
    return this.ask('PATCH', `/assets/uploads/${id}`, { headers, body: bytes });
  }

  /** The whole of it; the last answer. */
  async upload(bytes: Uint8Array, fields: object = {}, ticket = this.person): Promise<Answer> {
    const created = await this.announce(bytes, fields, ticket);
    return created.status === 201 ? this.patch(idOf(created), 0, bytes) : created;
  }
}

/** The name of the upload that an announcement was answered with. */
export function idOf({ body }: Answer): string {
  return (JSON.parse(body.toString()) as { id: string }).id;
}

/** The code of a refusal. */
export function codeOf({ body }: Answer): string {
  return (JSON.parse(body.toString()) as { error: { code: string } }).error.code;
}

/** What a JSON answer says. */
export function jsonOf({ body }: Answer): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

function connectToMemory(): () => Promise<Broker> {
  const bus = new MemoryBus();
  return () => Promise.resolve(bus.connect());
}
