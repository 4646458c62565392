/** How often an actor may crash, and how long it pauses before it lives again. */
export interface RestartPolicy {
  /** Restarts within the window; one crash more and it stops for good. 0: never restarted. */
  restartsMax: number;
  /** In ms. */
  windowMs: number;
  /** Pause before the first restart of a window, in ms; doubled for each further one. */
  delayMs: number;
  /** The longest pause, in ms. */
  delayMsMax: number;
}

/** Five restarts a minute, after 100, 200, 400, 800 and 1,600 ms. */
export const DEFAULT_RESTART_POLICY: RestartPolicy = {
  restartsMax: 5,
  windowMs: 60_000,
  delayMs: 100,
  delayMsMax: 5_000,
};
