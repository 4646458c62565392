import { describe, expect, it } from '@jest/globals';
import { ShownValues } from '../shown-values.js';
import { PARTICLES_FILL_PX_MAX } from '../visual-limits.js';
import { animationFrame, type AnimationPlan } from './animation-clock.js';
import { readMaterialData } from './material-data.js';
import { drawBirths, particleEdgePxMax, particleLawOf } from './particle-law.js';
import { pulseFactor } from './pulse.js';
import { makeRibbon } from './ribbon.js';
import { layoutText } from './text-layout.js';

describe('An animation', () => {
  const plan: AnimationPlan = {
    isRunning: true,
    isLooping: true,
    fps: 30,
    firstFrame: 10,
    lastFrame: 40,
    currentFrame: 10,
  };

  it('begins again at its end', () => {
    expect(animationFrame(plan, 0.5, 100)).toBe(25);
    expect(animationFrame(plan, 1.5, 100)).toBe(25);
  });

  it('stays at its end when it does not loop', () => {
    expect(animationFrame({ ...plan, isLooping: false }, 99, 100)).toBe(40);
  });

  it('runs backwards with negative speed', () => {
    expect(animationFrame({ ...plan, fps: -30 }, 0.5, 100)).toBe(25);
    expect(animationFrame({ ...plan, fps: -30, isLooping: false }, 99, 100)).toBe(10);
  });

  it('shows one frame while it does not run, and never one that the file does not have', () => {
    expect(animationFrame({ ...plan, isRunning: false, currentFrame: 20 }, 5, 100)).toBe(20);
    expect(animationFrame({ ...plan, lastFrame: 100_000, isLooping: false }, 1e6, 60)).toBe(60);
    expect(animationFrame(plan, 3, 0)).toBe(0);
  });
});

describe('A board', () => {
  const lines = (text: string, width: number, count = 99): string[] =>
    layoutText(text, (piece) => piece.length, width, count);

  it('breaks lines between words', () => {
    expect(lines('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
  });

  it('keeps the lines that were written', () => {
    expect(lines('a\n\nb\r\nc', 10)).toEqual(['a', '', 'b', 'c']);
  });

  it('breaks a word that is longer than the board, but no character', () => {
    expect(lines('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
    expect(lines('😀😀', 1).join('')).toBe('😀😀');
  });

  it('ends where there is no more room', () => {
    expect(lines('a b c d', 1, 2)).toEqual(['a', 'b']);
  });
});

describe('Smoke', () => {
  const values = new ShownValues('ParticleEffect', {
    emitRate: 10,
    lifespan: 2,
    maxParticles: 1_000,
    emitSpeed: 3,
    speedSpread: 0,
  });

  it('has as many particles as come out in one life', () => {
    expect(particleLawOf(values)).toMatchObject({ count: 20, lifespanS: 2, cycleS: 2 });
  });

  it('has none while nothing comes out', () => {
    expect(particleLawOf(new ShownValues('ParticleEffect', { isEmitting: false })).count).toBe(0);
  });

  it.each([1, 60, 500, 4_000])('of %i particles fills no more of the picture than there is time for', (count) => {
    expect(count * particleEdgePxMax(count) ** 2).toBeLessThanOrEqual(PARTICLES_FILL_PX_MAX + 1e-6);
    expect(particleEdgePxMax(count)).toBeGreaterThan(20);
  });

  it('goes upwards at its speed unless it is told otherwise, the same for everybody', () => {
    const law = particleLawOf(values);
    const draw = () => {
      let seed = 1;
      return drawBirths(law, values, () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647);
    };
    const births = draw();
    expect(births.velocities[1]).toBeCloseTo(3, 4);
    expect(births.velocities[0]).toBeCloseTo(0, 4);
    expect(draw()).toEqual(births);
  });
});

describe('A ribbon', () => {
  it('is as wide as it should be, across its direction', () => {
    const { positions, indices } = makeRibbon({
      points: [
        { x: 0, y: 0, z: 0 },
        { x: 2, y: 0, z: 0 },
      ],
      widths: [0.5],
      normals: [],
      colours: [],
      isStretched: true,
    });
    expect([...positions]).toEqual(
      [0, 0.25, 0, 0, -0.25, 0, 2, 0.25, 0, 2, -0.25, 0].map((value) => expect.closeTo(value)),
    );
    expect(indices.length).toBe(6);
  });

  it('of one point, or none, or of points at one place, is nothing to be afraid of', () => {
    const plan = { widths: [], normals: [], colours: [], isStretched: false };
    const origin = { x: 0, y: 0, z: 0 };
    for (const points of [[], [origin], [origin, origin]]) {
      expect([...makeRibbon({ ...plan, points }).positions].every(Number.isFinite)).toBe(true);
    }
  });
});

describe('A material', () => {
  it('is read as the predecessor writes it', () => {
    const text = JSON.stringify({
      materialVersion: 1,
      materials: { model: 'hifi_pbr', albedo: [1, 0.5, 0], opacity: 0.25, roughness: 0.1, metallic: 1, unlit: true },
    });
    expect(readMaterialData(text)).toMatchObject({
      albedo: 0xff8000,
      opacity: 0.25,
      roughness: 0.1,
      metallic: 1,
      isUnlit: true,
    });
  });

  it('one of several is found by its name', () => {
    const text = JSON.stringify({
      materials: [
        { name: 'a', albedo: [1, 1, 1] },
        { name: 'b', albedo: [0, 0, 1] },
      ],
    });
    expect(readMaterialData(text, 'b')?.albedo).toBe(0x0000ff);
    expect(readMaterialData(text, 'nobody')?.albedo).toBe(0xffffff);
  });
});

describe('A pulse', () => {
  const pulse = { min: 0.2, max: 1, periodS: 4, colourMode: 'in', alphaMode: 'out', colour: 0, alpha: 1 } as const;

  it('goes from the least to the largest and back, or the other way round', () => {
    expect(pulseFactor(pulse, 'in', 0)).toBeCloseTo(0.2);
    expect(pulseFactor(pulse, 'in', 2)).toBeCloseTo(1);
    expect(pulseFactor(pulse, 'out', 0)).toBeCloseTo(1);
    expect(pulseFactor(pulse, 'none', 1)).toBe(1);
  });
});
