import { setTimeout as pause } from 'node:timers/promises';
import { openWorldAt, readLog, verifyWorld, type VerifyReport } from '@app/entities';
import { SeededRandom } from '@app/testing';
import { Visitor } from '../../e2e/support/visitor.js';
import { within } from '../../e2e/support/within.js';
import { Chaos } from './chaos.js';
import { DurableDomain, type Inspection } from './durable-domain.js';
import { EditMix } from './edit-mix.js';
import type { EditNote } from './edit-notes.js';
import { hashOf, LiveReader } from './live-reader.js';
import { LogAudit } from './log-audit.js';
import { AuthorsDoor, editOn } from './nats-author.js';
import { PageAuthor } from './page-author.js';
import { ShardProbe } from './shard-probe.js';

export interface DurabilityOptions {
  seed: number;
  /** How long processes are killed, in ms. */
  chaosMs: number;
  shards: number;
  /** People who edit as a gateway would let them. */
  authors: number;
  /** People in browsers; with none of them there are no gateways. */
  pages: number;
}

/** How long an edit that was asked for last may take, and how long everything may need to come to rest, in ms. */
const REST_MS_MAX = 40_000;
const LOOK_INTERVAL_MS = 150;
const SNAPSHOT_INTERVAL_MS = 4_000;

/** What happened so long before a silence may have caused it, in ms. */
const BEFORE_MS = 5_000;

/** A takeover that takes longer is worth a look, in ms. */
const SLOW_MS = 1_000;

/** What one run has found. */
export interface DurabilityReport {
  problems: string[];
  counts: Record<string, number>;
  kills: Record<string, number>;
  /** In ms, sorted; of those cases in which another entity-server was there and nothing else happened. */
  takeoverMs: { killed: number[]; frozen: number[] };
  /** Longest time between two acknowledgements, in ms. */
  silenceMsMax: number;
  /** Those that took long, with the wall clock's time. */
  slowTakeovers: string[];
  /** What happened from a few seconds before the longest silence to its end, with the wall clock's time. */
  silence: string[];
  verified: VerifyReport;
}

/** One run: people edit, processes die, and at the end everybody's memory is held against the log. */
export class DurabilityRun {
  private readonly notes: EditNote[] = [];
  private readonly inspections: Inspection[] = [];
  private readonly doors: AuthorsDoor[] = [];
  private readonly pages: PageAuthor[] = [];
  private readonly problems: string[] = [];
  private isOver = false;
  private chaosEndMs = 0;
  private areLooksOver = false;

  private constructor(
    private readonly options: DurabilityOptions,
    readonly domain: DurableDomain,
    private readonly reader: LiveReader,
  ) {}

  static async start(options: DurabilityOptions): Promise<DurabilityRun> {
    const { shards, pages } = options;
    const domain = await DurableDomain.start({ entityServers: 3, gateways: pages > 0 ? 2 : 0, shards });
    const reader = await LiveReader.start(domain.broker, 'main');
    return new DurabilityRun(options, domain, reader);
  }

  async run(): Promise<DurabilityReport> {
    const { seed, shards, authors, chaosMs } = this.options;
    for (let i = 0; i < 2; i++) this.doors.push(await AuthorsDoor.open(this.domain.nats.url));
    const mix = new EditMix(new SeededRandom(seed));
    const isOver = (): boolean => this.isOver;
    const probes = Array.from({ length: shards }, (_, shard) => new ShardProbe(shard, shards, this.doors[shard % 2]));
    await Promise.all(probes.map((probe) => probe.start()));
    await this.openPages(mix, isOver);
    const editing = [
      ...this.pages.map((page) => page.run()),
      ...Array.from({ length: authors }, (_, i) =>
        editOn(this.doors[i % 2], mix, { name: `author${i}`, sessionId: 100 + i }, this.notes, isOver),
      ),
    ];
    const looking = [this.lookOn(seed), this.snapshotOn()];
    const chaos = new Chaos(this.domain, new SeededRandom(seed + 1_000), this.reader, probes);
    const endMs = performance.now() + chaosMs;
    await chaos.run(() => performance.now() > endMs);
    this.chaosEndMs = performance.now();
    this.isOver = true;
    await within(REST_MS_MAX, 'The last edits are answered', Promise.all([...editing, ...probes.map((p) => p.stop())]));
    this.areLooksOver = true;
    await within(REST_MS_MAX, 'The last looks are answered', Promise.all(looking));
    for (const { notes } of [...this.pages, ...probes]) this.notes.push(...notes);
    return this.conclude(chaos);
  }

  async stop(): Promise<void> {
    this.isOver = this.areLooksOver = true;
    this.reader.stop();
    await Promise.all(this.doors.map((door) => door.close()));
    await this.domain.stop(this.problems.length > 0 || process.env.SOAK_LOGS === 'keep');
  }

  private async openPages(mix: EditMix, isOver: () => boolean): Promise<void> {
    for (let i = 0; i < this.options.pages; i++) {
      const visitor = await Visitor.enter(this.domain.url, { name: `page${i}`, surface: 'sdk' });
      this.pages.push(new PageAuthor(`page${i}`, visitor, mix, isOver));
    }
  }

  /** Asks entity-servers, whichever they are, what they know. */
  private async lookOn(seed: number): Promise<void> {
    const random = new SeededRandom(seed + 2_000);
    while (!this.areLooksOver) {
      const live = this.domain.members.live('entity-server');
      const server = live[random.nextInteger(0, Math.max(0, live.length - 1))];
      const seen = server && (await this.domain.inspect(server.instanceId));
      if (seen) this.inspections.push(seen);
      await pause(LOOK_INTERVAL_MS);
    }
  }

