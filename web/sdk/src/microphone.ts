import type { Clock, Timer } from './clock.js';
import { clientFailure, type VicinityError } from './errors.js';
import { Emitter } from './events.js';
import { LevelMeter } from './level-meter.js';
import type { Uplink } from './media-link.js';
import { captureMicrophone, type CaptureOptions } from './microphone-capture.js';
import { loudnessOf } from './speech.js';

/** Where the microphone is. A muted microphone is still `on`. */
export type MicrophoneState = 'off' | 'starting' | 'on' | 'failed';

/** `open` sends whenever it is not muted; `push-to-talk` only while `setTalking(true)`. */
export type TalkMode = 'open' | 'push-to-talk';

/** What a page can be told about the microphone. */
export interface MicrophoneEvents {
  /** State, mute, mode, device: read what you need from the microphone itself. */
  changed: Microphone;
  /** It could not be started, or was unplugged. */
  failed: VicinityError;
  /** Devices were plugged in or out: ask `listDevices` again. */
  devices: void;
}

/** Opus bit rate for unprocessed sound (music), in bits per second. Voices are left to the browser. */
const RAW_BITRATE = 96_000;
/** The measured level is at least this fresh, in ms. */
const LEVEL_INTERVAL_MS = 15;
/** -50 dBov: louder counts as speaking. */
const SPEAKING_LOUDNESS = 77;
const SPEAKING_HOLD_MS = 600;
/** A finger leaves the key before the last word has left the mouth, in ms. */
const TALK_RELEASE_MS = 180;

/** The microphone: which one, whether it is heard, and how loud it is. Works before joining, for a level meter. */
export class Microphone extends Emitter<MicrophoneEvents> {
  private currentState: MicrophoneState = 'off';
  private track: MediaStreamTrack | undefined;
  private meteredTrack: MediaStreamTrack | undefined;
  private options: CaptureOptions = { processing: true };
  private failure: VicinityError | undefined;
  private muted = false;
  private talkMode: TalkMode = 'open';
  private talking = false;
  private releaseTimer: Timer | undefined;
  private startCount = 0;
  private lastRms = 0;
  private measuredMs = -Infinity;
  private loudUntilMs = -Infinity;
  private readonly meter = new LevelMeter();
  private readonly tellDevices = (): void => this.emit('devices', undefined);

  /** @param devices  undefined on insecure pages, where browsers have none */
  constructor(
    private readonly devices: MediaDevices | undefined,
    private readonly clock: Clock,
    private readonly onUplink: (uplink: Uplink) => void,
  ) {
    super();
    devices?.addEventListener?.('devicechange', this.tellDevices);
  }

  get state(): MicrophoneState {
    return this.currentState;
  }

  /** Why it is `failed`. */
  get error(): VicinityError | undefined {
    return this.failure;
  }

  /** The device in use, as in `listDevices`. */
  get deviceId(): string | undefined {
    return this.track?.getSettings().deviceId;
  }

  /** Whether echo cancellation, noise suppression and automatic gain are on. */
  get isProcessing(): boolean {
    return this.options.processing;
  }

  get isMuted(): boolean {
    return this.muted;
  }

  get mode(): TalkMode {
    return this.talkMode;
  }

  /** Whether sound leaves this computer now. */
  get isSending(): boolean {
    return this.currentState === 'on' && !this.muted && (this.talkMode === 'open' || this.talking);
  }

  /** What goes to the gateway. */
  get uplink(): Uplink {
    return { track: this.track ?? null, bitrate: this.options.processing ? undefined : RAW_BITRATE };
  }

