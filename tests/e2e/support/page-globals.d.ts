import type { WorldClient } from '@vicinity/sdk';

declare global {
  interface Window {
    /** The web client's hook for developers. */
    vicinity?: { client: WorldClient };
  }
}
