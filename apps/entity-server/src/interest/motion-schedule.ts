/** What one viewer was told of simulated bodies, by the body's index. */
export class MotionSchedule {
  /** Serial of the motion that was told; 0 for none. */
  toldSerial = new Uint32Array(0);
  /** Tick in which it was told. */
  toldTick = new Int32Array(0);

  /** Makes room for bodies with an index below `count`. */
  grow(count: number): void {
    if (count <= this.toldSerial.length) return;
    const toldSerial = new Uint32Array(2 * count);
    toldSerial.set(this.toldSerial);
    this.toldSerial = toldSerial;
    const toldTick = new Int32Array(2 * count);
    toldTick.set(this.toldTick);
    this.toldTick = toldTick;
  }
}
