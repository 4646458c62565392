import type { RestartPolicy } from './restart-policy.js';

/** What becomes of an actor that has crashed: it lives again after a pause (in ms), or stops for good. */
export type Directive = { type: 'restart'; delayMs: number } | { type: 'stop' };

/** Decides about the crashes of one actor, and of nobody else: its siblings are not to blame. */
export class OneForOneSupervisor {
  /** When it was restarted within the window, in ms. At most `restartsMax` of them. */
  private recentMs: number[] = [];

  constructor(private readonly policy: RestartPolicy) {}

  /** It has crashed now. */
  decide(nowMs: number): Directive {
    const { restartsMax, windowMs, delayMs, delayMsMax } = this.policy;
    this.recentMs = this.recentMs.filter((restartMs) => nowMs - restartMs < windowMs);
    const count = this.recentMs.length;
    if (count >= restartsMax) return { type: 'stop' };
    this.recentMs.push(nowMs);
    return { type: 'restart', delayMs: Math.min(delayMsMax, delayMs * 2 ** count) };
  }
}
