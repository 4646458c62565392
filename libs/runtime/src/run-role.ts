import { NatsBroker } from '@app/broker';
import { type Clock, SystemClock, SystemRandom } from '@app/clock';
import { loadSettings, SettingsError } from '@app/settings';
import 'reflect-metadata';
import { commonSettings, type CommonSettings } from './common.settings.js';
import { makeInstanceId, type Instance } from './instance.js';
import { makeLogger } from './logger.js';
import { followProcessSignals } from './process-signals.js';
import { RoleProcess, type RoleOptions } from './role-process.js';
import { CannotStartError } from './runtime.errors.js';
import { readSoftwareVersion } from './software-version.js';

/** Exit codes that a supervisor understands. */
export const EXIT_CODE = {
  /** Drained. */
  clean: 0,
  /** Crashed, or a stage failed: worth another try. */
  failed: 1,
  /** Settings that cannot be used, or something that the role cannot do without: trying again is useless. */
  settings: 78,
} as const;

/**
 * The whole life of a role process: `await runRole({ role, module, settings })` is all that a main.ts does.
 *
 * Settings come from defaults, file, variables and flags; then the stages of docs/lifecycle.md. The first SIGTERM or
 * SIGINT drains, the second one exits at once, and so does the loss of the supervisor.
 *
 * @param clock  the role's time; a benchmark may slow it down
 */
export async function runRole(options: RoleOptions, clock: Clock = new SystemClock()): Promise<void> {
  const random = new SystemRandom();
  const settings = loadSettingsOrExit(options);
  const instance: Instance = {
    instanceId: settings.instanceId ?? makeInstanceId(options.role, random),
    role: options.role,
    epochMs: clock.wallMs(),
    version: readSoftwareVersion(),
  };
  const logger = makeLogger(instance, settings.logLevel);
  const exit = (code: number): never => {
    logger.flush();
    process.exit(code);
  };
  const role = new RoleProcess(options, {
    clock,
    random,
    logger,
    instance,
    settings,
    pid: process.pid,
    connect: () =>
      NatsBroker.connect({
        url: settings.natsUrl.split(','),
        name: instance.instanceId,
        connectTimeoutMs: settings.natsWaitMs,
      }),
  });
  role.metrics.collectProcess();
  followProcessSignals({ logger, stop: () => role.stop(), exit });
  logger.info({ version: instance.version, pid: process.pid }, 'Starting.');
  try {
    await role.start();
  } catch (error) {
    if (role.lifecycle.isStopping) return;
    const isFinal = error instanceof SettingsError || error instanceof CannotStartError;
    logger.error(
      isFinal ? { code: error.code } : { err: error },
      error instanceof Error ? error.message : String(error),
    );
    await role.stop();
    if (isFinal) process.stderr.write(`${error.message}\n`);
    exit(isFinal ? EXIT_CODE.settings : EXIT_CODE.failed);
  }
}

function loadSettingsOrExit(options: RoleOptions): CommonSettings {
  try {
    return loadSettings({ ...commonSettings, ...options.settings }, { section: options.role }) as CommonSettings;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    // Before there is a logger: one plain sentence.
    process.stderr.write(`${error.message}\n`);
    return process.exit(EXIT_CODE.settings);
  }
}
