// Everything that bounds what a world of strangers makes a page draw, in one place.

/** What it takes to show something; see VISUALS_MAX for all of it together. */
export interface VisualCost {
  /** Bytes on the graphics card of surfaces that are drawn for it alone. */
  surfaceBytes: number;
  triangles: number;
  /** What the processor does in each frame: meshes, and joints that move. */
  draws: number;
  particles: number;
  /** Points of ribbons that turn to the viewer: they are laid out anew when the viewer moves. */
  turningPoints: number;
}

/** All that is shown at the same time at the finest quality; humbler ones have a share of it: see QualityLevel. */
export const VISUALS_MAX: Readonly<VisualCost> = {
  surfaceBytes: 268_435_456,
  triangles: 6_000_000,
  draws: 12_000,
  particles: 60_000,
  turningPoints: 16_384,
};

/** Frames of lines for what is left out, at the same time. */
export const STAND_INS_MAX = 200;
/** Things that are not to be seen themselves (lamps, volumes, sounds), at the same time. */
export const UNSEEN_MAX = 1_000;
/** In one frame, making what is new takes at most so long, and showing what has changed, in ms; the others wait. */
export const MAKING_MS_MAX = 4;
/** What is decided for the whole world (lamps, zones) is decided this often, in ms. */
export const DECISION_INTERVAL_MS = 250;
/** Things out of sight that move by themselves are put into place in turn, so many in one frame. */
export const UNSEEN_PLACED_MAX = 500;

/** Lamps that are there at the same time; every lit pixel pays for each of them. None of them throws shadows. */
export const POINT_LAMPS_MAX = 6;
export const SPOT_LAMPS_MAX = 3;

/** On the graphics card, in bytes, all textures from files, and all models with theirs. */
export const TEXTURES_BYTES_MAX = 402_653_184;
export const MODELS_BYTES_MAX = 536_870_912;
/** Files that are kept. */
export const TEXTURES_MAX = 512;
export const MODELS_MAX = 256;
/** Files that are fetched at the same time, and those that wait for that. */
export const LOADING_MAX = 4;
export const LOADS_WAITING_MAX = 1_024;

/** Bytes of one model with all files that belong to it, and those files. */
export const MODEL_BYTES_MAX = 67_108_864;
export const MODEL_PARTS_MAX = 256;
/** Pixels of all images of one model: three of 4096 by 4096. */
export const MODEL_PIXELS_MAX = 50_331_648;
/** Triangles of one model, as often as they are drawn. */
export const MODEL_TRIANGLES_MAX = 2_000_000;
/** Meshes of one model, as often as they are drawn. */
export const MODEL_DRAWS_MAX = 4_000;

/** Longest edge of a surface that is drawn with the browser's pen, in pixels. */
export const SURFACE_EDGE_PX_MAX = 1_024;
/** Particles of one effect, whatever it asks for. */
export const PARTICLES_MAX = 4_000;
/** An effect of few particles counts as this many: each of them may fill a good part of the picture. */
export const PARTICLES_COUNTED_MIN = 500;
/** Pixels that one effect may fill, counted as often as they are filled. */
export const PARTICLES_FILL_PX_MAX = 2_097_152;
/** Triangles of one block of clay. */
export const VOXEL_TRIANGLES_MAX = 240_000;
