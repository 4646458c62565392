import { id, integer, text, url, vector } from '../property-builders.js';
import type { EntityTypeDefinition } from '../property-definition.js';

const neighbour = (name: string, side: string) => id(name, `The PolyVox ${side} that it joins with; null for none.`);

export const POLY_VOX: EntityTypeDefinition = {
  type: 'PolyVox',
  help: 'A block of clay: small cubes that are there or not.',
  properties: [
    vector('voxelVolumeSize', [32, 32, 32], [1, 128, ''], 'How many cubes there are along each axis.'),
    text(
      'voxelData',
      '',
      'Which cubes are there: base64 of three sizes of two bytes, a length, and zlib of one byte for each; empty for none.',
    ),
    integer(
      'voxelSurfaceStyle',
      2,
      [0, 3, ''],
      '0 smooth, 1 cubes, 2 smooth and closed at the edges, 3 cubes and closed.',
    ),
    url('xTextureURL', 'The picture on faces across x; empty for none.'),
    url('yTextureURL', 'The picture on faces across y; empty for none.'),
    url('zTextureURL', 'The picture on faces across z; empty for none.'),
    neighbour('xNNeighborID', 'at its smaller x'),
    neighbour('yNNeighborID', 'at its smaller y'),
    neighbour('zNNeighborID', 'at its smaller z'),
    neighbour('xPNeighborID', 'at its larger x'),
    neighbour('yPNeighborID', 'at its larger y'),
    neighbour('zPNeighborID', 'at its larger z'),
  ],
};
