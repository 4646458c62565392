import type { EntityId, Vec3, WorldClient } from '@vicinity/sdk';

declare global {
  interface Window {
    /** The web client's hook for developers; a page of the SDK alone has no scene. */
    vicinity?: {
      client: WorldClient;
      scene: {
        entities(): { count: number; drawnCount: number; pendingCount: number; troubles: Record<EntityId, string> };
        entityPosition(id: EntityId): Vec3 | null;
        takePicture(): string;
      };
    };
    /** The recorder that a test has put behind the mix. */
    ears?: AudioWorkletNode;
    /** When this page was told of something, by the entity and what was told, in ms since 1970-01-01 UTC. */
    toldAtMs?: Map<string, number>;
    /** How far files were on their way, 0 to 1, as the page has shown it. */
    sharesShown?: number[];
  }
}
