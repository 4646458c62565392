/** Takes a listener off again; a second call is harmless. */
export type Unsubscribe = () => void;

/**
 * Typed events: `Events` maps each event's name to what its listeners are given.
 *
 * An exception of a listener never reaches the emitter: it is reported like any uncaught error, and the other
 * listeners are still called.
 */
export class Emitter<Events extends object> {
  private readonly listeners = new Map<keyof Events, Set<(detail: never) => void>>();

  /** Calls `listener` for every event of this name from now on. */
  on<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): Unsubscribe {
    let set = this.listeners.get(name);
    if (!set) this.listeners.set(name, (set = new Set()));
    set.add(listener as (detail: never) => void);
    return () => this.listeners.get(name)?.delete(listener as (detail: never) => void);
  }

  /** Calls `listener` for the next event of this name only. */
  once<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): Unsubscribe {
    const off = this.on(name, (detail) => {
      off();
      listener(detail);
    });
    return off;
  }

  /** Tells all listeners. For the owner of the emitter only. */
  protected emit<Name extends keyof Events>(name: Name, detail: Events[Name]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) {
      try {
        (listener as (detail: Events[Name]) => void)(detail);
      } catch (error) {
        reportError(error);
      }
    }
  }
}

function reportError(error: unknown): void {
  // Browsers have it, and whoever runs this elsewhere may not.
  const { reportError: report } = globalThis as { reportError?: (error: unknown) => void };
  if (report) report(error);
  else console.error(error);
}
