import { BufferAttribute, Color, type BufferGeometry } from 'three';
import { mergeGeometries } from 'three/examples/jsm/utils/BufferGeometryUtils.js';

/** Gives all of a geometry one colour, so that differently coloured parts can be drawn in one call. */
export function paint(geometry: BufferGeometry, colour: number, topColour = colour): BufferGeometry {
  const flat = geometry.index ? geometry.toNonIndexed() : geometry;
  flat.deleteAttribute('uv');
  flat.computeBoundingBox();
  const { min, max } = flat.boundingBox!;
  const bottom = new Color(colour);
  const top = new Color(topColour);
  const mixed = new Color();
  const position = flat.getAttribute('position');
  const colours = new Float32Array(position.count * 3);
  for (let i = 0; i < position.count; i++) {
    const t = (position.getY(i) - min.y) / Math.max(max.y - min.y, 1e-6);
    mixed
      .copy(bottom)
      .lerp(top, t)
      .toArray(colours, i * 3);
  }
  flat.setAttribute('color', new BufferAttribute(colours, 3));
  return flat;
}

/** One geometry out of painted parts. The parts are given up. */
export function join(parts: BufferGeometry[]): BufferGeometry {
  const joined = mergeGeometries(parts);
  for (const part of parts) part.dispose();
  return joined;
}
