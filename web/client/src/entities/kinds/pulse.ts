import type { MeshBasicMaterial, MeshLambertMaterial } from 'three';
import type { ShownValues } from '../shown-values.js';

type Mode = 'none' | 'in' | 'out';

/** How a surface's colour and opacity breathe. */
export interface Pulse {
  min: number;
  max: number;
  periodS: number;
  colourMode: Mode;
  alphaMode: Mode;
  /** What breathes: 0xRRGGBB and 0 to 1. */
  colour: number;
  alpha: number;
}

/** Reads `pulse`; undefined when nothing breathes. */
export function readPulse(values: ShownValues, colour: number, alpha: number): Pulse | undefined {
  const pulse = values.group('pulse');
  const modeOf = (name: string): Mode => {
    const mode = pulse.text(name);
    return mode === 'in' || mode === 'out' ? mode : 'none';
  };
  const [colourMode, alphaMode] = [modeOf('colorMode'), modeOf('alphaMode')];
  const periodS = pulse.number('period', 1);
  if ((colourMode === 'none' && alphaMode === 'none') || !(periodS > 0)) return undefined;
  return { min: pulse.number('min'), max: pulse.number('max', 1), periodS, colourMode, alphaMode, colour, alpha };
}

/** The factor at a moment: from the least to the largest and back once in a period; the other way round for `out`. Pure. */
export function pulseFactor({ min, max, periodS }: Pulse, mode: Mode, serverS: number): number {
  if (mode === 'none') return 1;
  const share = 0.5 - 0.5 * Math.cos(((serverS % periodS) / periodS) * 2 * Math.PI);
  return min + (max - min) * (mode === 'in' ? share : 1 - share);
}

/** Gives a material what it has at this moment. */
export function applyPulse(pulse: Pulse, material: MeshLambertMaterial | MeshBasicMaterial, serverS: number): void {
  material.color.setHex(pulse.colour).multiplyScalar(pulseFactor(pulse, pulse.colourMode, serverS));
  if (pulse.alphaMode === 'none') return;
  if (!material.transparent) material.needsUpdate = true;
  material.transparent = true;
  material.opacity = pulse.alpha * pulseFactor(pulse, pulse.alphaMode, serverS);
}
