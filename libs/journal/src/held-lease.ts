/** What a writer needs of a lease: libs/actor has the real one. */
export interface HeldLease {
  /** Rises with each holder. */
  readonly epoch: number;
  readonly isHeld: boolean;
  /** Called once when it is lost or was released; at once when it is so already. */
  onLost(listener: () => void): void;
}
