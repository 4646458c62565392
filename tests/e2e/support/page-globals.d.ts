import type {
  AudioMixer,
  AvatarMixer,
  Camera,
  DomainServer,
  EntityServer,
  MessageMixer,
  Quat,
} from '@vircadia/web-sdk';
import type { EntityId, Vec3, WorldClient } from '@vicinity/sdk';
import type { SdkAvatar, SdkStates } from './sdk-visitor.js';

/** A message as a page of the Vircadia Web SDK has read it. */
export interface SdkMessage {
  channel: string;
  text?: string;
  /** Of binary ones: their length, and a checksum. */
  bytes?: number;
  sum?: number;
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
      Quat: typeof Quat;
      read: SdkMessage[];
      known: Map<string, Record<string, unknown>>;
      refusals: string[];
      states(): SdkStates;
      others(): SdkAvatar[];
      id(): string;
      nullId: string;
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
