import { CanvasTexture, LinearFilter, SRGBColorSpace } from 'three';
import { surfaceSize } from './surface-size.js';

/** A surface that is drawn with the browser's own pen; whatever stands on it can only be looked at. */
export class CanvasSurface {
  readonly texture: CanvasTexture;
  private readonly canvas = document.createElement('canvas');

  constructor() {
    this.texture = new CanvasTexture(this.canvas);
    this.texture.colorSpace = SRGBColorSpace;
    this.texture.minFilter = LinearFilter;
    this.texture.generateMipmaps = false;
    this.texture.anisotropy = 4;
  }

  /**
   * Draws anew.
   *
   * @param pixelsPerM  less when the surface would become too large
   * @param paint       is given the pen, the size in pixels, and the pixels per metre in fact
   */
  draw(
    widthM: number,
    heightM: number,
    pixelsPerM: number,
    paint: (pen: CanvasRenderingContext2D, width: number, height: number, scale: number) => void,
  ): void {
    const { width, height, scale } = surfaceSize(widthM, heightM, pixelsPerM);
    const isResized = this.canvas.width !== width || this.canvas.height !== height;
    this.canvas.width = width;
    this.canvas.height = height;
    const pen = this.canvas.getContext('2d')!;
    paint(pen, width, height, scale);
    // A texture of another size needs another place in the graphics memory.
    if (isResized) this.texture.dispose();
    this.texture.needsUpdate = true;
  }

  dispose(): void {
    this.texture.dispose();
  }
}

/** A colour and how opaque it is, as CSS writes it. */
export function cssRgba(colour: number, alpha: number): string {
  return `rgba(${colour >> 16}, ${(colour >> 8) & 0xff}, ${colour & 0xff}, ${Math.min(1, Math.max(0, alpha))})`;
}