  private async snapshotOn(): Promise<void> {
    for (let count = 1; !this.areLooksOver; count++) {
      await pause(SNAPSHOT_INTERVAL_MS);
      // Every other one stays, and is compared with the log in the end.
      await this.domain.snapshot(count % 2 === 0 ? `number ${count}` : '');
    }
  }

  private async conclude(chaos: Chaos): Promise<DurabilityReport> {
    const { journal, sights } = this.reader;
    const { lastSequence } = await journal.stream.state();
    await this.reader.reached(lastSequence, 10_000);
    const audit = new LogAudit(sights);
    // Further entries may follow: new writers' fences, and what unanswered edits still do.
    for await (const entry of readLog(journal, 1, lastSequence))
      audit.read(entry as typeof entry & { subject: string });
    audit.compare(this.notes);
    for (const { server, sequence, hash } of this.inspections) audit.compareState(server, sequence, hash);
    await this.compareReplicas(audit, lastSequence);
    const fromSnapshot = await openWorldAt(journal, { sequence: lastSequence });
    audit.compareState('A world from a snapshot and the rest', lastSequence, hashOf(fromSnapshot));
    const verified = await verifyWorld(journal);
    for (const { sequence, fault } of verified.snapshots) {
      if (fault) this.problems.push(`The snapshot at ${sequence}: ${fault}`);
    }
    if (this.reader.failure) this.problems.push(`A reader had to give up: ${String(this.reader.failure)}`);
    this.problems.unshift(...audit.problems);
    return { ...this.summarise(chaos, audit), verified };
  }

  /** All that run know the same; so do those who begin anew. */
  private async compareReplicas(audit: LogAudit, sequence: number): Promise<void> {
    const places = this.domain.placesOf('entity-server');
    await this.inspectAll(audit, places, sequence);
    await this.domain.children.get(places[0])?.kill9();
    this.domain.launch(places[0]);
    await this.domain.untilReady();
    await this.inspectAll(audit, places.slice(0, 1), sequence);
  }

  private async inspectAll(audit: LogAudit, places: readonly string[], sequence: number): Promise<void> {
    const { journal } = this.reader;
    for (const place of places) {
      const { name } = this.domain.children.get(place)!;
      let seen: Inspection | undefined;
      for (let attempt = 0; !seen && attempt < 20; attempt++) {
        seen = await this.domain.inspect(name, sequence, 2_000);
        if (!seen) await pause(250);
      }
      if (!seen) {
        this.problems.push(`${name} does not say what it knows.`);
        continue;
      }
      for await (const entry of readLog(journal, audit.world.lastSequence + 1, seen.sequence)) {
        await this.reader.reached(entry.sequence, 5_000);
        audit.read(entry as typeof entry & { subject: string });
      }
      audit.compareState(name, seen.sequence, seen.hash);
    }
  }

  private summarise(chaos: Chaos, audit: LogAudit): Omit<DurabilityReport, 'verified'> {
    const kindCount = (kind: string): number => this.notes.filter(({ outcome }) => outcome.kind === kind).length;
    const answered = this.notes.filter(({ outcome }) => outcome.kind === 'acked').map(({ endedMs }) => endedMs);
    answered.sort((a, b) => a - b);
    // When nobody was answered any more until the end, that was a silence, too.
    const silence = longestGap([...answered.filter((ms) => ms < this.chaosEndMs), this.chaosEndMs]);
    const msOf = (wanted: string): number[] =>
      chaos.takeovers.flatMap(({ kind, ms }) => (kind === wanted ? [Math.round(ms)] : [])).sort((x, y) => x - y);
    return {
      problems: this.problems,
      counts: {
        acked: kindCount('acked'),
        refused: kindCount('refused'),
        unknown: kindCount('unknown'),
        ackedByPages: this.pages.flatMap(({ notes }) => notes).filter(({ outcome }) => outcome.kind === 'acked').length,
        ...audit.counts,
        entities: audit.world.size,
        inspections: this.inspections.length,
      },
      kills: chaos.counts,
      takeoverMs: { killed: msOf('killed'), frozen: msOf('frozen') },
      slowTakeovers: chaos.takeovers.flatMap(({ kind, shard, ms, atMs }) =>
        ms > SLOW_MS ? [`${wallTime(atMs)} shard ${shard} ${kind}: ${Math.round(ms)} ms`] : [],
      ),
      silenceMsMax: Math.round(silence.toMs - silence.fromMs),
      silence: chaos.timeline.flatMap(({ atMs, what }) =>
        atMs > silence.fromMs - BEFORE_MS && atMs < silence.toMs ? [`${wallTime(atMs)} ${what}`] : [],
      ),
    };
  }
}

function longestGap(sortedMs: readonly number[]): { fromMs: number; toMs: number } {
  let longest = { fromMs: 0, toMs: 0 };
  for (let i = 1; i < sortedMs.length; i++) {
    const gap = { fromMs: sortedMs[i - 1], toMs: sortedMs[i] };
    if (gap.toMs - gap.fromMs > longest.toMs - longest.fromMs) longest = gap;
  }
  return longest;
}

/** A moment of the monotonic clock as logs write it. */
function wallTime(atMs: number): string {
  return new Date(performance.timeOrigin + atMs).toISOString().slice(11, 23);
}
