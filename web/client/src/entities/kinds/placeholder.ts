import {
  BoxGeometry,
  CanvasTexture,
  EdgesGeometry,
  Group,
  LineBasicMaterial,
  LineSegments,
  Sprite,
  SpriteMaterial,
  SRGBColorSpace,
} from 'three';
import type { ShownValues } from '../shown-values.js';
import { layoutText } from './text-layout.js';

const edges = new EdgesGeometry(new BoxGeometry(1, 1, 1));
const lineMaterial = new LineBasicMaterial({ color: 0xff9c8a });
/** Pixels of a sign, and its width in metres at least and at most. */
const SIGN_PX = { width: 512, height: 160 };
const SIGN_M = { min: 0.4, max: 3 };
/** Sentences whose signs are kept; others share the one that says the least. */
const SENTENCES_MAX = 32;
const ELSE = 'It cannot be shown.';

/** A frame of lines with a sign that says why there is nothing else. */
export class Placeholder {
  readonly content = new Group();
  private readonly frame = new LineSegments(edges, lineMaterial);
  private readonly sign = new Sprite();

  constructor() {
    this.content.add(this.frame, this.sign);
    this.content.visible = false;
  }

  /** Fits it to the dimensions of an entity, about the origin. @param sentence  undefined hides it */
  show(values: ShownValues | undefined, sentence: string | undefined): void {
    this.content.visible = values !== undefined && sentence !== undefined;
    if (!values || sentence === undefined) return;
    const { x, y, z } = values.vector('dimensions');
    this.frame.scale.set(Math.max(0.001, x), Math.max(0.001, y), Math.max(0.001, z));
    this.sign.material = materialOf(sentence);
    const width = Math.min(SIGN_M.max, Math.max(SIGN_M.min, x, z));
    this.sign.scale.set(width, (width * SIGN_PX.height) / SIGN_PX.width, 1);
  }
}

const materials = new Map<string, SpriteMaterial>();

function materialOf(sentence: string): SpriteMaterial {
  const text = materials.has(sentence) || materials.size < SENTENCES_MAX ? sentence : ELSE;
  let material = materials.get(text);
  if (!material) {
    material = new SpriteMaterial({ map: drawSign(text), toneMapped: false });
    materials.set(text, material);
  }
  return material;
}

function drawSign(sentence: string): CanvasTexture {
  const { width, height } = SIGN_PX;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = 'rgba(24, 30, 44, 0.86)';
  pen.beginPath();
  pen.roundRect(4, 4, width - 8, height - 8, 28);
  pen.fill();
  pen.font = '500 32px system-ui, "Segoe UI", "Helvetica Neue", sans-serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillStyle = '#ffffff';
  const lines = layoutText(sentence, (piece) => pen.measureText(piece).width, width - 60, 3);
  lines.forEach((line, index) => pen.fillText(line, width / 2, height / 2 + (index - (lines.length - 1) / 2) * 42));
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  return texture;
}
