import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SeededRandom } from '@app/testing';
import { idOf } from './entity-stage.js';
import { at, PhysicsStage, STONE } from './physics-stage.js';

/** 60 Hz. */
const STEP_MS = 1_000 / 60;
const [FLOOR, A, B, C] = [1, 2, 3, 4].map(idOf);

let stage: PhysicsStage;
beforeEach(async () => {
  stage = await PhysicsStage.open();
});
afterEach(() => stage.end());

describe('Simulated bodies', () => {
  it('fall as stones do, and come to rest on what stands there; their rest is in the log', async () => {
    stage.addFloor(FLOOR);
    stage.add(A, { ...STONE, position: at(0, 5, 0) });
    stage.start();
    await stage.run(0.5);
    expect(stage.motion(A).position.y).toBeCloseTo(5 - (9.8 * 0.5 ** 2) / 2, 0);
    await stage.run(5);
    expect(stage.motion(A).position.y).toBeCloseTo(0.5, 2);
    const { properties, editedBy } = stage.entity(A);
    expect(editedBy).toEqual({ sessionId: 0, name: 'physics' });
    expect(properties.position).toMatchObject({ y: expect.closeTo(0.5, 2) });
    expect(properties.velocity ?? at(0, 0, 0)).toEqual(at(0, 0, 0));
    expect(stage.told.length).toBeGreaterThan(20);
  });

  it('bounce by the product of both restitutions', async () => {
    const heights: number[] = [];
    for (const [index, restitution] of [0, 0.9].entries()) {
      stage = await PhysicsStage.open();
      stage.addFloor(FLOOR, { restitution: 0.99 });
      stage.add(A, { ...STONE, position: at(0, 2.5, 0), restitution }, 'Sphere');
      stage.start();
      await stage.run(0.68);
      let highest = 0;
      for (let step = 0; step < 60; step++) {
        await stage.run(0.02);
        highest = Math.max(highest, stage.motion(A).position.y - 0.5);
      }
      heights[index] = highest;
      stage.end();
    }
    expect(heights[0]).toBeLessThan(0.05);
    // Height goes with the square of the speed: 0.89² of 2 m.
    expect(heights[1]).toBeGreaterThan(1.35);
    expect(heights[1]).toBeLessThan(1.75);
  });

  it('are held back by the product of both frictions', async () => {
    stage.addFloor(FLOOR, { friction: 1 });
    const flat = { ...STONE, dimensions: at(1, 0.2, 1), velocity: at(4, 0, 0), restitution: 0 };
    stage.add(A, { ...flat, position: at(0, 0.1, 0), friction: 0.5 });
    stage.add(B, { ...flat, position: at(0, 0.1, 5), friction: 0 });
    stage.start();
    await stage.run(2);
    // v² / 2μg
    expect(stage.motion(A).position.x).toBeGreaterThan(1.4);
    expect(stage.motion(A).position.x).toBeLessThan(1.9);
    expect(stage.motion(B).position.x).toBeGreaterThan(7.5);
  });

  it('collide only with what both want to collide with', async () => {
    stage.addFloor(FLOOR);
    stage.add(A, { ...STONE, position: at(0, 2, 0), collidesWith: 'dynamic,kinematic' });
    stage.add(B, { ...STONE, position: at(10, 2, 0), collisionMask: 1 });
    stage.add(C, { ...STONE, position: at(10, 4, 0), collidesWith: 'static,dynamic,' });
    stage.start();
    await stage.run(3);
    expect(stage.motion(A).position.y).toBeLessThan(-10);
    expect(stage.motion(B).position.y).toBeCloseTo(0.5, 1);
    // B does not want to be hit by dynamic things: C is where B is.
    expect(stage.motion(C).position.y).toBeCloseTo(0.5, 1);
  });

  it('cost and say nothing at all while they rest, and wake when what carries them goes', async () => {
    stage.addFloor(FLOOR);
    stage.add(A, { ...STONE, position: at(0, 1, 0) });
    stage.start();
    await stage.run(4);
    const [told, logged] = [stage.told.length, stage.logged.length];
    expect(stage.simulation.isAwake).toBe(false);
    expect(stage.clock.pendingCount).toBe(0);
    await stage.run(60);
    expect([stage.told.length, stage.logged.length]).toEqual([told, logged]);
    stage.erase(FLOOR);
    await stage.run(1);
    expect(stage.motion(A).position.y).toBeLessThan(-3);
  });

  it('rest on after a restart without a word, and still know what carries them', async () => {
    stage.addFloor(FLOOR);
    stage.add(A, { ...STONE, position: at(0, 1, 0) });
    stage.add(B, { ...STONE, position: at(0, 2.2, 0) });
    stage.start();
    await stage.run(5);
    const [told, logged] = [stage.told.length, stage.logged.length];
    stage.start();
    await stage.run(10);
    expect([stage.told.length, stage.logged.length]).toEqual([told, logged]);
    stage.erase(FLOOR);
    await stage.run(1);
    expect(stage.motion(A).position.y).toBeLessThan(-3);
    expect(stage.motion(B).position.y).toBeLessThan(-2);
  });

  it('do not fall asleep in the air: neither slow ones nor those at the top of their way', async () => {
    stage.add(A, { dynamic: true, damping: 0, dimensions: at(1, 1, 1), velocity: at(0.05, 0, 0) });
    const moon = { ...STONE, gravity: at(0, -0.05, 0) };
    stage.add(B, { ...moon, position: at(5, 0, 0), velocity: at(0, 0.05, 0) });
    stage.start();
    await stage.run(10);
    expect(stage.motion(A).position.x).toBeCloseTo(0.5, 1);
    expect(stage.motion(B).position.y).toBeCloseTo(0.05 * 10 - (0.05 * 100) / 2, 0);
  });

  it('are logged every five seconds while they move', async () => {
    stage.add(A, { ...STONE, gravity: at(0, 0, 0), velocity: at(2, 0, 0) });
    stage.start();
    await stage.run(21);
    expect(stage.logged).toHaveLength(4);
    const x = (stage.entity(A).properties.position as { x: number }).x;
    expect(x).toBeGreaterThan(38);
    expect(x).toBeLessThan(42);
  });

  it('have the same fate twice', async () => {
    const fates: string[] = [];
    for (let turn = 0; turn < 2; turn++) {
      stage = await PhysicsStage.open();
      const random = new SeededRandom(11);
      stage.addFloor(FLOOR);
      for (let n = 0; n < 40; n++) {
        const place = at(3 * random.next(), 2 + 8 * random.next(), 3 * random.next());
        stage.add(idOf(100 + n), { ...STONE, position: place }, random.next() < 0.5 ? 'Box' : 'Sphere');
      }
      stage.start();
      await stage.run(4);
      fates.push(JSON.stringify(Array.from({ length: 40 }, (_, n) => stage.motion(idOf(100 + n)))));
      stage.end();
    }
    expect(fates[1]).toBe(fates[0]);
  });

  it('stand still when there are too many, until there is room', async () => {
    stage.bodiesMax = 2;
    for (const [index, id] of [A, B, C].entries()) stage.add(id, { ...STONE, position: at(10 * index, 0, 0) });
    stage.start();
    await stage.run(1);
    expect(stage.simulation.bodyOf(C)).toBeUndefined();
    expect(stage.motion(B).position.y).toBeLessThan(-4);
    stage.erase(A);
    await stage.run(1);
    expect(stage.motion(C).position.y).toBeLessThan(-4);
  });

  it('stop at the edge of the world', async () => {
    stage.add(A, { ...STONE, position: at(0, -15_990, 0), velocity: at(0, -500, 0) });
    stage.start();
    await stage.run(3);
    expect(stage.motion(A).position.y).toBe(-16_000);
    expect(stage.simulation.isAwake).toBe(false);
    expect(stage.entity(A).properties).toMatchObject({ position: { y: -16_000 }, velocity: at(0, 0, 0) });
  });

  it('are carried by a lift that moves by itself', async () => {
    stage.addFloor(FLOOR, { velocity: at(0, 1, 0), damping: 0 });
    stage.add(A, { ...STONE, position: at(0, 0.6, 0), restitution: 0 });
    stage.start();
    await stage.run(5);
    expect(stage.motion(A).position.y).toBeCloseTo(5.5, 0);
  });

  it('hit what stands there after it was put there, moved, and hung on something', async () => {
    stage.add(A, { ...STONE, position: at(0, 30, 0) });
    stage.start();
    await stage.run(0.5);
    stage.add(B, { position: at(0, 0, 50) });
    stage.add(FLOOR, { parentID: B, position: at(0, -0.5, -80), dimensions: at(50, 1, 50) });
    stage.change(B, { position: at(0, 0, 80) });
    await stage.run(5);
    expect(stage.motion(A).position.y).toBeCloseTo(0.5, 1);
  });

  it('of many forms come to rest', async () => {
    stage.addFloor(FLOOR);
    const forms = ['Cone', 'Cylinder', 'Dodecahedron', 'Hexagon', 'Icosahedron', 'Octahedron', 'Tetrahedron', 'Torus'];
    forms.push('Quad', 'Triangle', 'Nonsense');
    forms.forEach((shape, n) =>
      stage.add(idOf(100 + n), { ...STONE, angularDamping: 0.5, shape, position: at(3 * n, 2, 0) }, 'Shape'),
    );
    const types = ['box', 'sphere', 'capsule-x', 'capsule-y', 'cylinder-z', 'simple-hull', 'static-mesh'];
    types.forEach((shapeType, n) =>
      stage.add(
        idOf(200 + n),
        { ...STONE, angularDamping: 0.5, shapeType, dimensions: at(1, 2, 1), position: at(3 * n, 2, 9) },
        'Model',
      ),
    );
    stage.start();
    await stage.run(6);
    for (const n of [...forms.keys()].map((key) => key + 100).concat([...types.keys()].map((key) => key + 200))) {
      const { y } = stage.motion(idOf(n)).position;
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(1.1);
    }
  });
});

