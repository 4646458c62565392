import type { Visitor } from './visitor.js';
import { within } from './within.js';

/** A frame of the scene, without the interface over it, as the address of a PNG. */
export type Picture = string;

/** How far two pictures are apart. */
export interface PictureDifference {
  widthPx: number;
  heightPx: number;
  /** Pixels of which a colour differs by more than CHANNEL_TOLERANCE. */
  differingPixels: number;
  /** The largest difference of a colour of a pixel, 0 to 255. */
  largest: number;
}

/** Steps of 255 in which a colour may differ: what another order of additions makes, and no eye sees. */
const CHANNEL_TOLERANCE = 3;
const PICTURE_MS_MAX = 20_000;
const REST_MS_MAX = 40_000;

/** Draws until everything is loaded and two pictures in a row are the same; the visitor must be there with `render=still`. */
export async function pictureAtRest(visitor: Visitor): Promise<Picture> {
  const giveUpAt = Date.now() + REST_MS_MAX;
  let last = '';
  while (Date.now() < giveUpAt) {
    const taking = visitor.page.evaluate(async () => {
      const { scene } = window.vicinity!;
      // What a picture needs is asked for when it is drawn.
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return scene.entities().pendingCount === 0 ? scene.takePicture() : '';
    });
    const picture = await within(PICTURE_MS_MAX, `${visitor.name}'s page takes a picture`, taking);
    if (picture !== '' && picture === last) return picture;
    last = picture;
  }
  throw new Error(`What ${visitor.name} sees is not at rest within ${REST_MS_MAX} ms`);
}

/** Compares two pictures, in the page of somebody: browsers can read PNGs. */
export async function compare(visitor: Visitor, one: Picture, other: Picture): Promise<PictureDifference> {
  const comparing = visitor.page.evaluate(
    async ({ addresses, tolerance }) => {
      const [a, b] = await Promise.all(
        addresses.map(async (address) => {
          const image = new Image();
          image.src = address;
          await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height);
          const pen = canvas.getContext('2d')!;
          pen.drawImage(image, 0, 0);
          return pen.getImageData(0, 0, image.width, image.height);
        }),
      );
      if (a.width !== b.width || a.height !== b.height) throw new Error('The pictures have different sizes');
      let [differingPixels, largest] = [0, 0];
      for (let at = 0; at < a.data.length; at += 4) {
        let difference = 0;
        for (let part = 0; part < 4; part++) {
          difference = Math.max(difference, Math.abs(a.data[at + part] - b.data[at + part]));
        }
        largest = Math.max(largest, difference);
        if (difference > tolerance) differingPixels++;
      }
      return { widthPx: a.width, heightPx: a.height, differingPixels, largest };
    },
    { addresses: [one, other], tolerance: CHANNEL_TOLERANCE },
  );
  return within(PICTURE_MS_MAX, `${visitor.name}'s page compares two pictures`, comparing);
}

/** How many pixels of a picture are magenta, a colour that nature and the world around do not have. */
export async function countMagenta(visitor: Visitor, picture: Picture): Promise<number> {
  const counting = visitor.page.evaluate(async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const pen = canvas.getContext('2d')!;
    pen.drawImage(image, 0, 0);
    const { data } = pen.getImageData(0, 0, image.width, image.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] > 130 && data[at + 2] > 130 && data[at + 1] < 90) count++;
    }
    return count;
  }, picture);
  return within(PICTURE_MS_MAX, `${visitor.name}'s page counts colours`, counting);
}
