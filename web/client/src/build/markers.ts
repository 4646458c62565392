import { CanvasTexture, Group, Sprite, SpriteMaterial, SRGBColorSpace, type Vector3 } from 'three';
import { ENTITY_TYPES } from '@app/world';
import type { EntityId } from '@vicinity/sdk';
import type { EntityAnchor } from '../entities/entity-anchor.js';
import type { EntityScene } from '../entities/entity-scene.js';
import { iconPath, type IconName } from '../ui/element.js';

/** Things that cannot be seen themselves have a sign while somebody builds. */
const SIGNS: Readonly<Record<string, IconName>> = {
  Light: 'lamp',
  Sound: 'volume',
  Zone: 'zone',
  ParticleEffect: 'spark',
  Material: 'brush',
  Empty: 'plus',
};
const MARKERS_MAX = 200;
const DISTANCE_M_MAX = 80;
/** Height of a sign, as a share of its distance. */
const SIZE = 0.045;
const SIZE_M_MIN = 0.1;
/** Which things have signs is decided this often, in ms. */
const INTERVAL_MS = 300;

/** Signs over what cannot be seen: lamps, sounds, zones, what is not known, and what could not be loaded. */
export class Markers {
  readonly group = new Group();
  private readonly sprites = new Map<EntityId, Sprite>();
  private readonly materials = new Map<IconName, SpriteMaterial>();
  private chosenAtMs = -Infinity;

  constructor(private readonly things: EntityScene) {
    this.group.visible = false;
  }

  /** For each frame while somebody builds. */
  update(viewer: Vector3, nowMs: number): void {
    if (nowMs - this.chosenAtMs > INTERVAL_MS) {
      this.chosenAtMs = nowMs;
      this.choose(viewer);
    }
    for (const [id, sprite] of this.sprites) {
      const anchor = this.things.anchorOf(id);
      sprite.visible = anchor?.isPlaced === true;
      if (!anchor) continue;
      sprite.position.copy(anchor.middle);
      sprite.scale.setScalar(Math.max(SIZE_M_MIN, viewer.distanceTo(anchor.middle) * SIZE));
    }
  }

  private choose(viewer: Vector3): void {
    const wanted = [...this.things.all()]
      .flatMap((anchor) => {
        const sign = this.signOf(anchor);
        const metres = anchor.middle.distanceTo(viewer);
        return sign && anchor.isPlaced && metres < DISTANCE_M_MAX ? [{ anchor, sign, metres }] : [];
      })
      .sort((a, b) => a.metres - b.metres)
      .slice(0, MARKERS_MAX);
    const kept = new Set(wanted.map(({ anchor }) => anchor.entity.id));
    for (const [id, sprite] of this.sprites) {
      if (kept.has(id)) continue;
      this.sprites.delete(id);
      sprite.removeFromParent();
    }
    for (const { anchor, sign } of wanted) this.mark(anchor.entity.id, sign);
  }

  private signOf({ entity, values }: EntityAnchor): IconName | undefined {
    if (Object.hasOwn(SIGNS, entity.type)) return SIGNS[entity.type];
    if (!ENTITY_TYPES.has(entity.type)) return 'help';
    if (this.things.troubleOf(entity.id) !== undefined) return 'broken';
    const isEmpty = ['modelURL', 'imageURL', 'voxelData'].some((name) => isUnset(entity.type, name, values.text(name)));
    return isEmpty ? 'broken' : undefined;
  }

  private mark(id: EntityId, sign: IconName): void {
    const material = this.materialOf(sign);
    const sprite = this.sprites.get(id);
    if (sprite) {
      sprite.material = material;
      return;
    }
    const made = new Sprite(material);
    made.renderOrder = 15;
    made.userData.entityId = id;
    this.sprites.set(id, made);
    this.group.add(made);
  }

  private materialOf(sign: IconName): SpriteMaterial {
    let material = this.materials.get(sign);
    if (!material) {
      material = new SpriteMaterial({ map: drawSign(sign), depthTest: false, fog: false, toneMapped: false });
      this.materials.set(sign, material);
    }
    return material;
  }
}

/** Things that show a file, and have none. */
function isUnset(type: string, name: string, value: string): boolean {
  const owner = { modelURL: 'Model', imageURL: 'Image', voxelData: 'PolyVox' }[name];
  return type === owner && value === '';
}

function drawSign(sign: IconName): CanvasTexture {
  const size = 96;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = 'rgba(24, 30, 44, 0.82)';
  pen.beginPath();
  pen.roundRect(6, 6, size - 12, size - 12, 26);
  pen.fill();
  pen.strokeStyle = '#f4b860';
  pen.lineWidth = 3;
  pen.stroke();
  pen.translate(size / 2 - 27, size / 2 - 27);
  pen.scale(54 / 24, 54 / 24);
  pen.strokeStyle = '#ffffff';
  pen.lineWidth = 1.7;
  pen.lineCap = pen.lineJoin = 'round';
  pen.stroke(new Path2D(iconPath(sign)));
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  return texture;
}
