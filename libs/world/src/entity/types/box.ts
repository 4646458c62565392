import type { EntityTypeDefinition } from '../property-definition.js';
import { shapeProperties } from './shape.js';

export const BOX: EntityTypeDefinition = {
  type: 'Box',
  help: 'A body with six sides: a Shape whose form is a cube at first.',
  properties: shapeProperties('Cube'),
};
