import { LinearMipmapLinearFilter, RepeatWrapping, SRGBColorSpace, Texture } from 'three';
import { fetchBounded, LoadError } from './bounded-fetch.js';
import { readImageHeader } from './image-header.js';

const LIMITS = { bytesMax: 33_554_432, timeoutMs: 30_000 };
/** Larger images are not unpacked at all, in pixels. */
export const IMAGE_PIXELS_MAX = 67_108_864;
/** Longer edges are made shorter before the graphics card gets them, in pixels. */
const EDGE_PX_MAX = 2_048;

/** Loads an image for a surface. Fails with a LoadError. */
export async function loadTexture(url: string, canRedirect: boolean): Promise<Texture> {
  const bytes = await fetchBounded(url, LIMITS, canRedirect);
  const header = readImageHeader(bytes);
  if (!header) throw new LoadError('It is no PNG, JPEG, WebP or GIF.');
  if (header.width * header.height > IMAGE_PIXELS_MAX) throw new LoadError('It has too many pixels.');
  const scale = Math.min(1, EDGE_PX_MAX / Math.max(header.width, header.height));
  const size =
    scale < 1
      ? {
          resizeWidth: Math.max(1, Math.round(header.width * scale)),
          resizeHeight: Math.max(1, Math.round(header.height * scale)),
          resizeQuality: 'high' as const,
        }
      : {};
  const blob = new Blob([bytes], { type: header.type });
  // The graphics card counts lines from below, and bitmaps cannot be turned on their way to it.
  const bitmap = await createImageBitmap(blob, { imageOrientation: 'flipY', premultiplyAlpha: 'none', ...size }).catch(
    () => {
      throw new LoadError('The image is broken.');
    },
  );
  const texture = new Texture(bitmap);
  texture.flipY = false;
  texture.colorSpace = SRGBColorSpace;
  texture.wrapS = texture.wrapT = RepeatWrapping;
  texture.minFilter = LinearMipmapLinearFilter;
  texture.anisotropy = 4;
  texture.needsUpdate = true;
  return texture;
}

/** Bytes that a texture takes on the graphics card, about. */
export function sizeOfTexture(texture: Texture): number {
  const { width, height } = texture.image as ImageBitmap;
  return (width * height * 4 * 4) / 3;
}

/** Gives a loaded texture back. */
export function disposeTexture(texture: Texture): void {
  (texture.image as ImageBitmap).close();
  texture.dispose();
}
