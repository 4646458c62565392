import type { AudioMixer, AvatarMixer, Camera, DomainServer, EntityServer, MessageMixer } from '@vircadia/web-sdk';
import type { EntityId, Vec3, WorldClient } from '@vicinity/sdk';
import type { SdkAvatar, SdkStates } from './sdk-visitor.js';

/** A message as a page of the Vircadia Web SDK has read it. */
export interface SdkMessage {
  channel: string;
  text?: string;
  /** Of binary ones: the data, what the SDK leaves before it, and 16 bytes behind it. */
  message?: Uint8Array;
  sender: string;
}

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
    /** What vircadia-page.html has made of the Vircadia Web SDK. */
    sdk?: {
      domain: DomainServer;
      camera: Camera;
      audio: AudioMixer;
      avatars: AvatarMixer;
      messages: MessageMixer;
      entities: EntityServer;
      myAvatar: AvatarMixer['myAvatar'];
      read: SdkMessage[];
      known: Map<string, Record<string, unknown>>;
      states(): SdkStates;
      others(): SdkAvatar[];
      /** What the microphone hears from now on. */
      setTone(hz: number): void;
    };
    /** The recorder that a test has put behind what is heard. */
    ears?: AudioWorkletNode;
    /** What the recorder hears from now on. */
    hear?: (stream: MediaStream | null | undefined) => void;
    /** When this page was told of something, by the entity and what was told, in ms since 1970-01-01 UTC. */
    toldAtMs?: Map<string, number>;
    /** How far files were on their way, 0 to 1, as the page has shown it. */
    sharesShown?: number[];
  }
}
