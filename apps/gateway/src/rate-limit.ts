import { CHANNELS_PER_SESSION_MAX, CLIENT_RELIABLE_BYTES_MAX, ENTITY_EDITS_MAX } from '@app/world';

/** Lets through `perSecond` on average and `burst` at once. */
export class TokenBucket {
  private tokens: number;
  private updatedAtMs = -Infinity;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.tokens = burst;
  }

  /** Takes `count` tokens if they are there; takes none otherwise. */
  take(nowMs: number, count = 1): boolean {
    if (!this.has(nowMs, count)) return false;
    this.tokens -= count;
    return true;
  }

  /** Whether `count` tokens are there. */
  has(nowMs: number, count = 1): boolean {
    if (this.updatedAtMs !== -Infinity) {
      const elapsedMs = Math.max(0, nowMs - this.updatedAtMs);
      this.tokens = Math.min(this.burst, this.tokens + (elapsedMs * this.perSecond) / 1_000);
    }
    this.updatedAtMs = nowMs;
    return this.tokens >= count;
  }
}

/** What a client sends, as far as it is limited apart. */
export type InputKind =
  | 'signal'
  | 'voice'
  | 'injector'
  | 'pose'
  | 'ping'
  | 'motion'
  | 'post'
  | 'binary'
  | 'request'
  | 'edit'
  | 'interest'
  | 'claim'
  | 'bytes'
  | 'edits'
  | 'large-bytes';

/** A rate and how much of it may come at once. */
export interface InputLimit {
  perSecond: number;
  burst: number;
}

/** What operators can choose. */
export interface EditLimits {
  /** Single edits per second and session, in the long run. */
  editsPerSecond: number;
  /** Bytes per second and session of large messages, which are edits and binary messages, in the long run. */
  editBytesPerSecond: number;
}

/** Rates per session. Twice what an honest client needs at most, so that only others ever meet them. */
export const INPUT_LIMITS: Readonly<Record<Exclude<InputKind, 'edits' | 'large-bytes'>, InputLimit>> = {
  /** Answers, MediaFailed, Bye. */
  signal: { perSecond: 5, burst: 20 },
  /** Opus packets: 10 ms frames are 100 a second. */
  voice: { perSecond: 110, burst: 220 },
  /** Packets of all other sounds of a session: four at a time as a rule. */
  injector: { perSecond: 440, burst: 880 },
  pose: { perSecond: 60, burst: 120 },
  ping: { perSecond: 5, burst: 20 },
  post: { perSecond: 10, burst: 20 },
  /** Binary messages: programs say more than people. */
  binary: { perSecond: 40, burst: 80 },
  /** Subscriptions, of which as many as there may be come at once, traits, mute. */
  request: { perSecond: 10, burst: 20 + CHANNELS_PER_SESSION_MAX },
  /** EditEntities: something that is dragged makes 30. */
  edit: { perSecond: 60, burst: 120 },
  /** EntityInterest: a camera that turns makes 5. */
  interest: { perSecond: 10, burst: 20 },
  claim: { perSecond: 30, burst: 90 },
  /** EntityMotion: two hands with two things each, 30 times a second. */
  motion: { perSecond: 120, burst: 240 },
  /** Everything on both data channels but large messages, in bytes. */
  bytes: { perSecond: 100_000, burst: 200_000 },
};

/** Limits of edits unless the operator chose others: pasting a thousand entities at once is honest work. */
export const EDIT_LIMITS: Readonly<EditLimits> = { editsPerSecond: 500, editBytesPerSecond: 131_072 };
/** So many seconds' worth of edits may come at once. */
const EDIT_BURST_S = 6;

/** Dropped messages that are forgiven per second; and how many more than that make a flood. */
const FORGIVEN_PER_SECOND = 20;
const FLOOD_DROPS = 300;

/** Limits of one session, and how much it has disregarded them. */
export class InputLimiter {
  private readonly buckets = new Map<InputKind, TokenBucket>();
  private readonly patience = new TokenBucket(FORGIVEN_PER_SECOND, FLOOD_DROPS);
  private flooded = false;

  constructor({ editsPerSecond, editBytesPerSecond }: EditLimits = EDIT_LIMITS) {
    const limits: Record<InputKind, InputLimit> = {
      ...INPUT_LIMITS,
      // The largest transaction must pass, however little an operator allows.
      edits: { perSecond: editsPerSecond, burst: Math.max(ENTITY_EDITS_MAX, EDIT_BURST_S * editsPerSecond) },
      'large-bytes': {
        perSecond: editBytesPerSecond,
        burst: Math.max(CLIENT_RELIABLE_BYTES_MAX, EDIT_BURST_S * editBytesPerSecond),
      },
    };
    for (const [kind, { perSecond, burst }] of Object.entries(limits)) {
      this.buckets.set(kind as InputKind, new TokenBucket(perSecond, burst));
    }
  }

  /** Whether the session has sent so much more than it may that it should be disconnected. */
  get isFlooding(): boolean {
    return this.flooded;
  }

  /** Whether one more of this kind may be handled; when not, it must be dropped. */
  allow(kind: InputKind, nowMs: number, count = 1): boolean {
    if ((this.buckets.get(kind) as TokenBucket).take(nowMs, count)) return true;
    this.countDrop(nowMs);
    return false;
  }

  /** Counts a message that was dropped for another reason: it was no message at all. */
  countDrop(nowMs: number): void {
    if (!this.patience.take(nowMs)) this.flooded = true;
  }
}
