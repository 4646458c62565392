import { setTimeout as pause } from 'node:timers/promises';
import type { SeededRandom } from '@app/testing';
import type { DurableDomain } from './durable-domain.js';
import type { LiveReader } from './live-reader.js';
import type { RoleChild } from './role-child.js';
import type { ShardProbe } from './shard-probe.js';

/** How long a shard took to answer after its writer was gone while others were there, in ms. */
export interface Takeover {
  kind: 'killed' | 'frozen';
  shard: number;
  /** When it was gone, on the monotonic clock. */
  atMs: number;
  ms: number;
}

/** A shard that has not answered by then is waited for no longer; the next misfortune comes. */
const ANSWER_MS_MAX = 6_000;
/** How long the right moment for a misfortune is waited for, in ms. */
const PATIENCE_MS = 6_000;
/** So long nothing has to have happened for a takeover to be one, in ms. */
const QUIET_MS = 1_500;

/** Kills and freezes processes, and starts them again: what a bad night does to a domain in a few minutes. */
export class Chaos {
  readonly counts: Record<string, number> = {};
  readonly takeovers: Takeover[] = [];
  /** What was done when, on the monotonic clock. */
  readonly timeline: Array<{ atMs: number; what: string }> = [];
  private readonly healing = new Set<Promise<void>>();
  private disturbedMs = performance.now();

  constructor(
    private readonly domain: DurableDomain,
    private readonly random: SeededRandom,
    private readonly reader: LiveReader,
    private readonly probes: readonly ShardProbe[],
  ) {}

  /** Goes on until it is over, then lets everything come back that it has taken away. */
  async run(isOver: () => boolean): Promise<void> {
    // All is well yet, so that at least one takeover is measured in any run.
    await this.loseWriter('killed');
    while (!isOver()) {
      await pause(this.random.nextInteger(200, 1_800));
      if (!isOver()) await this.strike();
    }
    while (this.healing.size > 0) await Promise.all(this.healing);
    await this.domain.untilReady();
  }

  private async strike(): Promise<void> {
    const lot = this.random.nextInteger(0, 99);
    if (lot < 26) return this.loseWriter('killed');
    if (lot < 42) return this.loseWriter('frozen');
    if (lot < 70) return this.strikeEntityServer(lot);
    if (lot < 80) return this.kill(this.anyOf('gateway'));
    if (lot < 84) return this.freeze(this.anyOf('gateway'), 500, 4_500);
    if (lot < 92) return this.killBroker();
    if (lot < 96) return this.freezeBroker();
    this.count('all entity-servers at once');
    for (const place of this.domain.placesOf('entity-server')) this.kill(place);
    await this.eventually(() => this.readyServers().length > 0);
  }

  private async strikeEntityServer(lot: number): Promise<void> {
    const place = this.anyOf('entity-server');
    if (!(await this.eventually(() => this.hasOthers(place)))) return;
    if (lot < 54) this.kill(place);
    else if (lot < 64) this.freeze(place, 500, 3_000);
    else this.drain(place);
  }

  /** Takes the writer of a shard away, and waits to see how soon the shard answers. */
  private async loseWriter(kind: Takeover['kind']): Promise<void> {
    const shard = this.random.nextInteger(0, this.probes.length - 1);
    const isQuiet = await this.eventually(() => this.isQuiet() && this.hasOthers(this.placeOfWriter(shard)));
    const place = this.placeOfWriter(shard);
    if (!isQuiet || !place) return;
    const atMs = performance.now();
    if (kind === 'killed') this.kill(place);
    else this.freeze(place, 1_500, 4_000);
    this.takeovers.push({ kind, shard, atMs, ms: await this.answer(shard, atMs) });
  }

  private isQuiet(): boolean {
    return this.healing.size === 0 && performance.now() - this.disturbedMs > QUIET_MS;
  }

  private placeOfWriter(shard: number): string | undefined {
    const name = this.reader.writers.get(shard);
    return [...this.domain.children].find(([, child]) => child.name === name && child.isRunning)?.[0];
  }

  /** Whether another entity-server could go on. Processes take long to start where much else runs. */
  private hasOthers(place: string | undefined): boolean {
    return this.readyServers().some((other) => other !== place);
  }

  private readyServers(): string[] {
    return this.domain.placesOf('entity-server').filter((place) => this.domain.isReady(place));
  }

  private async eventually(holds: () => boolean): Promise<boolean> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (!holds() && performance.now() < deadlineMs) await pause(50);
    return holds();
  }

  private async answer(shard: number, atMs: number): Promise<number> {
    for (;;) {
      const ms = this.probes[shard].answeredAfter(atMs);
      if (ms !== undefined) return ms;
      if (performance.now() - atMs > ANSWER_MS_MAX) return Infinity;
      await pause(20);
    }
  }

  private kill(place: string): void {
    const child = this.running(place);
    if (!child) return;
    this.count(`${child.spec.role} killed`, child.name);
    const downMs = this.random.nextInteger(0, 1_500);
    const keepsName = this.random.next() < 0.3;
    this.heal(async () => {
      await child.kill9();
      await pause(downMs);
      this.note(`${this.domain.launch(place, keepsName).name} starts`);
    });
  }

  private freeze(place: string, msMin: number, msMax: number): void {
    const child = this.running(place);
    if (!child) return;
    this.count(`${child.spec.role} frozen`, child.name);
    const frozenMs = this.random.nextInteger(msMin, msMax);
    child.pause();
    this.heal(async () => {
      await pause(frozenMs);
      child.resume();
      this.note(`${child.name} goes on`);
    });
  }

  private drain(place: string): void {
    const child = this.running(place);
    if (!child) return;
    this.count(`${child.spec.role} stopped`, child.name);
    this.heal(async () => {
      await child.stop();
      this.note(`${this.domain.launch(place).name} starts`);
    });
  }

  private async killBroker(): Promise<void> {
    this.count('broker killed');
    const downMs = this.random.nextInteger(0, 1_200);
    await this.domain.nats.kill9();
    await pause(downMs);
    await this.domain.nats.restart();
    this.note('broker is back');
    this.disturbedMs = performance.now();
  }

  private async freezeBroker(): Promise<void> {
    this.count('broker frozen');
    this.domain.nats.pause();
    await pause(this.random.nextInteger(200, 2_500));
    this.domain.nats.resume();
    this.note('broker goes on');
    this.disturbedMs = performance.now();
  }

  private heal(work: () => Promise<void>): void {
    const healed = work().finally(() => {
      this.healing.delete(healed);
      this.disturbedMs = performance.now();
    });
    this.healing.add(healed);
  }

  private running(place: string): RoleChild | undefined {
    const child = this.domain.children.get(place);
    return child?.isRunning ? child : undefined;
  }

  private anyOf(role: string): string {
    const places = this.domain.placesOf(role);
    return places[this.random.nextInteger(0, places.length - 1)] ?? '';
  }

  private count(what: string, name = ''): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
    this.note(`${what} ${name}`);
  }

  private note(what: string): void {
    this.timeline.push({ atMs: performance.now(), what });
  }
}
