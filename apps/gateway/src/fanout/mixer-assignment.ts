import { rendezvousPick } from '@app/broker';
import type { InstanceId, SessionId } from '@app/world';

/** A mixer process as the membership sees it. */
export interface MixerMember {
  instanceId: InstanceId;
  /** Tells a process from its predecessor of the same name. */
  epochMs: number;
}

export interface MixerAssignmentOptions {
  /** A mixer that serves listeners of ours and sends nothing for longer is taken for dead, in ms. */
  silenceMsMax: number;
}

/** A mixer must have been there for this long before it gets listeners, while there are others, in ms. */
export const PROBATION_MS = 2_000;
/** The longest probation of a mixer that fails again and again, in ms. */
export const PROBATION_MS_MAX = 60_000;
/** A mixer that has just been given its first listener may be silent for this long: the roster is on its way, in ms. */
export const FIRST_SIGN_MS_MAX = 500;
/** A mixer that has served without a gap for this long has made up for its failures, in ms. */
const FORGIVEN_AFTER_MS = 10_000;

interface Mixer {
  epochMs: number;
  /** When it may be chosen although there are others, in ms. */
  trustedAtMs: number;
  /** Taken for dead: only chosen when nobody else is there. */
  hasFailed: boolean;
  failures: number;
  /** Time without a sign while it had listeners, in ms of ticks that were on time. */
  silentMs: number;
  /** How long silence is allowed now, in ms. */
  patienceMs: number;
  servesSinceMs: number | undefined;
}

/**
 * Decides which mixer serves which listener, by the law of docs/decisions/0001. One for each world and kind of mixer.
 *
 * The choice is rendezvous hashing over the best mixers there are: those that have proven themselves; else those on
 * probation; else those that failed but still are members. So a gateway never gives up the only mixer because of its own
 * hiccup. Time is told by the caller and silence is counted in its ticks, because a gateway that has been asleep has heard
 * nobody.
 */
export class MixerAssignment {
  private readonly mixers = new Map<InstanceId, Mixer>();
  private candidates: InstanceId[] = [];
  private readonly serving = new Set<InstanceId>();
  constructor(private readonly options: MixerAssignmentOptions) {}

  /** The mixers that may be chosen now, sorted. */
  get eligible(): readonly InstanceId[] {
    return this.candidates;
  }

  /** Who should serve this listener; undefined while there is no mixer at all. */
  choose(sessionId: SessionId): InstanceId | undefined {
    return rendezvousPick(sessionId, this.candidates);
  }

  /** Whether this mixer had listeners of ours when that was told last. */
  isServing(instanceId: InstanceId): boolean {
    return this.serving.has(instanceId);
  }

  /** The mixers that have listeners of ours; told after each change of the assignment. */
  setServing(instanceIds: Iterable<InstanceId>, nowMs: number): void {
    const before = new Set(this.serving);
    this.serving.clear();
    for (const instanceId of instanceIds) {
      this.serving.add(instanceId);
      const mixer = this.mixers.get(instanceId);
      if (mixer && !before.has(instanceId)) {
        mixer.silentMs = 0;
        mixer.patienceMs = Math.max(FIRST_SIGN_MS_MAX, this.options.silenceMsMax);
        mixer.servesSinceMs = nowMs;
      }
    }
  }

  /** The membership has changed. Returns whether the choice may have. */
  setMembers(members: readonly MixerMember[], nowMs: number): boolean {
    for (const { instanceId, epochMs } of members) {
      const known = this.mixers.get(instanceId);
      if (known?.epochMs === epochMs) continue;
      // A new process under an old name serves nobody yet.
      this.serving.delete(instanceId);
      this.mixers.set(instanceId, {
        epochMs,
        trustedAtMs: nowMs + PROBATION_MS,
        hasFailed: false,
        failures: known?.failures ?? 0,
        silentMs: 0,
        patienceMs: Math.max(FIRST_SIGN_MS_MAX, this.options.silenceMsMax),
        servesSinceMs: undefined,
      });
    }
    const present = new Set(members.map(({ instanceId }) => instanceId));
    for (const instanceId of this.mixers.keys()) if (!present.has(instanceId)) this.mixers.delete(instanceId);
    return this.refresh(nowMs);
  }

  /** A downlink message of this mixer has arrived. */
  hear(instanceId: InstanceId): void {
    const mixer = this.mixers.get(instanceId);
    if (!mixer) return;
    mixer.silentMs = 0;
    mixer.patienceMs = this.options.silenceMsMax;
  }

  /**
   * Time has passed. Returns whether the choice may have changed.
   *
   * @param elapsedMs  since the last tick, when the tick is on time and the broker is connected; 0 when this process or
   *                   the broker was away, because then silence means nothing
   */
  tick(nowMs: number, elapsedMs: number): boolean {
    for (const [instanceId, mixer] of this.mixers) {
      if (!this.serving.has(instanceId)) continue;
      if (elapsedMs === 0) {
        mixer.silentMs = 0;
        continue;
      }
      mixer.silentMs += elapsedMs;
      if (mixer.silentMs > mixer.patienceMs) this.fail(mixer, nowMs);
      else if (mixer.failures > 0 && nowMs - (mixer.servesSinceMs ?? nowMs) > FORGIVEN_AFTER_MS) mixer.failures = 0;
    }
    return this.refresh(nowMs);
  }

  private fail(mixer: Mixer, nowMs: number): void {
    mixer.silentMs = 0;
    if (mixer.hasFailed) return;
    mixer.hasFailed = true;
    mixer.trustedAtMs = nowMs + Math.min(PROBATION_MS_MAX, PROBATION_MS * 2 ** mixer.failures);
    mixer.failures++;
    mixer.servesSinceMs = nowMs;
  }

  private refresh(nowMs: number): boolean {
    const trusted: InstanceId[] = [];
    const onProbation: InstanceId[] = [];
    const failed: InstanceId[] = [];
    for (const [instanceId, mixer] of this.mixers) {
      // Still a member after its probation: it has been alive all the time.
      if (mixer.hasFailed && nowMs >= mixer.trustedAtMs) mixer.hasFailed = false;
      if (mixer.hasFailed) failed.push(instanceId);
      // One that was chosen because all were on probation keeps its listeners when another one's probation ends first.
      else if (nowMs < mixer.trustedAtMs && !this.serving.has(instanceId)) onProbation.push(instanceId);
      else trusted.push(instanceId);
    }
    const best = (trusted.length > 0 ? trusted : onProbation.length > 0 ? onProbation : failed).sort();
    if (best.length === this.candidates.length && best.every((id, index) => id === this.candidates[index]))
      return false;
    this.candidates = best;
    return true;
  }
}
