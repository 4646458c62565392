import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type NatsBroker, subjectOf } from '@app/broker';
import { decodeMessage, encodeMessage, type vicinity } from '@app/wire';
import { nodeFlagsOf } from '../apps/cli/src/node-flags.js';

const PROGRAM = fileURLToPath(new URL('../apps/entity-server/src/main.js', import.meta.url));
const WAIT_MS = 60_000;
const POLL_MS = 20;
/** Clock ticks per second of /proc/PID/stat; Linux tells every program 100. */
const CLOCK_TICKS_HZ = 100;

/** An entity-server in a process of its own. */
export class EntityServerProcess {
  private constructor(
    readonly child: ChildProcess,
    readonly name: string,
  ) {}

  /**
   * Resolves when it is there and has opened the world.
   *
   * @param profileDir  where to leave a CPU profile when the process ends
   */
  static async start(
    natsUrl: string,
    broker: NatsBroker,
    name: string,
    profileDir?: string,
  ): Promise<EntityServerProcess> {
    const flags = ['--nats-url', natsUrl, '--instance-id', name, '--log-level', 'warn'];
    const profile = profileDir ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [];
    const child = spawn(process.execPath, [...nodeFlagsOf('entity-server'), ...profile, PROGRAM, ...flags], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const server = new EntityServerProcess(child, name);
    await server.whenOpen(broker);
    return server;
  }

  /** What it knows of a world. */
  async inspect(broker: NatsBroker, atLeastSequence = 0): Promise<vicinity.v1.WorldInspectReply> {
    const subject = subjectOf('worldInspect', { world: 'main', who: this.name });
    const request = encodeMessage('WorldInspectRequest', { atLeastSequence });
    return decodeMessage('WorldInspectReply', await broker.request(subject, request, { timeoutMs: WAIT_MS }));
  }

  /** Processor time that it has used so far, in ms; 0 where the system does not say. */
  cpuMs(): number {
    try {
      const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8');
      // Behind the name, which may hold anything: user and system time are the 12th and 13th.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return ((Number(fields[11]) + Number(fields[12])) * 1_000) / CLOCK_TICKS_HZ;
    } catch {
      return 0;
    }
  }

  /** Resolves when it has drained and ended. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  private async whenOpen(broker: NatsBroker): Promise<void> {
    const deadlineMs = performance.now() + WAIT_MS;
    for (;;) {
      const reply = await this.inspect(broker).catch(() => undefined);
      if (reply && !reply.errorCode) return;
      if (performance.now() > deadlineMs) throw new Error(`${this.name} does not open the world.`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
