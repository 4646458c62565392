import { describe, expect, it } from '@jest/globals';
import { ENTRANCE, floorHeight, groundHeight, isKeptClear, LEVEL_RADIUS_M, PAVILION, POND } from './place.js';

describe('place', () => {
  it('is level round the middle, so that a link puts people where it says', () => {
    for (let angle = 0; angle < Math.PI * 2; angle += 0.05) {
      for (let distance = 0; distance < LEVEL_RADIUS_M; distance += 1.7) {
        const [x, z] = [Math.cos(angle) * distance, Math.sin(angle) * distance];
        if (Math.hypot(x - POND.x, z - POND.z) < POND.radius) continue;
        expect(Math.abs(groundHeight(x, z))).toBeLessThan(1e-9);
      }
    }
  });

  it('has finite heights everywhere', () => {
    for (let x = -8_000; x <= 8_000; x += 500) {
      for (let z = -8_000; z <= 8_000; z += 500) expect(Number.isFinite(floorHeight(x, z))).toBe(true);
    }
  });

  it('lets nothing grow where people arrive, walk and gather', () => {
    expect(isKeptClear(ENTRANCE.x, ENTRANCE.z, 0)).toBe(true);
    expect(isKeptClear(PAVILION.x, PAVILION.z, 0)).toBe(true);
    expect(isKeptClear(60, 60, 0)).toBe(false);
  });
});
