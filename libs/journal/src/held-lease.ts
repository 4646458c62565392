/** What a writer needs of a lease: libs/actor has the real one. Its owner calls `stepDown` when it is lost. */
export interface HeldLease {
  /** Rises with each holder. */
  readonly epoch: number;
  /** False for good once it is released or known to be lost. */
  readonly isHeld: boolean;
  /** Called once when it is lost or was released; at once when it is so already. */
  onLost?(listener: () => void): void;
}
