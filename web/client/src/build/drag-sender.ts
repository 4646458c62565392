import type { EntityId, EntityProperties } from '@vicinity/sdk';
import { isSameValue } from './same-value.js';

/** Between two edits of one drag, in ms: 20 a second. */
export const DRAG_INTERVAL_MS = 50;
/** Others may change the same thing again and again; after so many tries theirs is kept. */
const TRIES_MAX = 3;
/** News of somebody else's edit takes about so long to come, in ms. */
const SETTLE_MS = 150;
/** After a refusal, nothing more is sent of a drag that goes on for so long, in ms. */
const REFUSED_PAUSE_MS = 500;
/** What is refused only for now is tried again after so long, then after twice that, and so on, in ms. */
const RETRY_MS_FIRST = 250;
/** After so long it has failed, in ms. */
const RETRY_MS_MAX = 5_000;

/** What a drag needs of the world. */
export interface DragPorts {
  nowMs(): number;
  /** Shows values here and for nobody else; undefined takes them away. */
  preview(properties: EntityProperties | undefined): void;
  /** Changes the entity for everybody; settles with its new revision. */
  change(properties: EntityProperties, expectedRevision: number | undefined): Promise<number>;
  /** What the server has told of the entity; undefined when it is gone. */
  told(): { revision: number; properties: EntityProperties } | undefined;
  wait(ms: number): Promise<void>;
}

/** How a drag ended: as wanted, not at all, because somebody else was there first, or because it is dragged again. */
export type DragOutcome = 'done' | 'unchanged' | 'overtaken' | 'gone' | 'abandoned';

/**
 * One drag of one thing: shown here at once, sent to the others at most 20 times a second with one edit under way, and at the
 * end once more for certain. The last edit is done only on what this person has seen: when somebody else has moved the
 * thing meanwhile, theirs stays. Refused only for now (`rate-limited`, `world-busy`...), it is tried again for 5 s, and the
 * thing is shown where it was put until then.
 */
export class DragSender {
  private latest: EntityProperties | undefined;
  private sent: EntityProperties | undefined;
  private acknowledged: EntityProperties | undefined;
  private underWay: Promise<unknown> | undefined;
  private sentAtMs = -Infinity;
  private revision: number | undefined;
  private isAbandoned = false;
  private readonly before: EntityProperties;

  constructor(
    readonly id: EntityId,
    private readonly ports: DragPorts,
  ) {
    const told = ports.told();
    this.revision = told?.revision;
    this.before = told?.properties ?? {};
  }

  /** The thing is here now. As often as you like. */
  update(properties: EntityProperties): void {
    this.latest = { ...this.latest, ...properties };
    this.ports.preview(this.latest);
    this.sendIfDue();
  }

  /** For each frame: sends what could not be sent at once. */
  handleFrame(): void {
    this.sendIfDue();
  }

  /** The hand has let go. Fails when the server refuses; then everything is where it was told to be. */
  async finish(): Promise<DragOutcome> {
    try {
      await this.underWay;
      if (!this.latest) return 'unchanged';
      const giveUpAtMs = this.ports.nowMs() + RETRY_MS_MAX;
      let pauseMs = RETRY_MS_FIRST;
      for (let staleCount = 0; staleCount < TRIES_MAX;) {
        if (this.isAbandoned) return 'abandoned';
        const told = this.ports.told();
        if (!told) return 'gone';
        if (this.isOvertaken(told.properties)) return 'overtaken';
        try {
          await this.ports.change(this.latest, Math.max(told.revision, this.revision ?? 0));
          return 'done';
        } catch (error) {
          const { code, retryable } = error as { code?: string; retryable?: boolean };
          if (code === 'entity-revision-stale') {
            staleCount++;
            // What made it stale is on its way to us.
            this.revision = undefined;
            await this.ports.wait(SETTLE_MS);
          } else {
            if (!retryable || this.ports.nowMs() + pauseMs > giveUpAtMs) throw error;
            await this.ports.wait(pauseMs);
            pauseMs *= 2;
          }
        }
      }
      return 'overtaken';
    } finally {
      if (!this.isAbandoned) this.ports.preview(undefined);
    }
  }

  /** Somebody takes the thing into the hand again: what this drag still wanted is forgotten, and what is shown is left. */
  abandon(): void {
    this.isAbandoned = true;
  }

  private sendIfDue(): void {
    const { latest } = this;
    if (!latest || latest === this.sent || this.underWay) return;
    if (this.ports.nowMs() - this.sentAtMs < DRAG_INTERVAL_MS) return;
    this.sentAtMs = this.ports.nowMs();
    this.sent = latest;
    this.underWay = this.ports
      .change(latest, undefined)
      .then(
        (revision) => {
          this.revision = revision;
          this.acknowledged = latest;
        },
        // The last edit will tell whether it cannot be done; more of what is refused would not help it.
        () => void (this.sentAtMs = this.ports.nowMs() + REFUSED_PAUSE_MS),
      )
      .finally(() => (this.underWay = undefined));
  }

  /** Whether the server has told other values than ours, and than those before, of what is dragged. */
  private isOvertaken(told: EntityProperties): boolean {
    return Object.keys(this.latest ?? {}).some((name) => {
      const known = [this.before[name], this.acknowledged?.[name], this.sent?.[name], this.latest?.[name]];
      return !known.some((value) => isSameValue(value, told[name]));
    });
  }
}
