import { DoubleSide, Group, Mesh, MeshBasicMaterial, MeshLambertMaterial, PlaneGeometry, type Texture } from 'three';
import type { EntityId } from '@vicinity/sdk';
import { BorrowedTexture } from '../borrowed-texture.js';
import type { EntityVisual, Frame, VisualSurroundings } from '../entity-visual.js';
import type { ShownValues } from '../shown-values.js';
import { Placeholder } from './placeholder.js';
import { applyPulse, type Pulse, readPulse } from './pulse.js';

const plane = new PlaneGeometry(1, 1);

/** A picture, towards its +z. */
export class ImageVisual implements EntityVisual {
  readonly content = new Group();
  private readonly lit = new MeshLambertMaterial({ side: DoubleSide, transparent: true, alphaTest: 0.01 });
  private readonly unlit = new MeshBasicMaterial({
    side: DoubleSide,
    transparent: true,
    alphaTest: 0.01,
    toneMapped: false,
  });
  private readonly mesh = new Mesh<PlaneGeometry, MeshLambertMaterial | MeshBasicMaterial>(plane, this.lit);
  private readonly source: BorrowedTexture;
  private readonly placeholder = new Placeholder();
  private trouble: string | undefined;
  private part: Texture | undefined;
  private values: ShownValues | undefined;
  private pulse: Pulse | undefined;

  constructor(id: EntityId, surroundings: VisualSurroundings) {
    const reportTrouble: VisualSurroundings['reportTrouble'] = (about, sentence) => {
      this.trouble = sentence;
      this.placeholder.show(this.values, sentence);
      surroundings.reportTrouble(about, sentence);
    };
    this.source = new BorrowedTexture(id, { ...surroundings, reportTrouble }, () => this.fit());
    this.content.add(this.mesh, this.placeholder.content);
    this.mesh.visible = false;
  }

  show(values: ShownValues): void {
    this.values = values;
    const { middle } = values;
    this.content.position.set(middle.x, middle.y, middle.z);
    this.mesh.material = values.truth('emissive') ? this.unlit : this.lit;
    this.mesh.castShadow = values.truth('canCastShadow');
    for (const material of [this.lit, this.unlit]) {
      material.color.setHex(values.colour('color'));
      material.opacity = values.number('alpha', 1);
    }
    this.pulse = readPulse(values, values.colour('color'), values.number('alpha', 1));
    this.source.ask(values.text('imageURL'));
    this.placeholder.show(values, this.trouble);
    this.fit();
  }

  handleFrame({ serverS }: Frame): void {
    if (this.pulse) applyPulse(this.pulse, this.mesh.material, serverS);
  }

  dispose(): void {
    this.source.dispose();
    this.part?.dispose();
    this.lit.dispose();
    this.unlit.dispose();
  }

  /** Fits the picture, or the part of it, into the dimensions. */
  private fit(): void {
    const { values } = this;
    const texture = this.source.texture;
    this.mesh.visible = texture !== undefined;
    if (!texture || !values) return;
    const image = texture.image as { width: number; height: number };
    const cut = values.group('subImage');
    const x = Math.min(image.width - 1, cut.number('x'));
    const y = Math.min(image.height - 1, cut.number('y'));
    const width = Math.min(cut.number('width') || image.width, image.width - x);
    const height = Math.min(cut.number('height') || image.height, image.height - y);
    this.part?.dispose();
    // Clones share the picture and differ in the part that is shown.
    this.part = texture.clone();
    this.part.repeat.set(width / image.width, height / image.height);
    this.part.offset.set(x / image.width, 1 - (y + height) / image.height);
    for (const material of [this.lit, this.unlit]) {
      if (!material.map) material.needsUpdate = true;
      material.map = this.part;
    }
    const dimensions = values.vector('dimensions');
    const scale = Math.min(dimensions.x / width, dimensions.y / height);
    if (values.truth('keepAspectRatio')) this.mesh.scale.set(width * scale, height * scale, 1);
    else this.mesh.scale.set(dimensions.x, dimensions.y, 1);
  }
}
