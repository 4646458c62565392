import { EAR_WORDS } from '../hrtf/hrtf-model.js';
import { NO_SLOT } from './spatial-engine.js';

/** The sources that one listener hears one by one. A place is free when its source is NO_SLOT. */
export class NearPlaces {
  readonly capacity: number;
  readonly sources: Int32Array;
  /** 1 while the source is to stay; else it fades out in this block. */
  readonly isWanted: Uint8Array;
  /** 1 when the place was taken in this block. */
  readonly isNew: Uint8Array;
  /** EAR_WORDS for each: where the last block ended, with the loss by distance. */
  readonly ears: Float32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.sources = new Int32Array(capacity).fill(NO_SLOT);
    this.isWanted = new Uint8Array(capacity);
    this.isNew = new Uint8Array(capacity);
    this.ears = new Float32Array(EAR_WORDS * capacity);
  }

  /** Frees the place of a source, whatever it was doing. Returns whether it had one. */
  drop(source: number): boolean {
    const place = this.sources.indexOf(source);
    if (place >= 0) this.sources[place] = NO_SLOT;
    return place >= 0;
  }
}
