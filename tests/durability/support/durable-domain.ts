import { setTimeout as pause } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NatsBroker, subjectOf } from '@app/broker';
import { SystemClock } from '@app/clock';
import { BrokerMemberDirectory } from '@app/runtime';
import { type NatsServer, startNatsServer } from '@app/testing';
import { decodeMessage, encodeMessage } from '@app/wire';
import { freePortBase } from '../../e2e/support/domain.js';
import { RoleChild } from './role-child.js';

export interface DurableDomainOptions {
  entityServers: number;
  /** With gateways there is a domain-server, too. */
  gateways: number;
  /** Into how many parts the world is divided. */
  shards: number;
}

/** What an entity-server says of its world at one moment. */
export interface Inspection {
  server: string;
  sequence: number;
  /** Hexadecimal. */
  hash: string;
  count: number;
  shards: readonly number[];
}

const WORLD = 'main';
const READY_MS_MAX = 60_000;

/** A domain without a supervisor: the test starts its processes, kills them and starts them again. */
export class DurableDomain {
  readonly clock = new SystemClock();
  /** By place: `entity-server-0`; the process in it changes. */
  readonly children = new Map<string, RoleChild>();
  private readonly logDir = mkdtempSync(join(tmpdir(), 'vicinity-durability-'));
  private generation = 0;

  private constructor(
    readonly nats: NatsServer,
    /** The test's own connection. */
    readonly broker: NatsBroker,
    readonly members: BrokerMemberDirectory,
    private readonly portBase: number,
    private readonly options: DurableDomainOptions,
  ) {}

  static async start(options: DurableDomainOptions): Promise<DurableDomain> {
    const nats = await startNatsServer();
    const broker = await NatsBroker.connect({ url: nats.url, name: 'durability-test' });
    const members = new BrokerMemberDirectory(broker, new SystemClock());
    members.start();
    const domain = new DurableDomain(nats, broker, members, await freePortBase(), options);
    for (const place of domain.places()) domain.launch(place);
    await domain.untilReady();
    return domain;
  }

  /** Of the page to begin with. */
  get url(): string {
    return `http://127.0.0.1:${this.portBase}/`;
  }

  /** Where the logs of all processes are until `stop`. */
  get logs(): string {
    return this.logDir;
  }

  /** All places of a role. */
  placesOf(role: string): string[] {
    return this.places().filter((place) => place.startsWith(role));
  }

  /** Starts the process of a place, under a new name unless it is to be taken for its predecessor. */
  launch(place: string, keepsName = false): RoleChild {
    const before = this.children.get(place);
    const name = keepsName && before ? before.name : `${place}-${++this.generation}`;
    const role = place.slice(0, place.lastIndexOf('-'));
    const child = new RoleChild({ role, name, args: this.argsOf(role, place), logDir: this.logDir });
    this.children.set(place, child);
    return child;
  }

  /** Resolves when every process that should be there is ready. */
  async untilReady(): Promise<void> {
    const deadlineMs = performance.now() + READY_MS_MAX;
    const missing = (): string[] => this.places().filter((place) => !this.isReady(place));
    while (missing().length > 0) {
      if (performance.now() > deadlineMs) throw new Error(`Not ready: ${missing().join(', ')}; see ${this.logDir}`);
      await pause(50);
    }
  }

  /** Whether the process of a place runs and the domain knows it. */
  isReady(place: string): boolean {
    const child = this.children.get(place);
    if (!child?.isRunning) return false;
    return this.members.live(child.spec.role).some(({ instanceId }) => instanceId === child.name);
  }

  /** Asks one entity-server; undefined when it does not answer in time, or cannot know so much. */
  async inspect(server: string, atLeastSequence = 0, timeoutMs = 1_000): Promise<Inspection | undefined> {
    const subject = subjectOf('worldInspect', { world: WORLD, who: server });
    const request = encodeMessage('WorldInspectRequest', { atLeastSequence });
    try {
      const answer = await this.broker.request(subject, request, { timeoutMs });
      const { errorCode, sequence, hash, count, shards } = decodeMessage('WorldInspectReply', Uint8Array.from(answer));
      if (errorCode) return undefined;
      return { server, sequence, hash: Buffer.from(hash).toString('hex'), count, shards };
    } catch {
      return undefined;
    }
  }

  /**
   * Asks for a snapshot now; false when nobody could make one.
   *
   * @param label  keeps it from being deleted when newer ones are there
   */
  async snapshot(label = ''): Promise<boolean> {
    const request = encodeMessage('WorldSnapshotRequest', { label });
    const subject = subjectOf('worldSnapshot', { world: WORLD, who: '0' });
    try {
      const answer = await this.broker.request(subject, request, { timeoutMs: 5_000 });
      return !decodeMessage('WorldSnapshotReply', answer).errorCode;
    } catch {
      return false;
    }
  }

  /** @param keepsLogs  leave what the processes have said, for somebody who wants to know why */
  async stop(keepsLogs = false): Promise<void> {
    await Promise.all([...this.children.values()].map((child) => child.kill9()));
    this.members.stop();
    await this.broker.close();
    await this.nats.stop();
    if (!keepsLogs) rmSync(this.logDir, { recursive: true, force: true });
  }

  private places(): string[] {
    const { entityServers, gateways } = this.options;
    const several = (role: string, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `${role}-${index}`);
    return [
      ...several('gateway', gateways),
      ...several('domain-server', gateways > 0 ? 1 : 0),
      ...several('entity-server', entityServers),
    ];
  }

  private argsOf(role: string, place: string): string[] {
    const common = ['--nats-url', this.nats.url];
    if (role === 'entity-server') return [...common, '--world-shards', `${this.options.shards}`];
    if (role === 'domain-server') return [...common, '--http-port', `${this.portBase}`];
    const index = Number(place.slice(place.lastIndexOf('-') + 1));
    const signaling = this.portBase + 20 + 2 * index;
    const ports = ['--signaling-port', `${signaling}`, '--media-port', `${signaling + 1}`, '--vircadia-port', '0'];
    // An author who edits as fast as answers come is no ordinary visitor.
    return [...common, ...ports, '--entity-edits-per-second', '100000'];
  }
}
