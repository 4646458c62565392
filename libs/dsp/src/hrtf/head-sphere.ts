/** Radius of the sphere that stands for a head, in metres: the mean of adults. */
export const HEAD_RADIUS_M = 0.0875;

/** In metres per second, in air of 20 °C. */
export const SPEED_OF_SOUND_M_S = 343;
