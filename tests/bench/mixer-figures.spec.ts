import { describe, expect, it } from '@jest/globals';
import { exponentOf, figuresOf, growthFigures, withTargets } from '../../bench/mixer-figures.js';
import type { Reading } from '../../bench/mixer-scenario.js';
import { complexityScenarios, readMixerOptions, scenariosOf } from '../../bench/mixer-options.js';

/** A mixer that needs `us` for each listener and tick. */
function reading(count: number, us: number, fields: Partial<Reading> = {}): Reading {
  const ticks = 100;
  const seconds = (share: number): number => (share * us * ticks * count) / 1e6;
  return {
    count,
    ticks,
    talking: 'all_talking',
    spread: 'circle',
    factor: 1,
    cpuSeconds: seconds(1),
    wallSeconds: 2,
    phaseSeconds: { decode: seconds(0.1), select: seconds(0.1), render: seconds(0.2), encode: seconds(0.4) },
    mixesReceived: ticks * count,
    skippedTicks: 0,
    sheddingLevel: 0,
    residentMiB: 100,
    ...fields,
  };
}

const valuesOf = (figures: readonly { name: string; value: number }[]): Record<string, number> =>
  Object.fromEntries(figures.map(({ name, value }) => [name, value]));

describe('The figures of the mixer', () => {
  it('are listeners per core and microseconds of each phase', () => {
    const values = valuesOf(figuresOf(reading(100, 125)));
    expect(values['mixer.listeners_per_core.all_talking.n100']).toBeCloseTo(160);
    expect(values['mixer.us_per_listener.encode.all_talking.n100']).toBeCloseTo(50);
    expect(values['mixer.us_per_listener.rest.all_talking.n100']).toBeCloseTo(25);
    expect(values['mixer.us_per_listener.total.n100']).toBeCloseTo(125);
    expect(values['mixer.mixes_missing.all_talking.n100']).toBe(0);
  });

  it('tell crowds apart by their names', () => {
    const values = valuesOf(figuresOf(reading(400, 40, { talking: 'one_in_ten', spread: 'spread' })));
    expect(values['mixer.listeners_per_core.one_in_ten.n400.spread']).toBeCloseTo(500);
  });

  it('have an exponent of 1 when a listener always costs the same, and 2 when everybody costs everybody', () => {
    expect(exponentOf([25, 100, 1_000].map((count) => reading(count, 100)))).toBeCloseTo(1);
    expect(exponentOf([25, 100, 1_000].map((count) => reading(count, count)))).toBeCloseTo(2);
  });

  it('compare a thousand with a hundred in the circle, all talking', () => {
    const readings = [reading(100, 100), reading(100, 50, { spread: 'spread' }), reading(1_000, 140)];
    const values = valuesOf(growthFigures(readings));
    expect(values['mixer.cost_ratio.n1000_over_n100']).toBeCloseTo(1.4);
    expect(growthFigures([reading(25, 1)])).toEqual([]);
  });

  it('carry their targets', () => {
    const [figure] = withTargets(figuresOf(reading(100, 125)));
    expect(figure).toMatchObject({ name: 'mixer.listeners_per_core.all_talking.n100', target: 150 });
  });
});

describe('The options of the mixer benchmark', () => {
  it('are all crowds of the project by default', () => {
    const options = readMixerOptions([]);
    expect(scenariosOf(options)).toHaveLength(24);
    expect(options.complexity).toBeUndefined();
    expect(complexityScenarios(options).map(({ count, complexity }) => [count, complexity])).toEqual([
      [100, 0],
      [100, 2],
      [100, 5],
      [400, 0],
      [400, 2],
      [400, 5],
    ]);
  });

  it('choose crowds', () => {
    const options = readMixerOptions(['--counts=50', '--talking=tenth', '--crowd=spread', '--complexity=2']);
    expect(scenariosOf(options)).toEqual([
      { count: 50, talking: 'one_in_ten', spread: 'spread', sound: 'opus-20', complexity: 2 },
    ]);
    expect(complexityScenarios(options)).toEqual([]);
  });

  it('are refused when they are not known', () => {
    expect(() => readMixerOptions(['--listeners=3'])).toThrow('--listeners=3');
  });
});