  /** How loud the microphone is, 0 to 1 (root mean square), also while it is muted. */
  level(): number {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.measuredMs >= LEVEL_INTERVAL_MS) {
      this.measuredMs = nowMs;
      this.lastRms = this.meter.rms();
      if (loudnessOf(this.lastRms) >= SPEAKING_LOUDNESS) this.loudUntilMs = nowMs + SPEAKING_HOLD_MS;
    }
    return this.lastRms;
  }

  /** Whether the person speaks and is heard. */
  isSpeaking(): boolean {
    this.level();
    return this.isSending && this.clock.nowMs() < this.loudUntilMs;
  }

  /** Microphones to choose from. Their names are empty until the permission has been given once. */
  async listDevices(): Promise<MediaDeviceInfo[]> {
    const devices = (await this.devices?.enumerateDevices().catch(() => [])) ?? [];
    return devices.filter((device) => device.kind === 'audioinput');
  }

  /**
   * Starts the microphone, or changes its device or processing. Fails with a typed reason (`microphone-refused`,
   * `microphone-missing`, ...); what was running before has stopped then.
   */
  async start(options: Partial<CaptureOptions> = {}): Promise<void> {
    const count = ++this.startCount;
    this.options = { ...this.options, ...options };
    this.release();
    this.setState('starting');
    try {
      const track = await captureMicrophone(this.devices, this.options);
      if (count !== this.startCount) return track.stop();
      this.use(track);
    } catch (error) {
      if (count !== this.startCount) return;
      this.fail(error as VicinityError);
      throw error;
    }
  }

  /** Switches the microphone off and gives the device back. */
  stop(): void {
    this.startCount++;
    this.release();
    this.onUplink(this.uplink);
    this.setState('off');
  }

  /** For the client: stops, and lets go of the browser's devices. It cannot be started again. */
  dispose(): void {
    this.stop();
    this.meter.close();
    this.devices?.removeEventListener?.('devicechange', this.tellDevices);
  }

  /** A muted microphone sends nothing; the device stays on, so that unmuting is immediate. */
  setMuted(isMuted: boolean): void {
    if (this.muted === isMuted) return;
    this.muted = isMuted;
    this.apply();
  }

  /** Chooses between an open microphone and push-to-talk. */
  setMode(mode: TalkMode): void {
    if (this.talkMode === mode) return;
    this.talkMode = mode;
    this.apply();
  }

  /** In push-to-talk mode: the key is held, or no longer. */
  setTalking(isTalking: boolean): void {
    this.releaseTimer?.cancel();
    if (isTalking === this.talking) return;
    if (isTalking) {
      this.talking = true;
      this.apply();
    } else {
      this.releaseTimer = this.clock.after(TALK_RELEASE_MS, () => {
        this.talking = false;
        this.apply();
      });
    }
  }

  /** Call from a click or key: browsers hold the level meter back until then. */
  unlock(): void {
    this.meter.resume();
  }

  private use(track: MediaStreamTrack): void {
    this.track = track;
    // A disabled track measures as silence; the meter shows the level even when muted, from a twin.
    this.meteredTrack = track.clone();
    this.meter.watch(this.meteredTrack);
    track.addEventListener('ended', () => {
      if (this.track === track) void this.handleUnplugged();
    });
    this.failure = undefined;
    track.enabled = this.isSending;
    this.onUplink(this.uplink);
    this.setState('on');
  }

  /** Tries the system's default microphone once; without one, says so. */
  private async handleUnplugged(): Promise<void> {
    this.emit('failed', clientFailure('microphone-unplugged'));
    await this.start({ deviceId: undefined }).catch(() => undefined);
  }

  private fail(error: VicinityError): void {
    this.failure = error;
    this.onUplink(this.uplink);
    this.setState('failed');
    this.emit('failed', error);
  }

  private release(): void {
    this.meter.watch(undefined);
    this.meteredTrack?.stop();
    this.track?.stop();
    this.meteredTrack = undefined;
    this.track = undefined;
    this.lastRms = 0;
  }

  private apply(): void {
    if (this.track) this.track.enabled = this.isSending;
    this.emit('changed', this);
  }

  private setState(state: MicrophoneState): void {
    this.currentState = state;
    this.apply();
  }
}
