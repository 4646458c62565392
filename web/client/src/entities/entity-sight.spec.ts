import { describe, expect, it } from '@jest/globals';
import { chooseInSight, type Sighted } from './entity-sight.js';
import { ShownValues } from './shown-values.js';
import { estimateCost, NO_COST } from './visual-cost.js';
import { STAND_INS_MAX, UNSEEN_MAX, VISUALS_MAX, type VisualCost } from './visual-limits.js';

/** What the smallest thing takes. */
const DRAWN = { ...NO_COST, draws: 1 };

const thing = (distanceM: number, radiusM: number, more: Partial<Sighted> = {}): Sighted => ({
  distanceM,
  radiusM,
  cost: DRAWN,
  isShown: false,
  ...more,
});
const row = (count: number, cost: VisualCost): Sighted[] =>
  Array.from({ length: count }, (_, index) => thing(1 + index / 10, 10, { cost }));

describe('What is drawn', () => {
  it('leaves out what is too small to be seen, and nothing else while there is room', () => {
    const things = [thing(5, 1), thing(800, 0.5), thing(800, 40)];
    expect(chooseInSight(things, 10, VISUALS_MAX)).toEqual({ shown: [0, 2], standIns: [] });
  });

  it('prefers what seems largest when there is too much', () => {
    const things = Array.from({ length: 100 }, (_, index) => thing(1 + index, 0.5));
    expect(chooseInSight(things, 3, VISUALS_MAX).shown.sort()).toEqual([0, 1, 2]);
  });

  it('always has what the viewer stands in', () => {
    expect(chooseInSight([thing(1, 0.99), thing(300, 400)], 1, VISUALS_MAX).shown).toEqual([1]);
  });

  it('does not give up what it shows for what seems hardly larger', () => {
    const things = [thing(10, 1), thing(10.5, 1, { isShown: true })];
    expect(chooseInSight(things, 1, VISUALS_MAX).shown).toEqual([1]);
    expect(chooseInSight([thing(7, 1), things[1]], 1, VISUALS_MAX).shown).toEqual([0]);
  });

  it('gives no place of what is to be seen to lamps, however far they shine, and has not too many of these', () => {
    const lamps = row(UNSEEN_MAX + 100, NO_COST);
    const { shown, standIns } = chooseInSight([...lamps, thing(90, 1, { cost: DRAWN })], 1, VISUALS_MAX);
    expect(shown).toHaveLength(UNSEEN_MAX + 1);
    expect(shown).toContain(lamps.length);
    expect(standIns).toEqual([]);
  });

  it('gives the room to the nearest, hints at the others, and passes over what does not fit', () => {
    const heavy = { ...DRAWN, triangles: 4e6 };
    const things = [thing(2, 1, { cost: heavy }), thing(3, 1, { cost: heavy }), thing(4, 1)];
    expect(chooseInSight(things, 9, VISUALS_MAX)).toEqual({ shown: [0, 2], standIns: [1] });
  });

  it('shows at least one of a kind, however heavy it is', () => {
    const giant = { ...DRAWN, triangles: 1e9 };
    expect(chooseInSight([thing(2, 1, { cost: giant })], 9, VISUALS_MAX).shown).toEqual([0]);
  });
});

const points = Array.from({ length: 4_096 }, (_, x) => ({ x, y: 0, z: 0 }));
const size = { x: 40, y: 40, z: 0.01 };
const full = Buffer.from([0, 128, 0, 128, 0, 128, 0, 0, 0, 0, 0x78, 0x9c]).toString('base64');

describe('A world full of legal things', () => {
  it.each([
    ['boards', 'Text', { text: 'words', dimensions: size, lineHeight: 0.05 }],
    ['signs', 'Web', { dimensions: size }],
    ['effects', 'ParticleEffect', { maxParticles: 100_000, emitRate: 100_000, lifespan: 10 }],
    ['effects of few large particles', 'ParticleEffect', { maxParticles: 3, particleRadius: 4 }],
    ['ribbons', 'PolyLine', { linePoints: points, faceCamera: true }],
    ['lines', 'Line', { linePoints: points }],
    ['blocks of clay', 'PolyVox', { voxelData: full }],
    ['models', 'Model', { modelURL: '/assets/castle.glb' }],
    ['grids', 'Grid', { followCamera: true }],
    ['bodies', 'Box', {}],
  ])('10,000 %s take no more than there is', (_name, type, properties) => {
    const cost = estimateCost(new ShownValues(type, properties));
    const { shown, standIns } = chooseInSight(row(10_000, cost), 8_000, VISUALS_MAX);
    for (const kind of Object.keys(VISUALS_MAX) as Array<keyof VisualCost>) {
      expect(shown.length * cost[kind]).toBeLessThanOrEqual(VISUALS_MAX[kind]);
    }
    expect(shown.length).toBeGreaterThan(0);
    expect(Math.max(...shown)).toBe(shown.length - 1);
    expect(standIns.length).toBe(STAND_INS_MAX);
  });

  it('clay that hides its size counts as much as there can be', () => {
    const costOf = (voxelData: string): VisualCost => estimateCost(new ShownValues('PolyVox', { voxelData }));
    for (const data of [`\n${full}`, `${full.slice(0, 3)} ${full.slice(3)}`])
      expect(costOf(data)).toEqual(costOf(full));
    expect(costOf('').triangles).toBe(0);
  });

  it('things without looks take nothing', () => {
    for (const type of ['Zone', 'Material', 'Sound', 'Empty', 'Light', 'Unheard of']) {
      expect(estimateCost(new ShownValues(type, {}))).toEqual(NO_COST);
    }
  });
});
