import { type Broker, subjectOf, type Subscription } from '@app/broker';
import type { Logger } from '@app/runtime';
import { type Clock, processCpuMs, type Tick, TickLoop } from '@app/clock';
import { encodeMessage, type vicinity } from '@app/wire';
import { BLOCK_FRAMES, type InstanceId, isInstanceId, MIX_TICK_MS } from '@app/world';
import type { AudioMixerMetrics } from './audio-mixer.metrics.js';
import { BlockClock } from './injector/block-clock.js';
import { LatenessNotice } from './lateness-notice.js';
import { createIntakeCounts, createMixCounts, createPlayoutSum, type IntakeCounts } from './mix-counts.js';
import { QualityLadder } from './quality-ladder.js';
import { Shedding } from './shedding.js';
import { type SoundFactory, WorldMix, type WorldMixOptions } from './world-mix.js';

/** A tick this much later than the one before means that the process was stopped for a while, in ms. */
const PAUSE_MS = 1_000;
/** A tick later than this means that this process was kept from running, in ms. */
const LATE_MS = 8;
/** Slow numbers are told once in so many ticks: once a second. */
const REPORT_TICKS = 50;
const FRAMES_PER_MS = BLOCK_FRAMES / MIX_TICK_MS;
/** Made once, because every tick uses them. */
const NO_COUNTS = createMixCounts();
const PAIRS = { near: { kind: 'near' }, far: { kind: 'far' }, shed: { kind: 'shed' } } as const;
const SOUNDS = { known: { kind: 'known' }, heard: { kind: 'heard' } } as const;

/** What an operator chooses for all worlds. */
export interface MixerOptions extends WorldMixOptions {
  /** Worlds that are mixed; what is said about others is not listened to. */
  worlds: readonly string[];
  /** Voices that each listener hears rendered one by one. */
  nearSourcesMax: number;
}

/**
 * Mixes for those listeners that gateways have assigned to this instance, in all its worlds; hears everybody. It obeys
 * rosters and decides nothing, keeps nothing that has to survive, and can be killed at any time.
 */
export class MixerActor {
  private readonly worlds = new Map<string, WorldMix>();
  private readonly blockClock = new BlockClock();
  private readonly loop: TickLoop;
  private readonly ladder: QualityLadder;
  private readonly shedding: Shedding;
  private readonly latenessNotice: LatenessNotice;
  /** Of the last tick. */
  private readonly counts = createMixCounts();
  private statusSubscription: Subscription | undefined;
  private tickedAtMs = 0;
  /** Processor time used until the end of the last tick, in ms. */
  private tickedAtCpuMs = 0;
  /** Until then, packets that waited while this process was asleep may still come in. */
  private timelyFromMs = 0;

  constructor(
    private readonly instanceId: InstanceId,
    private readonly broker: Broker,
    private readonly clock: Clock,
    private readonly sound: SoundFactory,
    options: MixerOptions,
    private readonly metrics: AudioMixerMetrics,
    logger: Pick<Logger, 'warn'>,
    private readonly reportLoad: (load: number) => void = () => undefined,
    private readonly cpuMs: () => number = processCpuMs,
  ) {
    this.ladder = new QualityLadder(options);
    this.shedding = new Shedding(this.ladder.levelMax);
    this.latenessNotice = new LatenessNotice((fields) => logger.warn(fields, 'The mixer has fallen behind.'));
    for (const world of options.worlds) {
      const publish = (gatewayId: InstanceId, message: Uint8Array): void =>
        broker.publish(subjectOf('audioDown', { world, who: gatewayId }), message);
      this.worlds.set(world, new WorldMix(world, instanceId, sound, options, publish));
    }
    this.loop = new TickLoop(
      clock,
      MIX_TICK_MS,
      (tick) => this.tick(tick),
      2,
      () => metrics.failedTicks.inc(),
    );
    this.tellQuality();
  }

  start(): void {
    this.tickedAtMs = this.clock.nowMs();
    this.tickedAtCpuMs = this.cpuMs();
    this.statusSubscription = this.broker.onStatus(({ type }) => {
      if (type === 'connected') this.recover();
    });
    this.requestRosters();
    this.loop.start();
  }

  /** A second call is harmless. */
  stop(): void {
    this.loop.stop();
    this.statusSubscription?.unsubscribe();
    for (const world of this.worlds.values()) world.close();
    this.sound.shelf?.close();
  }

  handleRoster(worldName: string, roster: vicinity.v1.SessionRoster): void {
    const world = this.worlds.get(worldName);
    if (!world) return;
    if (!isInstanceId(roster.gatewayId)) return this.metrics.dropped.inc(1, { reason: 'roster-invalid' });
    const outcome = world.applyRoster(roster, this.clock.nowMs());
    if (outcome !== 'applied') this.metrics.dropped.inc(1, { reason: `roster-${outcome}` });
  }

  handleHearing(worldName: string, table: vicinity.v1.HearingTable): void {
    this.worlds.get(worldName)?.applyHearing(table);
  }

  handleSounds(worldName: string, table: vicinity.v1.EntitySoundTable): void {
    this.worlds.get(worldName)?.applySounds(table, this.clock.nowMs());
  }

  handleUplink(worldName: string, uplink: vicinity.v1.AudioUplink): void {
    const nowMs = this.clock.nowMs();
    const isTimely = nowMs >= this.timelyFromMs && nowMs < this.tickedAtMs + MIX_TICK_MS + LATE_MS;
    this.worlds.get(worldName)?.applyUplink(uplink, nowMs, isTimely);
  }

