import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from './visitor.js';

const ip = (...args: string[]): string =>
  execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Whether this process may make hosts of its own. */
export function canMakeHosts(): boolean {
  try {
    ip('netns', 'list');
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

/**
 * A second host for a browser: a network namespace that is joined to this one by a cable (a pair of virtual Ethernet
 * devices) which the test can cut.
 */
export class OtherHost {
  /** The address under which this host's servers are reached from the other one. */
  readonly serverAddress: string;
  private readonly hostAddress: string;
  private readonly folder: string;

  private constructor(
    private readonly name: string,
    subnet: number,
  ) {
    this.serverAddress = `10.213.${subnet}.1`;
    this.hostAddress = `10.213.${subnet}.2`;
    this.folder = join(tmpdir(), `vicinity-host-${name}`);
  }

  static make(): OtherHost {
    const subnet = 1 + (process.pid % 250);
    const host = new OtherHost(`vcn${subnet}`, subnet);
    host.remove();
    ip('netns', 'add', host.name);
    ip('link', 'add', host.cable(0), 'type', 'veth', 'peer', 'name', host.cable(1), 'netns', host.name);
    ip('addr', 'add', `${host.serverAddress}/30`, 'dev', host.cable(0));
    ip('link', 'set', host.cable(0), 'up');
    host.inside('addr', 'add', `${host.hostAddress}/30`, 'dev', host.cable(1));
    host.inside('link', 'set', host.cable(1), 'up');
    host.inside('link', 'set', 'lo', 'up');
    host.inside('route', 'add', 'default', 'via', host.serverAddress);
    return host;
  }

  /** A program that runs the browser on that host. */
  browserPath(): string {
    mkdirSync(this.folder, { recursive: true });
    const path = join(this.folder, 'browser');
    writeFileSync(path, `#!/bin/sh\nexec ip netns exec ${this.name} ${chromiumPath()} "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** From now on every packet is lost in both directions, and nobody is told: no closed socket, no missing carrier. */
  cutSilently(): void {
    const nobody = '02:00:00:00:00:99';
    ip('neigh', 'replace', this.hostAddress, 'lladdr', nobody, 'nud', 'permanent', 'dev', this.cable(0));
    this.inside('neigh', 'replace', this.serverAddress, 'lladdr', nobody, 'nud', 'permanent', 'dev', this.cable(1));
  }

  mendSilently(): void {
    ip('neigh', 'del', this.hostAddress, 'dev', this.cable(0));
    this.inside('neigh', 'del', this.serverAddress, 'dev', this.cable(1));
  }

  /** Pulls the plug: the other host sees its network go away. */
  unplug(): void {
    this.inside('link', 'set', this.cable(1), 'down');
  }

  plugIn(): void {
    this.inside('link', 'set', this.cable(1), 'up');
    this.inside('route', 'replace', 'default', 'via', this.serverAddress);
  }

  remove(): void {
    try {
      ip('netns', 'del', this.name);
    } catch {
      // It was not there.
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private cable(end: 0 | 1): string {
    return `${this.name}e${end}`;
  }

  private inside(...args: string[]): void {
    ip('-n', this.name, ...args);
  }
}
