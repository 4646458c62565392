import { describe, expect, it } from '@jest/globals';
import { Mesh } from 'three';
import { Body } from './body.js';

/** Where the parts of a body are, as texts. */
function places(body: Body): string[] {
  const found: string[] = [];
  body.group.traverse((part) => {
    if (part instanceof Mesh) found.push(part.position.toArray().join(' '));
  });
  return found;
}

describe('Body', () => {
  it('has its hands where they are tracked, and lets them hang when they are not', () => {
    const body = new Body(1, 0xff0000);
    body.placeHands({ x: -0.5, y: 1.5, z: -0.25 }, { x: 0.25, y: 1.25, z: -0.5 });
    body.animate(0.02, 1, 0, 0);
    expect(places(body)).toEqual(expect.arrayContaining(['-0.5 1.5 -0.25', '0.25 1.25 -0.5']));
    body.placeHands(undefined, undefined);
    body.animate(0.02, 1, 0, 0);
    const hanging = places(body).filter((place) => /^-?0\.36 0\.8/.test(place));
    expect(hanging).toHaveLength(2);
  });
});