  /** The broker is back, or this process is: what was missed is asked for. */
  private recover(): void {
    for (const world of this.worlds.values()) world.forgive(this.clock.nowMs());
    this.requestRosters();
  }

  private requestRosters(): void {
    for (const world of this.worlds.keys()) {
      const subject = subjectOf('rosterRequest', { world, who: this.instanceId });
      this.broker.publish(subject, encodeMessage('RosterRequest', { instanceId: this.instanceId }));
    }
  }

  private tick(tick: Tick): void {
    const { metrics } = this;
    const startMs = this.clock.nowMs();
    if (startMs - this.tickedAtMs > PAUSE_MS) this.recover();
    this.tickedAtMs = startMs;
    const { counts } = this;
    Object.assign(counts, NO_COUNTS);
    const at = this.blockClock.beginBlock(this.clock.wallMs(), tick.latenessMs);
    for (const world of this.worlds.values()) world.tick(tick.index, startMs, this.broker.isConnected, at, counts);
    metrics.listeners.set(counts.listeners);
    metrics.hearing.set(counts.hearing);
    metrics.sources.set(counts.sources);
    metrics.sounding.set(counts.sounding);
    metrics.gated.set(counts.gated);
    metrics.pairs.set(counts.nearPairs, PAIRS.near);
    metrics.pairs.set(counts.farSignals, PAIRS.far);
    metrics.pairs.set(counts.shedSignals, PAIRS.shed);
    metrics.beds.set(counts.beds);
    metrics.sounds.set(counts.sounds, SOUNDS.known);
    metrics.sounds.set(counts.soundsHeard, SOUNDS.heard);
    metrics.packetsOut.inc(counts.packetsOut);
    metrics.bytesOut.inc(counts.bytesOut);
    metrics.encodesSaved.inc(counts.encodesSaved);
    const endMs = this.clock.nowMs();
    if (tick.skipped > 0 || tick.latenessMs > LATE_MS) this.timelyFromMs = endMs + MIX_TICK_MS;
    this.noteTime(tick, endMs - startMs);
    if (tick.index % REPORT_TICKS === 0) this.report();
  }

  private noteTime(tick: Tick, durationMs: number): void {
    const { metrics, shedding } = this;
    metrics.tickMs.observe(durationMs);
    metrics.latenessMs.observe(tick.latenessMs);
    if (tick.skipped > 0) metrics.skippedTicks.inc(tick.skipped);
    this.latenessNotice.note(tick.latenessMs, tick.skipped, this.tickedAtMs);
    const cpuMs = this.cpuMs();
    const usedMs = cpuMs - this.tickedAtCpuMs;
    this.tickedAtCpuMs = cpuMs;
    if (shedding.tickTook(durationMs, tick.skipped, usedMs)) {
      for (const world of this.worlds.values()) world.setQuality(this.ladder.at(shedding.level));
      this.tellQuality();
    }
    metrics.load.set(shedding.load);
    this.reportLoad(shedding.load);
  }

  /** Tells how much quality there is at present, and of what. */
  private tellQuality(): void {
    const { metrics, shedding } = this;
    const { complexity, bedAngleRad, farSignalsMax, nearSourcesMax } = this.ladder.at(shedding.level);
    metrics.sheddingLevel.set(shedding.level);
    metrics.quality.set(complexity, { kind: 'complexity' });
    metrics.quality.set(bedAngleRad, { kind: 'bed-angle-rad' });
    metrics.quality.set(farSignalsMax, { kind: 'far-signals' });
    metrics.quality.set(nearSourcesMax, { kind: 'near-sources' });
  }

  /** Tells what happened to voices; once a second, because it looks at each of them. */
  private report(): void {
    const { metrics } = this;
    const voices = createPlayoutSum();
    const targetsMs: number[] = [];
    for (const world of this.worlds.values()) {
      world.tellStatistics(voices, targetsMs);
      this.tellIntake(world.intake);
    }
    for (const fate of ['late', 'duplicate', 'lost', 'recovered', 'broken', 'restarts'] as const) {
      if (voices[fate] > 0) metrics.voicePackets.inc(voices[fate], { fate });
    }
    metrics.soundMemoryBytes.set(this.sound.shelf?.sizeBytes ?? 0);
    metrics.concealedMs.inc(voices.concealedFrames / FRAMES_PER_MS);
    metrics.stretchedMs.inc(voices.stretchedFrames / FRAMES_PER_MS);
    targetsMs.sort((a, b) => a - b);
    metrics.jitterTargetMs.set(targetsMs[targetsMs.length >> 1] ?? 0, { quantile: '0.5' });
    metrics.jitterTargetMs.set(targetsMs.at(-1) ?? 0, { quantile: '1' });
  }

  /** Tells what came in since the last report, and starts counting anew. */
  private tellIntake(intake: IntakeCounts): void {
    const { metrics } = this;
    metrics.packetsIn.inc(intake.packets);
    metrics.bytesIn.inc(intake.bytes);
    const reasons = {
      'unknown-session': intake.unknown,
      unheard: intake.unheard,
      'no-pose': intake.unplaced,
      malformed: intake.malformed,
      'too-many': intake.tooMany,
      'bad-pose': intake.badPose,
      'sound-table-stale': intake.staleSounds,
      'sound-invalid': intake.badSounds,
    };
    for (const [reason, count] of Object.entries(reasons)) if (count > 0) metrics.dropped.inc(count, { reason });
    Object.assign(intake, createIntakeCounts());
  }
}
