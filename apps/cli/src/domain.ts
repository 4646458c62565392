import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { homedir, networkInterfaces } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, pause } from '@app/clock';
import { isInContainer } from './container.js';
import { CliError } from './cli.errors.js';
import { defaultDataDir, openDataFolder, type DataFolder } from './data-folder.js';
import { DomainLog, type Console } from './domain-log.js';
import { defaultCacheDir, findNatsBinary } from './nats-binary.js';
import { natsConfig } from './nats-config.js';
import { findBusyPort } from './port-check.js';
import {
  audioMixerCount,
  planPorts,
  planProcesses,
  PORT_OFFSET,
  STOP_ORDER,
  type PlanInput,
  type PlannedPort,
  type ProcessSpec,
} from './process-plan.js';
import { ProcessSupervisor } from './process-supervisor.js';
import { askReadiness } from './readiness.js';
import { stopStaleBroker } from './stale-broker.js';
import { upSettings, type UpSettings } from './up.settings.js';
import { usableCores } from './usable-cores.js';

/** How long the processes of a killed supervisor may hold their ports, in ms. */
const ABANDONED_PORTS_MS = 5_000;
const POLL_MS = 25;
/** After how long without a complete domain the operator is told what is missing, in ms. */
const PATIENCE_MS = 10_000;

/** What the command line and this machine say. */
export interface DomainOptions {
  settings: UpSettings;
  clock: Clock;
  console: Console;
  environment: NodeJS.ProcessEnv;
  /** Something is wrong that no restart can mend. */
  handleFailure: (error: CliError) => void;
}

/** One whole domain on this machine: its data folder, its broker, its roles. */
export class Domain {
  private readonly plan: PlanInput;
  private readonly brokerBinary: string | undefined;
  private readonly folder: DataFolder;
  private readonly log: DomainLog;
  private readonly supervisor: ProcessSupervisor;

  /** Takes the data folder; fails with CliError before anything has been started. */
  constructor(private readonly options: DomainOptions) {
    const { settings, environment } = options;
    const cacheDir = defaultCacheDir(homedir(), environment);
    this.brokerBinary = settings.natsUrl
      ? undefined
      : findNatsBinary(settings.natsServerBin, environment.PATH ?? '', cacheDir);
    const home = defaultDataDir(settings.portBase, upSettings.portBase.default, homedir(), environment.XDG_DATA_HOME);
    const dataDir = resolve(settings.dataDir ?? home);
    this.plan = planInput(settings, environment, dataDir);
    for (const { role, file } of planProcesses(this.plan)) {
      if (!existsSync(file))
        throw new CliError('cli-not-built', `The role ${role} is not built (${file}); run npm run build.`);
    }
    this.folder = openDataFolder(dataDir);
    this.log = new DomainLog(this.folder.logs, settings.logFormat, options.console);
    this.supervisor = new ProcessSupervisor({
      clock: options.clock,
      randomHex: () => randomBytes(3).toString('hex'),
      environment: childEnvironment(environment),
      processesFile: this.folder.processesFile,
      handleLine: (slot, role, line) => this.log.handleLine(slot, role, line),
      warn: (sentence) => this.log.say(sentence),
      handleRefusal: (role, sentence) =>
        options.handleFailure(new CliError('cli-role-refused', `The role ${role} cannot start: ${sentence}`)),
    });
  }

  get dataDir(): string {
    return this.folder.path;
  }

  /**
   * Where people go. What listens to all addresses because it is in a container still answers on loopback, and only there
   * (or by https) do browsers give their microphone.
   */
  get url(): string {
    const { announce, portBase } = this.plan;
    const isForOthers = this.options.settings.public || this.options.settings.announce !== undefined;
    const host = (isForOthers ? announce : undefined) ?? '127.0.0.1';
    return `http://${host.includes(':') ? `[${host}]` : host}:${portBase + PORT_OFFSET.http}/`;
  }

  /** Starts everything at once; fails with `cli-port-in-use`. Roles wait for the broker by themselves. */
  async start(): Promise<void> {
    await stopStaleBroker(this.folder.natsPidFile, this.folder.natsConfigFile);
    const busy = await this.findBusyPort();
    if (busy) throw portInUse(busy);
    const roles = planProcesses(this.plan);
    this.supervisor.start(this.brokerBinary ? [this.planBroker(this.brokerBinary), ...roles] : roles);
  }

