import type { Object3D, Texture, Vector3 } from 'three';
import type { EntityId } from '@vicinity/sdk';
import type { Address } from './address-policy.js';
import type { LightPool } from './light-pool.js';
import type { ModelFile } from './model-file.js';
import type { Loan } from './shared-cache.js';
import type { ShownValues } from './shown-values.js';
import type { VisualCost } from './visual-limits.js';

/** One moment as it is drawn. */
export interface Frame {
  /** Seconds since the last frame; 0 when pictures stand still. */
  readonly deltaS: number;
  /** Seconds by the server's clock, so that everybody sees the same; always the same when pictures stand still. */
  readonly serverS: number;
  /** Where the camera is, in world coordinates. */
  readonly viewer: Vector3;
}

/** What visuals share. */
export interface VisualSurroundings {
  readonly lights: LightPool;
  /** Whether nothing moves by itself, so that two pictures of the same world are the same. */
  readonly isStill: boolean;
  /** Where an address that an entity has may lead. */
  resolve(address: string): Address;
  /** @param url  as `resolve` has given it */
  borrowTexture(url: string): Loan<Texture>;
  borrowModel(url: string): Loan<ModelFile>;
  /** The entity that a visual shows cannot be shown as it should, and why; undefined takes that back. */
  reportTrouble(id: EntityId, sentence: string | undefined): void;
}

/** How one kind of entity is shown. Made by its file in kinds/, placed by EntityScene. */
export interface EntityVisual {
  /** In the entity's own frame: the origin is its position, and nothing is scaled. */
  readonly content: Object3D;
  /** What it takes in fact; undefined while, or where, only the properties tell. */
  readonly cost?: VisualCost | undefined;
  /** The entity has these properties now. */
  show(values: ShownValues): void;
  /** Called for each frame in which it may be seen. */
  handleFrame?(frame: Frame): void;
  /** Another surface instead of its own; undefined gives its own back. See MaterialLook. */
  dress?(look: MaterialLook | undefined): void;
  /** Gives back what the graphics card holds for it. */
  dispose(): void;
}

/** A surface that a Material entity gives to its parent. */
export interface MaterialLook {
  /** 0xRRGGBB; undefined keeps what it is. */
  colour: number | undefined;
  emissive: number | undefined;
  /** 0 to 1. */
  opacity: number | undefined;
  roughness: number | undefined;
  metallic: number | undefined;
  isUnlit: boolean;
  map: Texture | undefined;
}

/** Makes a visual; `show` is called at once afterwards. */
export type VisualMaker = (id: EntityId, surroundings: VisualSurroundings) => EntityVisual;
