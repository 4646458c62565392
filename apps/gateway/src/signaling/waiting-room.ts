import type { Clock, Timer } from '@app/clock';

/**
 * Sockets that have not come to the point yet, bounded in number and time. When there are too many, the one that has waited
 * longest goes: an honest client comes to the point at once, so that a crowd of silent sockets keeps nobody out.
 */
export class WaitingRoom {
  /** In the order in which they came. */
  private readonly waiting = new Map<() => void, Timer>();

  constructor(
    private readonly clock: Clock,
    private readonly countMax: number,
    private readonly waitMsMax: number,
  ) {}

  /**
   * A socket begins to wait.
   *
   * @param onLate  it has had its time; told once
   * @returns       to be called when it need not wait any longer; a second call is harmless
   */
  enter(onLate: () => void): () => void {
    if (this.waiting.size >= this.countMax) this.waiting.keys().next().value?.();
    const leave = (): void => {
      this.waiting.get(end)?.cancel();
      this.waiting.delete(end);
    };
    const end = (): void => {
      leave();
      onLate();
    };
    this.waiting.set(end, this.clock.after(this.waitMsMax, end));
    return leave;
  }
}
