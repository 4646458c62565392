import { assert, AUDIO_ZONES_MAX } from '@app/world';
import { DistanceAttenuation } from '../distance-attenuation.js';
import type { AudioZone, ZonePair } from './audio-zone.js';

/** Stands for everywhere outside all zones. */
const OUTSIDE_NAME = '*';

interface ZoneVolume {
  zone: AudioZone;
  cos: number;
  sin: number;
}

/** The part of SpatialEngineOptions that concerns zones. */
export interface ZoneMapOptions {
  zones: readonly AudioZone[];
  zonePairs: readonly ZonePair[];
  attenuationCoefficient: number;
  audibleDistanceM: number;
}

/**
 * Which zone a place belongs to, and how sound gets from one zone to another. Zones are numbers here: the smallest zone is 0,
 * and `outside` is one more than the largest.
 */
export class ZoneMap {
  /** Zones; also the number of the zone that is none. */
  outside = 0;
  private volumes: ZoneVolume[] = [];
  private laws: DistanceAttenuation[] = [];

  constructor(private readonly options: ZoneMapOptions) {
    this.replace(options.zones, options.zonePairs);
  }

  /** Other zones, whose numbers mean something else than before. */
  replace(zones: readonly AudioZone[], zonePairs: readonly ZonePair[]): void {
    const options = { ...this.options, zones, zonePairs };
    assert(options.zones.length <= AUDIO_ZONES_MAX, 'zones within their limit');
    const volumeOf = (zone: AudioZone): number => zone.sizeX * zone.sizeY * zone.sizeZ;
    this.volumes = [...options.zones]
      .sort((a, b) => volumeOf(a) - volumeOf(b))
      .map((zone) => ({ zone, cos: Math.cos(zone.yawRad), sin: Math.sin(zone.yawRad) }));
    this.outside = this.volumes.length;
    this.laws = this.createLaws(options);
  }

  private createLaws(options: ZoneMapOptions): DistanceAttenuation[] {
    const { audibleDistanceM } = options;
    const usual = new DistanceAttenuation({ coefficient: options.attenuationCoefficient, audibleDistanceM });
    const count = this.outside + 1;
    const laws = Array.from({ length: count * count }, () => usual);
    for (const pair of options.zonePairs) {
      const from = this.indexOf(pair.from);
      const to = this.indexOf(pair.to);
      // A pair of zones that nobody has is no error: zones come and go, pairs may stay.
      if (from < 0 || to < 0) continue;
      const reachM = pair.attenuation >= 1 ? 0 : audibleDistanceM;
      laws[to * count + from] = new DistanceAttenuation({ coefficient: pair.attenuation, audibleDistanceM: reachM });
    }
    return laws;
  }

  private indexOf(name: string): number {
    if (name === OUTSIDE_NAME) return this.outside;
    return this.volumes.findIndex((volume) => volume.zone.name === name);
  }

  /** The smallest zone that contains this place, or `outside`. */
  zoneAt(x: number, y: number, z: number): number {
    for (let index = 0; index < this.outside; index++) {
      const { zone, cos, sin } = this.volumes[index];
      const dx = x - zone.x;
      const dz = z - zone.z;
      const isInside =
        2 * Math.abs(y - zone.y) <= zone.sizeY &&
        2 * Math.abs(dx * cos - dz * sin) <= zone.sizeX &&
        2 * Math.abs(dx * sin + dz * cos) <= zone.sizeZ;
      if (isInside) return index;
    }
    return this.outside;
  }

  /** How loud sound from a zone is within another, over distance. */
  law(from: number, to: number): DistanceAttenuation {
    return this.laws[to * (this.outside + 1) + from];
  }

  /** The zone itself, or undefined for outside. */
  zone(index: number): AudioZone | undefined {
    return this.volumes[index]?.zone;
  }

  isStage(index: number): boolean {
    return this.volumes[index]?.zone.isStage === true;
  }
}
