import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OBSTACLES_PER_BODY_MAX } from '../src/physics/near-obstacles.js';
import { idOf } from './entity-stage.js';
import { at, PhysicsStage, STONE } from './physics-stage.js';

const [FLOOR, A, B] = [1, 2, 3].map(idOf);

let stage: PhysicsStage;
beforeEach(async () => {
  stage = await PhysicsStage.open();
});
afterEach(() => stage.end());

async function gaugeOf(name: string): Promise<number> {
  return Number(new RegExp(`${name}\\{[^}]*\\} (\\d+)`).exec(await stage.registry.text())?.[1]);
}

describe('A thousand bodies at one place', () => {
  it('stand still but for some, and hold nobody else up', async () => {
    stage.addFloor(FLOOR);
    stage.bodiesMax = 1_100;
    for (let n = 0; n < 1_000; n++) stage.add(idOf(1_000 + n), { ...STONE, position: at(0, 3, 0) });
    stage.add(A, { ...STONE, position: at(40, 5, 0) });
    const before = process.cpuUsage();
    stage.start();
    await stage.run(0.25);
    const stepMs = process.cpuUsage(before).user / 1_000 / 15;
    process.stdout.write(`1000 bodies at one place: ${stepMs.toFixed(1)} ms a step\n`);
    expect(stage.crowds[0]).toBeGreaterThan(800);
    expect(await gaugeOf('entity_physics_crowded')).toBeGreaterThan(500);
    expect(stage.motion(A).position.y).toBeLessThan(4.85);
    // Nobody is told that what stands is falling.
    const standing = idOf(1_999);
    expect(stage.motion(standing)).toMatchObject({ position: at(0, 3, 0), velocity: at(0, 0, 0) });
  });

  it('are free when there is room: somebody puts them elsewhere, or the others have gone', async () => {
    stage.addFloor(FLOOR);
    for (let n = 0; n < 220; n++) stage.add(idOf(1_000 + n), { ...STONE, position: at(0, 3, 0) });
    stage.start();
    await stage.run(0.04);
    const [last, other] = [idOf(1_219), idOf(1_218)];
    expect(stage.motion(other).position).toEqual(at(0, 3, 0));
    stage.change(last, { position: at(40, 9, 0) });
    await stage.run(0.1);
    expect(stage.motion(last).position.y).toBeLessThan(9);
    for (let n = 0; n < 200; n++) stage.erase(idOf(1_000 + n));
    await stage.run(1);
    expect(stage.motion(other).position).not.toEqual(at(0, 3, 0));
    expect(stage.crowds.at(-1)).toBe(0);
  });
});

describe('Obstacles', () => {
  it('are known to a body as far as they are the nearest, and a floor among thousands carries it', async () => {
    stage.addFloor(FLOOR);
    for (let n = 0; n < 3_000; n++) {
      stage.add(idOf(1_000 + n), { position: at(3 + (n % 7) / 10, 3, 0), dimensions: at(0.1, 0.1, 0.1) });
    }
    stage.add(A, { ...STONE, position: at(0, 3, 0) });
    stage.start();
    await stage.run(4);
    expect(stage.motion(A).position.y).toBeCloseTo(0.5, 1);
    expect(await gaugeOf('entity_physics_obstacles')).toBeLessThanOrEqual(OBSTACLES_PER_BODY_MAX);
  });

  it('are not looked at again when an edit changes nothing that can be hit', async () => {
    stage.addFloor(FLOOR);
    stage.add(B, { parentID: FLOOR, position: at(0, 1, 0) });
    stage.add(A, { ...STONE, position: at(0, 0.5, 0) });
    stage.start();
    await stage.run(4);
    expect(stage.simulation.isAwake).toBe(false);
    stage.change(FLOOR, { color: { red: 1, green: 2, blue: 3 }, userData: 'x' });
    expect(stage.simulation.isAwake).toBe(false);
    stage.change(FLOOR, { friction: 0.1 });
    expect(stage.simulation.isAwake).toBe(true);
  });

  it('that hang on what was moved follow over some steps, however many there are', async () => {
    stage.add(FLOOR, { position: at(0, -500, 0) });
    for (let n = 0; n < 3_000; n++) {
      const place = at(2 * (n % 50), 0, 2 * Math.floor(n / 50));
      stage.add(idOf(1_000 + n), { parentID: FLOOR, position: place, dimensions: at(2, 1, 2) });
    }
    stage.add(A, { ...STONE, position: at(60, 40, 60) });
    stage.start();
    await stage.run(0.5);
    stage.change(FLOOR, { position: at(0, 0, 0) });
    await stage.run(6);
    expect(stage.motion(A).position.y).toBeCloseTo(1, 1);
  });
});
