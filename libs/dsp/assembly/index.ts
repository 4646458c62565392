export { configure, configureFilters } from './areas';
export { filterSources } from './source-filters';
export { sumBeds } from './beds';
export { mixListeners } from './listeners';
