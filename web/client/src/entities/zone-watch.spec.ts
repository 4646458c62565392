import { describe, expect, it, jest } from '@jest/globals';
import { Vector3 } from 'three';
import type { EntityProperties, RemoteEntity } from '@vicinity/sdk';
import { EntityAnchor } from './entity-anchor.js';
import type { VisualSurroundings } from './entity-visual.js';
import { LightPool } from './light-pool.js';
import { DECISION_INTERVAL_MS } from './visual-limits.js';
import { ZoneWatch } from './zone-watch.js';

function makeWatch() {
  const borrowTexture = jest.fn<VisualSurroundings['borrowTexture']>(() => ({
    value: new Promise(() => undefined),
    release: () => undefined,
  }));
  const surroundings: VisualSurroundings = {
    lights: new LightPool(),
    isStill: false,
    resolve: (address) => ({ kind: 'allowed', url: address }),
    borrowTexture,
    borrowModel: () => ({ value: new Promise(() => undefined), release: () => undefined }),
    reportTrouble: () => undefined,
  };
  return { watch: new ZoneWatch(surroundings), borrowTexture };
}

let made = 0;

function zoneAt(x: number, properties: EntityProperties = {}): EntityAnchor {
  const shown = {
    dimensions: { x: 10, y: 10, z: 10 },
    hazeMode: 'enabled',
    skyboxMode: 'enabled',
    skybox: { url: `/assets/sky-${x}.png` },
    ...properties,
  };
  const entity = { id: `zone ${++made}`, type: 'Zone', shown } as unknown as RemoteEntity;
  const anchor = new EntityAnchor(entity);
  anchor.know();
  anchor.isPlaced = true;
  anchor.frame.position.x = anchor.middle.x = x;
  return anchor;
}

describe('Zones around a viewer', () => {
  it('decide when they come, and otherwise a few times in a second, not in each frame', () => {
    const { watch } = makeWatch();
    const zone = zoneAt(0);
    const look = jest.spyOn(zone, 'isVisible', 'get');
    watch.handleZone(zone);
    for (let nowMs = 0; nowMs < 1_000; nowMs += 10) watch.update(new Vector3(), nowMs);
    expect(look.mock.calls.length).toBe(1_000 / DECISION_INTERVAL_MS);
    expect(watch.mood.haze).toBeDefined();
    watch.update(new Vector3(50, 0, 0), 1_000);
    expect(watch.mood.haze).toBeUndefined();
    watch.handleZone(zoneAt(50));
    watch.update(new Vector3(50, 0, 0), 1_001);
    expect(watch.mood.haze).toBeDefined();
  });

  it('have only the sky fetched that is to be seen', () => {
    const { watch, borrowTexture } = makeWatch();
    for (let x = 0; x < 1_000; x += 20) watch.handleZone(zoneAt(x));
    watch.handleZone(zoneAt(40, { dimensions: { x: 20, y: 20, z: 20 } }));
    watch.update(new Vector3(40, 0, 0), 0);
    expect(borrowTexture.mock.calls).toEqual([['/assets/sky-40.png']]);
  });
});
