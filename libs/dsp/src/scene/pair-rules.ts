import { PERSON_GAIN_MAX } from '@app/world';

/**
 * What one listener wishes about single sources: louder, softer, ignored, alone. Only listeners who wish anything have one;
 * its size is that of the source table, so nobody can make it grow.
 */
export class PairRules {
  /** Linear gain by source, 1 unless set; 0 is ignored. */
  readonly gains: Float64Array;
  /** 1 for sources that are heard in solo mode. */
  readonly solo: Uint8Array;
  /** Sources whose gain is not 1, in no order. */
  readonly special: Int32Array;
  specialCount = 0;
  /** Sources that are solo, in no order. */
  readonly soloists: Int32Array;
  soloistCount = 0;
  /** 1 for sources about which a wish changed since `settle`. */
  readonly isChanged: Uint8Array;
  /** Those sources, in the order of their changes. */
  readonly changed: Int32Array;
  changedCount = 0;

  constructor(sourcesMax: number) {
    this.gains = new Float64Array(sourcesMax).fill(1);
    this.solo = new Uint8Array(sourcesMax);
    this.special = new Int32Array(sourcesMax);
    this.soloists = new Int32Array(sourcesMax);
    this.isChanged = new Uint8Array(sourcesMax);
    this.changed = new Int32Array(sourcesMax);
  }

  /** Sets a gain, limited to [0, PERSON_GAIN_MAX]. */
  setGain(source: number, gain: number): void {
    const limited = Math.fround(gain < 0 ? 0 : gain > PERSON_GAIN_MAX ? PERSON_GAIN_MAX : gain);
    if (this.gains[source] === limited) return;
    this.setChanged(source);
    const wasSpecial = this.gains[source] !== 1;
    this.gains[source] = limited;
    if (wasSpecial && limited === 1) this.specialCount = withdraw(this.special, this.specialCount, source);
    else if (!wasSpecial && limited !== 1) this.special[this.specialCount++] = source;
  }

  setSolo(source: number, isSolo: boolean): void {
    if ((this.solo[source] === 1) === isSolo) return;
    this.setChanged(source);
    this.solo[source] = isSolo ? 1 : 0;
    if (isSolo) this.soloists[this.soloistCount++] = source;
    else this.soloistCount = withdraw(this.soloists, this.soloistCount, source);
  }

  private setChanged(source: number): void {
    if (this.isChanged[source] === 1) return;
    this.isChanged[source] = 1;
    this.changed[this.changedCount++] = source;
  }

  /** What has changed is known now. */
  settle(): void {
    for (let index = 0; index < this.changedCount; index++) this.isChanged[this.changed[index]] = 0;
    this.changedCount = 0;
  }

  /** Forgets one source. */
  forget(source: number): void {
    this.setGain(source, 1);
    this.setSolo(source, false);
  }

  /** Forgets all of them. */
  clear(): void {
    while (this.specialCount > 0) this.setGain(this.special[0], 1);
    while (this.soloistCount > 0) this.setSolo(this.soloists[0], false);
    this.settle();
  }
}

/** Takes one number out of the first `count` of a list; the last one fills the gap. Returns the new count. */
function withdraw(list: Int32Array, count: number, value: number): number {
  const index = list.subarray(0, count).indexOf(value);
  if (index < 0) return count;
  list[index] = list[count - 1];
  return count - 1;
}
