import type { Texture } from 'three';
import type { Vec3 } from '@vicinity/sdk';

/** What someone asks of sky, light and air. What is left out stays as the place has it. */
export interface Mood {
  /** Instead of the place's sky. */
  sky?: {
    /** 0xRRGGBB; with a picture, what it is multiplied by. */
    colour: number;
    /** All directions in one picture, twice as wide as high. */
    texture: Texture | undefined;
  };
  /** Instead of the place's sun. */
  sun?: {
    colour: number;
    /** 1 is a clear day. */
    intensity: number;
    /** Where it shines to. */
    direction: Vec3;
    castsShadows: boolean;
  };
  /** Light from everywhere; 0.5 is a clear day. */
  ambientIntensity?: number;
  /** Instead of the place's own haze. */
  haze?: {
    colour: number;
    /** Where next to nothing can be seen of what is behind, in metres. */
    rangeM: number;
    /** How much of the sky is seen through it, 0 to 1. */
    skyShare: number;
  };
}
