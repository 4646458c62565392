import type { Texture, Vector3 } from 'three';
import type { EntityId } from '@vicinity/sdk';
import type { Mood } from '../world/mood.js';
import { BorrowedTexture } from './borrowed-texture.js';
import type { EntityAnchor } from './entity-anchor.js';
import type { VisualSurroundings } from './entity-visual.js';
import type { ShownValues } from './shown-values.js';
import { DECISION_INTERVAL_MS } from './visual-limits.js';
import { decidingZone, isInside, volumeOf, type ZoneMode, type ZoneVolume } from './zone-choice.js';

interface Zone {
  anchor: EntityAnchor;
  sky: BorrowedTexture;
}

/** Which zones the viewer is in, and what sky, light and air they give. */
export class ZoneWatch {
  private readonly zones = new Map<EntityId, Zone>();
  private inside: Zone[] = [];
  private current: Mood = {};
  private decidedAtMs = -Infinity;

  constructor(private readonly surroundings: VisualSurroundings) {}

  /** What the zones around the viewer ask for; empty where there are none. */
  get mood(): Mood {
    return this.current;
  }

  /** A zone is new, or has changed. */
  handleZone(anchor: EntityAnchor): void {
    const { id } = anchor.entity;
    let zone = this.zones.get(id);
    if (!zone) {
      zone = { anchor, sky: new BorrowedTexture(id, this.surroundings, () => undefined) };
      this.zones.set(id, zone);
    }
    this.decidedAtMs = -Infinity;
  }

  forget(id: EntityId): void {
    this.zones.get(id)?.sky.dispose();
    this.zones.delete(id);
    this.decidedAtMs = -Infinity;
  }

  /** Whether an entity that is shown in some zones only is shown to this viewer. */
  lets({ values }: EntityAnchor): boolean {
    const wanted = values.list('renderWithZones');
    return wanted.length === 0 || this.inside.some(({ anchor }) => wanted.includes(anchor.entity.id));
  }

  /** Decides anew when zones have changed, and from time to time, because viewers and zones move. @param nowMs  Infinity decides */
  update(viewer: Vector3, nowMs: number): void {
    if (nowMs - this.decidedAtMs < DECISION_INTERVAL_MS) return;
    this.decidedAtMs = Number.isFinite(nowMs) ? nowMs : -Infinity;
    const before = this.inside;
    this.inside = [...this.zones.values()]
      // Most are far away, which is known without turning anything.
      .filter(({ anchor }) => anchor.middle.distanceTo(viewer) <= anchor.radiusM && anchor.isVisible)
      .map((zone) => ({ zone, volume: zoneVolume(zone.anchor) }))
      .filter(({ volume }) => isInside(volume, viewer))
      .sort((a, b) => volumeOf(a.volume) - volumeOf(b.volume))
      .map(({ zone }) => zone);
    for (const zone of before) if (!this.inside.includes(zone)) zone.sky.ask('');
    this.current = this.moodHere();
  }

  private moodHere(): Mood {
    const decider = (name: string): Zone | undefined =>
      decidingZone(this.inside, ({ anchor }) => modeOf(anchor.values, name));
    const sky = decider('skybox');
    // Only what is to be seen is fetched.
    for (const zone of this.inside) {
      zone.sky.ask(zone === sky ? zone.anchor.values.group('skybox').text('url') : '');
    }
    const sun = decider('keyLight')?.anchor.values.group('keyLight');
    const ambient = decider('ambientLight')?.anchor.values.group('ambientLight');
    const haze = decider('haze')?.anchor.values.group('haze');
    return {
      sky: sky && skyOf(sky.anchor.values.group('skybox'), sky.sky.texture),
      sun: sun && {
        colour: sun.colour('color'),
        intensity: sun.number('intensity', 1),
        direction: sun.vector('direction'),
        castsShadows: sun.truth('castShadows'),
      },
      ambientIntensity: ambient?.number('ambientIntensity', 0.5),
      haze: haze && {
        colour: haze.colour('hazeColor'),
        rangeM: Math.max(1, haze.number('hazeRange', 1_000)),
        skyShare: Math.min(1, Math.max(0, haze.number('hazeBackgroundBlend'))),
      },
    };
  }
}

/** The volume of a zone in the world. */
export function zoneVolume({ frame, middle, values }: EntityAnchor): ZoneVolume {
  const { x, y, z, w } = frame.quaternion;
  return {
    middle: { x: middle.x, y: middle.y, z: middle.z },
    rotation: { x, y, z, w },
    dimensions: values.vector('dimensions'),
    form: values.text('shapeType'),
  };
}

function modeOf(values: ShownValues, name: string): ZoneMode {
  const mode = values.text(`${name}Mode`);
  return mode === 'enabled' || mode === 'disabled' ? mode : 'inherit';
}

function skyOf(skybox: ShownValues, texture: Texture | undefined): Mood['sky'] {
  // Where there is a picture, a black colour means that nobody has chosen one.
  const colour = skybox.colour('color');
  return { colour: texture && colour === 0 ? 0xffffff : colour, texture };
}
