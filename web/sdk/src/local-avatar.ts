import type { Pose } from '@app/world';
import { encodeMessage, packPose } from '@app/wire';
import type { Clock, Timer } from './clock.js';
import { Emitter } from './events.js';
import { nextSequence } from './sequence.js';
import { cleanName, cutText } from './traits.js';

/** Shortest time between two poses, in ms: 60 Hz. */
export const POSE_INTERVAL_MS_MIN = 1_000 / 60;
/** An unchanged pose is repeated this often, in ms, so that the server knows that the client lives. */
export const POSE_KEEPALIVE_MS = 900;
/** While the person speaks, poses go out this often, in ms: loudness travels with them. */
export const POSE_SPEAKING_MS = 100;

/** What others see of this person, apart from the pose. */
export interface OwnTraits {
  /** 1 to 48 characters. */
  name: string;
  /** sRGB, 0xRRGGBB. 0 or absent means a colour derived from the session's number. */
  colour?: number;
  /** https, http or atp URL of a glTF avatar, at most 512 characters; for pages that draw such avatars. */
  modelUrl?: string;
}

/** What happens to the own body. */
export interface LocalAvatarEvents {
  /** A pose has left: with this sequence, at this time (since 1970-01-01 UTC). */
  poseSent: { sequence: number; pose: Pose; sentWallMs: number };
  /** The traits have changed. */
  traitsChanged: OwnTraits;
}

/**
 * This client's own body. Set the pose as often as you like: it is sent at most 60 times a second when it changed, and
 * about once a second when it did not.
 */
export class LocalAvatar extends Emitter<LocalAvatarEvents> {
  private currentPose: Pose;
  private currentTraits: OwnTraits;
  private sequence = 0;
  private lastPacked: Uint8Array | undefined;
  private lastSentMs = -Infinity;
  private pending: Timer | undefined;
  private keepalive: Timer | undefined;
  private send: ((bytes: Uint8Array) => boolean) | undefined;

  /**
   * @param isSpeaking  asked ten times a second; while it says yes, poses are repeated at 10 Hz
   */
  constructor(
    private readonly clock: Clock,
    pose: Pose,
    traits: OwnTraits,
    private readonly isSpeaking: () => boolean = () => false,
  ) {
    super();
    this.currentPose = pose;
    this.currentTraits = cleanTraits(traits);
  }

  /** Where the body is; a copy is not made, so treat it as read-only. */
  get pose(): Pose {
    return this.currentPose;
  }

  /** Name, colour and model as others see them. */
  get traits(): OwnTraits {
    return this.currentTraits;
  }

  /** Moves the body. Fails with `pose-malformed` for numbers that are not finite or too far out. */
  setPose(pose: Pose): void {
    // Packing first: a pose that cannot be sent must not be shown either.
    packPose(pose);
    this.currentPose = pose;
    this.flush();
  }

  /** Changes the name, the colour or the model; what is absent stays. */
  setTraits(traits: Partial<OwnTraits>): void {
    this.currentTraits = cleanTraits({ ...this.currentTraits, ...traits });
    this.emit('traitsChanged', this.currentTraits);
  }

  /** For the client: poses go here from now on. `send` says whether it could. */
  attach(send: (bytes: Uint8Array) => boolean): void {
    this.send = send;
    // The other end of a new link knows nothing.
    this.lastPacked = undefined;
    this.keepalive ??= this.clock.every(POSE_SPEAKING_MS, () => this.keepAlive());
    this.flush();
  }

  /** For the client: there is no link at the moment. The sequence goes on afterwards, because the session does. */
  detach(): void {
    this.send = undefined;
    this.pending?.cancel();
    this.pending = undefined;
    this.keepalive?.cancel();
    this.keepalive = undefined;
  }

  private keepAlive(): void {
    const intervalMs = this.isSpeaking() ? POSE_SPEAKING_MS - 5 : POSE_KEEPALIVE_MS - 5;
    if (this.clock.nowMs() - this.lastSentMs >= intervalMs) this.transmit(packPose(this.currentPose));
  }

  /** Sends a changed pose now, or as soon as 60 Hz allow. */
  private flush(): void {
    if (!this.send || this.pending) return;
    const waitMs = this.lastSentMs + POSE_INTERVAL_MS_MIN - this.clock.nowMs();
    if (waitMs > 0) {
      this.pending = this.clock.after(waitMs, () => {
        this.pending = undefined;
        this.flush();
      });
      return;
    }
    const packed = packPose(this.currentPose);
    if (!this.lastPacked || !areEqual(packed, this.lastPacked)) this.transmit(packed);
  }

  private transmit(packed: Uint8Array): void {
    const sequence = nextSequence(this.sequence);
    if (!this.send?.(encodeMessage('ClientRealtime', { poseUpdate: { sequence, pose: packed } }))) return;
    this.sequence = sequence;
    this.lastPacked = packed;
    this.lastSentMs = this.clock.nowMs();
    this.emit('poseSent', { sequence, pose: this.currentPose, sentWallMs: this.clock.wallMs() });
  }
}

function cleanTraits(traits: OwnTraits): OwnTraits {
  return {
    name: cleanName(traits.name),
    colour: (traits.colour ?? 0) & 0xffffff,
    modelUrl: traits.modelUrl ? cutText(traits.modelUrl, 512) : undefined,
  };
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
