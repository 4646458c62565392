import { Color, Fog, Group, Mesh, MeshBasicMaterial, SphereGeometry, Vector3 } from 'three';
import type { Mood } from './mood.js';
import { HAZE, type Sky, SUN_DIRECTION } from './sky.js';
import { AMBIENT_INTENSITY, SUN_COLOUR, SUN_INTENSITY, type Sunlight } from './sunlight.js';

const FOG_NEAR_M = 55;
const FOG_FAR_M = 330;
/** Changes of mood take about so long, in seconds. */
const GLIDE_S = 0.5;
/** Behind everything, before the place's own sky. */
const DOME_RADIUS_M = 620;

/** Sky, light and air of the place, or what a zone makes of them; glides from one to the other. */
export class Atmosphere {
  readonly fog = new Fog(HAZE, FOG_NEAR_M, FOG_FAR_M);
  readonly group = new Group();
  private readonly cover = makeDome(2);
  private readonly veil = makeDome(3);
  private readonly wantedColour = new Color();
  private readonly wantedDirection = new Vector3();

  constructor(
    private readonly sky: Sky,
    private readonly sunlight: Sunlight,
  ) {
    this.group.add(this.cover, this.veil);
  }

  /** @param isAtOnce  instead of gliding */
  update(mood: Mood, viewer: Vector3, deltaS: number, isAtOnce: boolean): void {
    const step = isAtOnce ? 1 : 1 - Math.exp(-deltaS / GLIDE_S);
    this.group.position.set(viewer.x, 0, viewer.z);
    this.glideSky(mood.sky, step);
    this.glideHaze(mood.haze, step);
    this.glideLight(mood, step);
  }

  private glideSky(sky: Mood['sky'], step: number): void {
    const { material } = this.cover;
    if (sky) {
      const map = sky.texture ?? null;
      if (material.map !== map) {
        material.map = map;
        material.needsUpdate = true;
      }
      // Nothing is seen yet of what has no opacity: it may begin with its colour.
      material.color.lerp(this.wantedColour.setHex(sky.colour), material.opacity < 0.02 ? 1 : step);
    }
    fade(this.cover, sky ? 1 : 0, step);
    this.sky.setLandscape(material.opacity < 0.5 && this.veil.material.opacity < 0.5);
  }

  private glideHaze(haze: Mood['haze'], step: number): void {
    const { fog } = this;
    fog.color.lerp(this.wantedColour.setHex(haze?.colour ?? HAZE), step);
    fog.near += ((haze ? 0 : FOG_NEAR_M) - fog.near) * step;
    fog.far += ((haze?.rangeM ?? FOG_FAR_M) - fog.far) * step;
    this.veil.material.color.copy(fog.color);
    fade(this.veil, haze ? 1 - haze.skyShare : 0, step);
  }

  private glideLight({ sun, ambientIntensity }: Mood, step: number): void {
    const { light, hemisphere, direction } = this.sunlight;
    light.color.lerp(this.wantedColour.setHex(sun?.colour ?? SUN_COLOUR), step);
    light.intensity += ((sun ? sun.intensity * SUN_INTENSITY : SUN_INTENSITY) - light.intensity) * step;
    // A clear day's ambient light is half of what there can be.
    const ambient = ambientIntensity === undefined ? AMBIENT_INTENSITY : ambientIntensity * 2 * AMBIENT_INTENSITY;
    hemisphere.intensity += (ambient - hemisphere.intensity) * step;
    const wanted = this.wantedDirection;
    if (sun) wanted.set(-sun.direction.x, -sun.direction.y, -sun.direction.z);
    if (!sun || wanted.lengthSq() < 1e-6) wanted.copy(SUN_DIRECTION);
    direction.lerp(wanted.normalize(), step).normalize();
  }
}

function fade(dome: Mesh<SphereGeometry, MeshBasicMaterial>, wanted: number, step: number): void {
  const { material } = dome;
  material.opacity += (wanted - material.opacity) * step;
  if (Math.abs(wanted - material.opacity) < 0.004) material.opacity = wanted;
  dome.visible = material.opacity > 0;
}

function makeDome(renderOrder: number): Mesh<SphereGeometry, MeshBasicMaterial> {
  // Turned inside out, or pictures of the sky would be mirrored.
  const geometry = new SphereGeometry(DOME_RADIUS_M, 48, 28).scale(-1, 1, 1);
  const material = new MeshBasicMaterial({
    fog: false,
    depthWrite: false,
    transparent: true,
    opacity: 0,
    toneMapped: false,
  });
  const dome = new Mesh(geometry, material);
  dome.renderOrder = renderOrder;
  dome.visible = false;
  return dome;
}
