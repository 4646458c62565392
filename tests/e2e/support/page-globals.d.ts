import type { WorldClient } from '@vicinity/sdk';

declare global {
  interface Window {
    /** The web client's hook for developers. */
    vicinity?: { client: WorldClient };
    /** The recorder that a test has put behind the mix. */
    ears?: AudioWorkletNode;
  }
}
