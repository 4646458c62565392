import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Clock ticks per second of /proc/PID/stat; Linux tells every program 100. */
const CLOCK_TICKS_HZ = 100;

/** A real audio-mixer process. */
export class MixerProcess {
  private readonly child: ChildProcess;

  /** @param profileDir  where to leave a CPU profile when the process ends */
  constructor(
    readonly instanceId: string,
    natsUrl: string,
    settings: Record<string, string | number> = {},
    profileDir?: string,
  ) {
    const main = fileURLToPath(new URL('../apps/audio-mixer/src/main.js', import.meta.url));
    const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const profile = profileDir ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [];
    this.child = spawn(
      process.execPath,
      [...profile, main, '--nats-url', natsUrl, '--instance-id', instanceId, '--log-level', 'warn', ...flags],
      // With a channel, the mixer ends when this process does, however that happens.
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** CPU time that the process has used until now, in seconds, over all its threads. */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
    // The name in brackets may hold spaces; user and system time are the 12th and 13th fields behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_HZ;
  }

  /** Memory in use, in MiB. */
  residentMiB(): number {
    const pages = Number(readFileSync(`/proc/${this.pid}/statm`, 'latin1').split(' ')[1]);
    return (pages * 4_096) / 2 ** 20;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill('SIGTERM');
    await ended;
  }
}