  /**
   * Resolves when the domain-server says that all roles are there; false when `isOver` said so before. Tells what is
   * being waited for when that takes long.
   */
  async whenReady(isOver: () => boolean): Promise<boolean> {
    const { clock } = this.options;
    let tellAtMs = clock.nowMs() + PATIENCE_MS;
    while (!isOver()) {
      const { isReady, missing } = await askReadiness(this.plan.portBase + PORT_OFFSET.http);
      if (isReady) return !isOver();
      if (clock.nowMs() >= tellAtMs && !isOver()) {
        this.log.say(`Still waiting for: ${missing.join(', ')}. Logs are in ${this.folder.logs}.`);
        tellAtMs += PATIENCE_MS;
      }
      await pause(clock, POLL_MS);
    }
    return false;
  }

  say(sentence: string): void {
    this.log.say(sentence);
  }

  /** Drains everything and gives the data folder back. */
  async stop(): Promise<void> {
    await this.supervisor.stop();
    this.folder.release();
  }

  /** Ends everything without asking. */
  kill(): void {
    this.supervisor.kill();
    this.folder.release();
  }

  private async findBusyPort(): Promise<PlannedPort | undefined> {
    const ports = planPorts(this.plan, this.brokerBinary !== undefined);
    const { clock } = this.options;
    const deadlineMs = clock.nowMs() + (this.folder.wasAbandoned ? ABANDONED_PORTS_MS : 0);
    for (;;) {
      const busy = await findBusyPort(ports);
      if (!busy || clock.nowMs() >= deadlineMs) return busy;
      await pause(clock, POLL_MS);
    }
  }

  private planBroker(binary: string): ProcessSpec {
    const { folder } = this;
    const config = natsConfig({
      serverName: `vicinity-${this.plan.portBase}`,
      port: this.plan.portBase + PORT_OFFSET.broker,
      monitoringPort: this.plan.portBase + PORT_OFFSET.brokerMonitoring,
      storeDir: folder.store,
      pidFile: folder.natsPidFile,
      versionText: brokerVersion(binary),
    });
    writeFileSync(folder.natsConfigFile, config, { mode: 0o600 });
    return {
      slot: 'nats-server',
      role: 'nats-server',
      file: fileURLToPath(new URL('./nats-guard.js', import.meta.url)),
      args: [binary, folder.natsConfigFile, folder.natsPidFile],
      stopOrder: STOP_ORDER.broker,
      isGuard: true,
    };
  }
}

function planInput(settings: UpSettings, environment: NodeJS.ProcessEnv, dataDir: string): PlanInput {
  // dist/apps/cli/src/domain.js: the other roles are beside the cli.
  const beside = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  if (settings.public && settings.loopbackOnly) {
    throw new CliError('cli-usage', 'Either --public or --loopback-only, but not both.');
  }
  const isPublic = settings.public || (!settings.loopbackOnly && isInContainer(environment));
  return {
    portBase: settings.portBase,
    isPublic,
    // Without a word about it, media is offered on every address, loopback included: what a container's neighbours and
    // its own host can reach.
    announce: settings.announce ?? (settings.public ? firstAddress() : undefined),
    letsVircadiaIn: settings.vircadia,
    gateways: settings.gateways,
    audioMixers: audioMixerCount(settings.audioMixers, usableCores()),
    avatarMixers: settings.avatarMixers,
    messaging: settings.messaging,
    entityServers: settings.entityServers,
    natsUrl: settings.natsUrl ?? `nats://127.0.0.1:${settings.portBase + PORT_OFFSET.broker}`,
    assetWorkDir: join(dataDir, 'assets'),
    appsDir: settings.appsDir ? resolve(settings.appsDir) : beside,
  };
}

/** What the children need to know comes as flags; names of this process must not become theirs. */
function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const copy = { ...environment };
  delete copy.VICINITY_INSTANCE_ID;
  delete copy.NODE_CHANNEL_FD;
  return copy;
}

function brokerVersion(binary: string): string {
  try {
    return execFileSync(binary, ['--version'], { encoding: 'utf8', timeout: 5_000 });
  } catch (cause) {
    throw new CliError('cli-broker-missing', `${binary} does not run as a nats-server.`, { cause });
  }
}

function firstAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find((address) => !address.internal && address.family === 'IPv4')?.address;
}

function portInUse({ port, purpose }: PlannedPort): CliError {
  return new CliError(
    'cli-port-in-use',
    `Port ${port} (${purpose}) is already in use; stop what uses it or choose other ports with --port-base.`,
  );
}
