import type { AudioZone, ZonePair } from '@app/dsp';
import { AUDIO_ZONES_MAX } from '@app/world';

/** The zones of a world, as an engine takes them. */
export interface MergedZones {
  zones: readonly AudioZone[];
  zonePairs: readonly ZonePair[];
}

/**
 * Zones that the settings name, and those that stand in the world. A name belongs to the settings first, so that an operator can
 * overrule what people have built; what does not fit any more is left out. Pure.
 */
export function mergeZones(fixed: MergedZones, built: readonly AudioZone[]): MergedZones {
  const names = new Set(fixed.zones.map(({ name }) => name));
  const others = built.filter(({ name }) => !names.has(name));
  return { zones: [...fixed.zones, ...others].slice(0, AUDIO_ZONES_MAX), zonePairs: fixed.zonePairs };
}

/** Whether two lists of zones are the same, so that nothing has to be told. */
export function areSameZones(a: readonly AudioZone[], b: readonly AudioZone[]): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
