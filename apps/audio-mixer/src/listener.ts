import type { SoundFormat } from '@app/world';
import type { MixOutput } from './mix-output.js';

/** One session that receives a mix: its place in the engine, and what becomes of its mix. */
export class Listener {
  /** @param slot  its place in the engine; given back by whoever removes the listener */
  constructor(
    readonly slot: number,
    public sound: SoundFormat,
    public output: MixOutput,
  ) {}

  /** From now on it takes another format. */
  change(sound: SoundFormat, output: MixOutput): void {
    this.output.close();
    this.sound = sound;
    this.output = output;
  }

  /** A second call is harmless. */
  close(): void {
    this.output.close();
  }
}
