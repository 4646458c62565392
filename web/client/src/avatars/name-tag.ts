import { CanvasTexture, LinearFilter, Sprite, SpriteMaterial, SRGBColorSpace } from 'three';

const HEIGHT_PX = 64;
const FONT = '600 34px system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif';
const TEXT_WIDTH_PX_MAX = 400;

/** A name over a head. Drawn as text on a canvas: whatever somebody is called, it can only ever be looked at. */
export class NameTag {
  readonly sprite: Sprite;
  private readonly canvas = document.createElement('canvas');
  private readonly texture: CanvasTexture;
  private shown = '';

  constructor() {
    this.texture = new CanvasTexture(this.canvas);
    this.texture.colorSpace = SRGBColorSpace;
    this.texture.minFilter = LinearFilter;
    this.sprite = new Sprite(
      new SpriteMaterial({ map: this.texture, transparent: true, depthWrite: false, toneMapped: false, fog: false }),
    );
    this.sprite.renderOrder = 10;
  }

  /** Shows this name; `isSpeaking` colours the tag. */
  show(name: string, isSpeaking: boolean): void {
    const key = `${isSpeaking ? 1 : 0}${name}`;
    if (key === this.shown) return;
    this.shown = key;
    const context = this.canvas.getContext('2d')!;
    context.font = FONT;
    const text = fit(context, name);
    const width = Math.ceil(context.measureText(text).width) + 48;
    const isResized = this.canvas.width !== width;
    this.canvas.width = width;
    this.canvas.height = HEIGHT_PX;
    context.font = FONT;
    context.textBaseline = 'middle';
    context.textAlign = 'center';
    context.fillStyle = isSpeaking ? 'rgba(255, 214, 128, 0.95)' : 'rgba(24, 30, 44, 0.72)';
    context.beginPath();
    context.roundRect(3, 5, width - 6, HEIGHT_PX - 10, 27);
    context.fill();
    context.fillStyle = isSpeaking ? '#2a2113' : '#ffffff';
    context.fillText(text, width / 2, HEIGHT_PX / 2 + 1);
    // A texture of another size needs another place in the graphics memory.
    if (isResized) this.texture.dispose();
    this.texture.needsUpdate = true;
  }

  /** Grows with distance, so that a name can be read from across the meadow. */
  scaleFor(distanceM: number): void {
    const height = Math.min(1.7, 0.07 + distanceM * 0.031);
    this.sprite.scale.set((height * this.canvas.width) / HEIGHT_PX, height, 1);
  }

  dispose(): void {
    this.texture.dispose();
    this.sprite.material.dispose();
  }
}

function fit(context: CanvasRenderingContext2D, name: string): string {
  if (context.measureText(name).width <= TEXT_WIDTH_PX_MAX) return name;
  const characters = [...name];
  while (characters.length > 1 && context.measureText(`${characters.join('')}…`).width > TEXT_WIDTH_PX_MAX)
    characters.pop();
  return `${characters.join('')}…`;
}
