export { configure, configureFilters } from './areas';
export { configureReverbLine } from './reverb';
export { filterSources } from './source-filters';
export { sumBeds } from './beds';
export { mixListeners } from './listeners';
export { multiplyAndAdd } from './calibration';
export { addScaled, interlace, packStereo, separate, sumTaps } from './resample';
