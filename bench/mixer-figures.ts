import { MIX_TICK_MS } from '@app/world';
import type { Figure } from './bench-report.js';
import type { Reading, Scenario } from './mixer-scenario.js';
import { PHASES } from './phase-clock.js';

/** What is wanted on one core of a machine of today. */
const TARGETS: Readonly<Record<string, number>> = {
  'mixer.listeners_per_core.all_talking.n100': 150,
  'mixer.listeners_per_core.one_in_ten.n400': 400,
  'mixer.cost_ratio.n1000_over_n100': 1.5,
  'mixer.added_delay_ms.p99': 40,
};

/** The crowd of the issue's figures; the phases of this one have short names, too. */
const SHORT_NAMES_COUNT = 100;

/** Adds to each figure what is wanted of it, where that has been said. */
export function withTargets(figures: readonly Figure[]): Figure[] {
  return figures.map((figure) => ({ ...figure, ...(figure.name in TARGETS && { target: TARGETS[figure.name] }) }));
}

/** CPU time of a listener in a tick, in us. */
export function usPerListener({ cpuSeconds, ticks, count }: Pick<Reading, 'cpuSeconds' | 'ticks' | 'count'>): number {
  return (cpuSeconds * 1e6) / ticks / count;
}

/** Listeners whose mixes one core makes in real time. */
export function listenersPerCore(reading: Pick<Reading, 'cpuSeconds' | 'ticks' | 'count'>): number {
  return (MIX_TICK_MS * 1_000) / usPerListener(reading);
}

/** Microseconds of a listener in a tick by phase, and what is in none of them. */
export function phasesOf(reading: Reading): { name: string; us: number }[] {
  const perTick = 1e6 / reading.ticks / reading.count;
  const total = usPerListener(reading);
  const phases = PHASES.map((name) => ({ name: name as string, us: reading.phaseSeconds[name] * perTick }));
  const rest = phases.reduce((left, { us }) => left - us, total);
  return [...phases, { name: 'rest', us: rest }, { name: 'total', us: total }];
}

/** The figures of one crowd at the mixer's own settings. */
export function figuresOf(reading: Reading): Figure[] {
  const name = nameOf(reading);
  const figures: Figure[] = [
    { name: `mixer.listeners_per_core.${name}`, value: listenersPerCore(reading), unit: 'listeners' },
    ...phasesOf(reading).map((phase) => phaseFigure(`${phase.name}.${name}`, phase.us)),
  ];
  if (name === `all_talking.n${SHORT_NAMES_COUNT}`) {
    figures.push(...phasesOf(reading).map((phase) => phaseFigure(`${phase.name}.n${SHORT_NAMES_COUNT}`, phase.us)));
  }
  if (reading.talking === 'all_talking') figures.push(missingMixes(reading));
  return figures;
}

/** The two figures of a crowd whose mixes are encoded with another effort. */
export function complexityFigures(reading: Reading, complexity: number): Figure[] {
  const name = `complexity${complexity}.${nameOf(reading)}`;
  const encode = phasesOf(reading).find((phase) => phase.name === 'encode')?.us ?? NaN;
  return [
    { name: `mixer.listeners_per_core.${name}`, value: listenersPerCore(reading), unit: 'listeners' },
    phaseFigure(`encode.${name}`, encode),
  ];
}

/** How the cost grows with the crowd: all talking, in the circle. */
export function growthFigures(readings: readonly Reading[]): Figure[] {
  const circle = readings.filter(({ talking, spread }) => talking === 'all_talking' && spread === 'circle');
  const figures: Figure[] = [];
  const of = (count: number): Reading | undefined => circle.find((reading) => reading.count === count);
  const [few, many] = [of(100), of(1_000)];
  if (few && many) {
    const value = usPerListener(many) / usPerListener(few);
    figures.push({ name: 'mixer.cost_ratio.n1000_over_n100', value, unit: 'times per listener' });
  }
  if (circle.length > 1) figures.push({ name: 'mixer.exponent', value: exponentOf(circle), unit: 'of the total cost' });
  return figures;
}

/** Slope of log(cost of everybody) over log(N), by least squares: 1 when a listener always costs the same. */
export function exponentOf(readings: readonly Pick<Reading, 'cpuSeconds' | 'ticks' | 'count'>[]): number {
  const points = readings.map((reading) => [Math.log(reading.count), Math.log(reading.cpuSeconds / reading.ticks)]);
  const mean = (index: number): number => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

/** For example `all_talking.n100`, `one_in_ten.n400.spread`, `all_talking.n100.pcm24-10`. */
export function nameOf({ talking, count, spread, sound = 'opus-20' }: Scenario): string {
  return `${talking}.n${count}${spread === 'spread' ? '.spread' : ''}${sound === 'opus-20' ? '' : `.${sound}`}`;
}

function phaseFigure(name: string, value: number): Figure {
  return { name: `mixer.us_per_listener.${name}`, value, unit: 'µs per tick' };
}

function missingMixes(reading: Reading): Figure {
  const packetsPerTick = reading.sound === 'opus-10' ? 2 : 1;
  const expected = (reading.ticks + reading.skippedTicks) * reading.count * packetsPerTick;
  return {
    name: `mixer.mixes_missing.${nameOf(reading)}`,
    value: expected - reading.mixesReceived,
    unit: `of ${expected}`,
  };
}
