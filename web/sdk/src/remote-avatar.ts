import { EYE_HEIGHT_M, type Pose, type SessionId, type Vec3 } from '@app/world';
import { PoseBuffer } from './pose-buffer.js';
import { RateMeter } from './rate-meter.js';
import { isNewerSequence } from './sequence.js';
import { SpeechMeter } from './speech.js';

/** What others see of a person apart from the pose. */
export interface AvatarTraits {
  /** Unescaped text of that person, at most 48 characters. Show it as text, never as HTML. */
  name: string;
  /** sRGB, 0xRRGGBB; derived from the session's number when the person chose none. */
  colour: number;
  /** A glTF avatar's URL, chosen by that person: loading it tells its host who is looking. Undefined: the standard body. */
  modelUrl: string | undefined;
}

/** A pose as it arrived. */
export interface ReceivedPose {
  pose: Pose;
  /** As counted by the sender: the same number that its own `poseSent` event told. */
  sequence: number;
  /** How long it had been on the server when it was packed, in ms. */
  ageMs: number;
  /** When it arrived, on the SDK's clock. */
  arrivedMs: number;
  /** When it arrived, in milliseconds since 1970-01-01 UTC. */
  arrivedWallMs: number;
}

const ORIGIN: Pose = { position: { x: 0, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } };

/** Somebody else's avatar. Read `pose(nowMs)` once for each frame that is drawn. */
export class RemoteAvatar {
  private readonly buffer = new PoseBuffer();
  private readonly speech = new SpeechMeter();
  private readonly rate = new RateMeter();
  private current: AvatarTraits;
  private version = -1;
  private lastReceived: ReceivedPose | undefined;

  constructor(
    /** The session whose body this is. */
    readonly sessionId: SessionId,
    traits: AvatarTraits,
  ) {
    this.current = traits;
  }

  /** Name, colour and model. */
  get traits(): AvatarTraits {
    return this.current;
  }

  /** The display name: unescaped text. */
  get name(): string {
    return this.current.name;
  }

  /** The newest pose as it arrived, without smoothing. */
  get received(): ReceivedPose | undefined {
    return this.lastReceived;
  }

  /** The newest pose without smoothing; the world's origin before the first one. */
  get latestPose(): Pose {
    return this.lastReceived?.pose ?? ORIGIN;
  }

  /** How far in the past this avatar is shown, in ms. */
  get delayMs(): number {
    return this.buffer.delayMs;
  }

  /** The smoothed pose to show now; undefined until the first pose has arrived. */
  pose(nowMs: number): Pose | undefined {
    return this.buffer.sample(nowMs);
  }

  /** Where the person's mouth is, for distances; undefined until the first pose has arrived. */
  headPosition(): Vec3 | undefined {
    const position = this.buffer.newest?.position;
    return position && { x: position.x, y: position.y + EYE_HEIGHT_M, z: position.z };
  }

  /** Whether the person speaks. */
  isSpeaking(nowMs: number): boolean {
    return this.speech.isSpeaking(nowMs);
  }

  /** How loud the person is, from 0 to 1. */
  level(nowMs: number): number {
    return this.speech.level(nowMs);
  }

  /** Poses that arrived per second, over the last two seconds. */
  updateRateHz(nowMs: number): number {
    return this.rate.perSecond(nowMs);
  }

  /** For the avatar list: takes traits unless they are older than those known. Returns whether something changed. */
  handleTraits(traits: AvatarTraits, version: number): boolean {
    if (version <= this.version) return false;
    this.version = version;
    this.current = traits;
    return true;
  }

  /** For the avatar list: takes a pose unless it is older than the newest. Returns whether it was taken. */
  handlePose(received: ReceivedPose, loudness: number): boolean {
    // The same pose again brings newer loudness: somebody who stands still speaks.
    if (this.lastReceived?.sequence === received.sequence) {
      this.speech.handle(loudness, received.arrivedMs);
      return false;
    }
    const isOld = this.lastReceived && !isNewerSequence(received.sequence, this.lastReceived.sequence);
    // The realtime channel has no order, but nothing on it is older than a few seconds: after a longer silence a lower
    // sequence is a sender that has started anew.
    if (isOld && this.lastReceived && received.arrivedMs - this.lastReceived.arrivedMs < 5_000) return false;
    this.lastReceived = received;
    this.buffer.push(received.pose, received.arrivedMs, received.ageMs);
    this.speech.handle(loudness, received.arrivedMs);
    this.rate.count(received.arrivedMs);
    return true;
  }
}
