import type { Subscription } from '@app/broker';

/** Those who want to be told of one kind of event. */
export class Listeners<Event> {
  private readonly listeners = new Set<(event: Event) => void>();

  /** Adding the same function twice makes two subscriptions. */
  add(listener: (event: Event) => void): Subscription {
    const entry = (event: Event): void => listener(event);
    this.listeners.add(entry);
    return { unsubscribe: () => void this.listeners.delete(entry) };
  }

  get size(): number {
    return this.listeners.size;
  }

  clear(): void {
    this.listeners.clear();
  }

  tell(event: Event): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(event);
      } catch {
        // One that fails keeps nobody else from being told, and whoever tells cannot mend it.
      }
    }
  }
}
