import { clientFailure, type VicinityError } from './errors.js';
import { Emitter } from './events.js';

/** What a page can be told about the sound output. */
export interface SpeakerEvents {
  /** The browser waits for a click or key before it plays (true), or plays now (false). */
  blocked: boolean;
  /** The output device could not be used. */
  failed: VicinityError;
}

/** Plays the mix. Silent in surroundings without audio elements. */
export class Speaker extends Emitter<SpeakerEvents> {
  private readonly element: HTMLAudioElement | undefined;
  private volume = 1;
  private isBlockedNow = false;

  constructor(stream: MediaStream | undefined, isPlaying: boolean) {
    super();
    if (!stream || !isPlaying || typeof Audio === 'undefined') return;
    this.element = new Audio();
    this.element.autoplay = true;
    this.element.srcObject = stream;
  }

  /** Whether the browser waits for a click or key before it plays. */
  get isBlocked(): boolean {
    return this.isBlockedNow;
  }

  /** 0 to 1. */
  get level(): number {
    return this.volume;
  }

  /** Whether this browser lets pages choose the output device. */
  get isOutputSelectable(): boolean {
    return this.element !== undefined && 'setSinkId' in this.element;
  }

  /** Sets the volume, 0 (silent) to 1 (as mixed). */
  setVolume(volume: number): void {
    this.volume = Math.min(1, Math.max(0, volume));
    if (this.element) this.element.volume = this.volume;
  }

  /** Output devices to choose from. */
  async listDevices(): Promise<MediaDeviceInfo[]> {
    if (typeof navigator === 'undefined' || !navigator.mediaDevices) return [];
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    return devices.filter((device) => device.kind === 'audiooutput');
  }

  /** Plays on this device; the empty string is the system's choice. Fails with `speaker-output-failed`. */
  async setOutput(deviceId: string): Promise<void> {
    if (!this.element || !this.isOutputSelectable) return;
    try {
      await this.element.setSinkId(deviceId);
    } catch (cause) {
      const error = clientFailure('speaker-output-failed', { cause });
      this.emit('failed', error);
      throw error;
    }
  }

  /** Starts playing; call it again from a click or key when the browser has blocked it. */
  async play(): Promise<void> {
    if (!this.element) return;
    try {
      await this.element.play();
      this.setBlocked(false);
    } catch (error) {
      // AbortError is a play() overtaken by the next one; it says nothing about permission.
      if ((error as Error).name === 'NotAllowedError') this.setBlocked(true);
    }
  }

  /** For the client: silence for good. */
  stop(): void {
    this.element?.pause();
    if (this.element) this.element.srcObject = null;
  }

  private setBlocked(isBlocked: boolean): void {
    if (this.isBlockedNow === isBlocked) return;
    this.isBlockedNow = isBlocked;
    this.emit('blocked', isBlocked);
  }
}
