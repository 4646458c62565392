import type { EntityTypeDefinition } from '../property-definition.js';

export const EMPTY: EntityTypeDefinition = {
  type: 'Empty',
  help: 'Nothing to be seen: a place for children, scripts and data.',
  properties: [],
};
