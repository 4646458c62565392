import type { EntityId, SessionId, Vec3, WorldClient } from '@vicinity/sdk';
import type { App } from './app.js';
import type { WorldScene } from './world/scene.js';

/** Somebody else as this page shows them. */
export interface SeenAvatar {
  sessionId: SessionId;
  name: string;
  /** Smoothed, as drawn; null before the first pose. */
  position: Vec3 | null;
  isSpeaking: boolean;
}

/** `window.vicinity`: the page's client and what it draws, for developers and tests. */
export interface DeveloperHook {
  /** The SDK's client: read sessions and avatars, move the local one, chat, measure. */
  client: WorldClient;
  scene: {
    /** Everybody else, as drawn now. */
    avatars(): SeenAvatar[];
    /** Figures in the scene; 0 with `render=off`. */
    figureCount(): number;
    framesPerSecond(): number;
    /** Things of the world that are kept, drawn, only hinted at, and whose files are on their way. */
    entities(): {
      count: number;
      drawnCount: number;
      standInCount: number;
      pendingCount: number;
      troubles: Record<EntityId, string>;
    };
    /** Where a thing is drawn, in world coordinates; null when it is nowhere. */
    entityPosition(id: EntityId): Vec3 | null;
    /** Where a place in the world is on the page, in pixels; null when it is behind the camera or nothing is drawn. */
    project(place: Vec3): { x: number; y: number } | null;
    /** Draws one frame and gives it as the address of a PNG; empty when nothing is drawn. See `render=still`. */
    takePicture(): string;
    /** Name of the quality level in use; undefined when nothing is drawn. */
    quality(): string | undefined;
  };
}

declare global {
  interface Window {
    /** The web client's hook for developers. */
    vicinity?: DeveloperHook;
  }
}

/** Makes the page readable for developers and tests. */
export function installDeveloperHook(client: WorldClient, app: App, scene: WorldScene | undefined): void {
  window.vicinity = {
    client,
    scene: {
      avatars: () =>
        [...client.avatars].map((avatar) => ({
          sessionId: avatar.sessionId,
          name: avatar.name,
          position: avatar.pose(client.nowMs())?.position ?? null,
          isSpeaking: avatar.isSpeaking(client.nowMs()),
        })),
      figureCount: () => app.figureCount,
      framesPerSecond: () => scene?.framesPerSecond ?? 0,
      entities: () => ({
        count: app.things?.size ?? 0,
        drawnCount: app.things?.drawnCount ?? 0,
        standInCount: app.things?.standInCount ?? 0,
        pendingCount: app.things?.pendingCount ?? 0,
        troubles: app.things?.troubles() ?? {},
      }),
      entityPosition: (id) => {
        const anchor = app.things?.anchorOf(id);
        if (!anchor?.isPlaced) return null;
        const { x, y, z } = anchor.frame.position;
        return { x, y, z };
      },
      project: ({ x, y, z }) => scene?.project(x, y, z) ?? null,
      takePicture: () => scene?.takePicture() ?? '',
      quality: () => scene?.quality.name,
    },
  };
}