describe('Edits of simulated bodies', () => {
  it('count for what they set; the rest goes on as it was', async () => {
    stage.addFloor(FLOOR);
    stage.add(A, { ...STONE, position: at(0, 10, 0), velocity: at(1, 0, 0) });
    stage.start();
    await stage.run(1);
    const before = stage.motion(A);
    stage.change(A, { velocity: at(0, 5, 0) });
    expect(stage.motion(A)).toMatchObject({ position: before.position, velocity: at(0, 5, 0) });
    stage.change(A, { position: at(3, 20, 0) });
    expect(stage.motion(A)).toMatchObject({ position: at(3, 20, 0), velocity: at(0, 5, 0) });
    stage.change(A, { color: { red: 1, green: 2, blue: 3 } });
    await stage.run(0.1);
    expect(stage.motion(A).position.y).toBeGreaterThan(20);
  });

  it('wake what rests: a push, another size, no floor any more', async () => {
    stage.addFloor(FLOOR);
    stage.add(A, { ...STONE, position: at(0, 0.5, 0) });
    stage.start();
    await stage.run(3);
    expect(stage.simulation.isAwake).toBe(false);
    stage.change(A, { velocity: at(0, 3, 0) });
    await stage.run(0.2);
    expect(stage.motion(A).position.y).toBeGreaterThan(0.7);
    await stage.run(4);
    stage.change(A, { dimensions: at(1, 0.2, 1) });
    await stage.run(4);
    expect(stage.motion(A).position.y).toBeCloseTo(0.1, 1);
    stage.change(FLOOR, { collisionless: true });
    await stage.run(1);
    expect(stage.motion(A).position.y).toBeLessThan(-3);
  });

  it('leave what is stopped in flight where it is', async () => {
    stage.add(A, { ...STONE, position: at(0, 100, 0), velocity: at(1, 0, 0) });
    stage.start();
    await stage.run(1);
    const { position } = stage.motion(A);
    stage.change(A, { locked: true });
    await stage.run(3);
    expect(stage.simulation.bodyOf(A)).toBeUndefined();
    expect(stage.entity(A).properties).toMatchObject({ position, velocity: at(0, 0, 0) });
  });

  it('are not overwritten by what physics had in mind before', async () => {
    stage.addFloor(FLOOR);
    stage.add(A, { ...STONE, position: at(0, 0.6, 0) });
    stage.start();
    await stage.run(0.3);
    while (stage.simulation.isAwake) await stage.run(0.02);
    stage.change(A, { position: at(5, 8, 0) });
    await stage.run(0.15);
    expect(stage.entity(A).properties.position).toEqual(at(5, 8, 0));
    await stage.run(5);
    expect(stage.entity(A).properties.position).toMatchObject({ x: expect.closeTo(5, 0) });
  });
});

describe('Five hundred bodies', () => {
  it('are simulated in real time, falling into a heap', async () => {
    stage.addFloor(FLOOR);
    for (let n = 0; n < 500; n++) {
      const place = at((n % 10) * 1.05, 1 + Math.floor(n / 100) * 1.2, (Math.floor(n / 10) % 10) * 1.05);
      stage.add(idOf(100 + n), { ...STONE, position: place });
    }
    stage.start();
    // Time of this process's own work: others may be busy beside it.
    const before = process.cpuUsage();
    await stage.run(2);
    const perStepMs = process.cpuUsage(before).user / 1_000 / 120;
    process.stdout.write(`500 bodies: ${perStepMs.toFixed(2)} ms a step\n`);
    expect(perStepMs).toBeLessThan(STEP_MS);
  });
});
