import {
  type AnimationClip,
  Box3,
  type BufferGeometry,
  type Group,
  type Material,
  type Mesh,
  Texture,
  Vector3,
} from 'three';
import { LoadingManager } from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import type { Address } from './address-policy.js';
import { fetchBounded, LoadError } from './bounded-fetch.js';
import { checkGltf } from './gltf-checks.js';
import { readImageHeader } from './image-header.js';
import { MODEL_BYTES_MAX, MODEL_PARTS_MAX, MODEL_PIXELS_MAX } from './visual-limits.js';

/** A model's file, unpacked; entities show copies of it that share its geometry. */
export interface ModelFile {
  scene: Group;
  clips: AnimationClip[];
  /** From the smallest to the largest coordinates, in metres. */
  bounds: Box3;
  /** On the graphics card, about: corners, and images with their smaller copies. */
  graphicsBytes: number;
  /** What is drawn in each frame. */
  triangles: number;
  draws: number;
}

const TIMEOUT_MS = 60_000;
const BYTES_PER_VALUE = 4;
/** With the smaller copies for what is far away. */
const BYTES_PER_PIXEL = 16 / 3;

/**
 * Loads a model with everything that belongs to it. Fails with a LoadError.
 *
 * @param resolve  where addresses inside the file may lead
 */
export async function loadModel(
  url: string,
  resolve: (address: string) => Address,
  canRedirect: boolean,
): Promise<ModelFile> {
  const bytes = await fetchBounded(url, { bytesMax: MODEL_BYTES_MAX, timeoutMs: TIMEOUT_MS }, canRedirect);
  return readModel(bytes, async (uri, bytesMax) => {
    const address = resolve(new URL(uri, url).href);
    if (address.kind !== 'allowed') throw new LoadError('Parts of it are on another website.');
    return fetchBounded(address.url, { bytesMax, timeoutMs: TIMEOUT_MS }, canRedirect);
  });
}

/**
 * Unpacks a model. Fails with a LoadError.
 *
 * @param fetchPart  gets a file that belongs to it, of so many bytes at most
 */
export async function readModel(
  bytes: Uint8Array<ArrayBuffer>,
  fetchPart: (uri: string, bytesMax: number) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<ModelFile> {
  const contents = checkGltf(bytes);
  let pixels = 0;
  const countPixels = (image: Uint8Array): void => {
    // Nobody unpacks these; what has others beside them is shown.
    if (isKtx2(image)) return;
    const header = readImageHeader(image);
    // Of other kinds nobody knows how large they become.
    if (!header) throw new LoadError('An image in it is no PNG, JPEG, WebP or GIF.');
    pixels += header.width * header.height;
    if (pixels > MODEL_PIXELS_MAX) throw new LoadError('Its images have too many pixels.');
  };
  contents.images.forEach(countPixels);
  if (contents.uris.length > MODEL_PARTS_MAX) throw new LoadError('It has too many parts.');
  const parts = new Map<string, Uint8Array<ArrayBuffer>>();
  let sizeBytes = bytes.length;
  for (const { uri, images } of contents.uris) {
    let part = parts.get(uri);
    if (!part) {
      part = uri.startsWith('data:') ? bytesOfDataUri(uri) : await fetchPart(uri, MODEL_BYTES_MAX - sizeBytes);
      sizeBytes += part.length;
      if (sizeBytes > MODEL_BYTES_MAX) throw new LoadError('It is too large.');
      parts.set(uri, part);
    }
    // What is decoded twice takes its room twice.
    for (const [offset, length] of images) countPixels(part.subarray(offset, offset + length));
  }
  const { values, triangles, draws } = contents;
  const graphicsBytes = values * BYTES_PER_VALUE + pixels * BYTES_PER_PIXEL;
  const urls = new Map([...parts].map(([uri, part]) => [uri, URL.createObjectURL(new Blob([part]))]));
  try {
    return { ...(await unpack(bytes, urls)), graphicsBytes, triangles, draws };
  } finally {
    for (const objectUrl of urls.values()) URL.revokeObjectURL(objectUrl);
  }
}

async function unpack(
  bytes: Uint8Array<ArrayBuffer>,
  parts: Map<string, string>,
): Promise<Pick<ModelFile, 'scene' | 'clips' | 'bounds'>> {
  const manager = new LoadingManager();
  // Whatever the file names has been fetched by our rules, or is not fetched at all.
  manager.setURLModifier((uri) => parts.get(uri) ?? (uri.startsWith('blob:') ? uri : 'blob:null/none'));
  const loader = new GLTFLoader(manager);
  try {
    const gltf = await loader.parseAsync(bytes.buffer, '');
    removeSurprises(gltf.scene);
    gltf.scene.updateMatrixWorld(true);
    const bounds = new Box3().setFromObject(gltf.scene);
    if (bounds.isEmpty()) bounds.set(new Vector3(), new Vector3());
    return { scene: gltf.scene, clips: gltf.animations, bounds };
  } catch (error) {
    console.warn('A model cannot be shown.', error);
    throw new LoadError(sentenceOf(error));
  }
}

/** Lamps in a file would make every material of the world be compiled anew; cameras are of no use. */
function removeSurprises(scene: Group): void {
  const surprises: Group[] = [];
  scene.traverse((thing) => {
    const { isLight, isCamera } = thing as { isLight?: boolean; isCamera?: boolean };
    if (isLight || isCamera) surprises.push(thing as Group);
  });
  for (const thing of surprises) thing.removeFromParent();
}

/** Gives geometry, materials and textures back. */
export function disposeModel({ scene }: ModelFile): void {
  const things = new Set<{ dispose(): void }>();
  scene.traverse((thing) => {
    const { geometry, material } = thing as { geometry?: BufferGeometry; material?: Mesh['material'] };
    if (geometry) things.add(geometry);
    const materials: Material[] = Array.isArray(material) ? material : material ? [material] : [];
    for (const each of materials) {
      things.add(each);
      for (const value of Object.values(each)) if (value instanceof Texture) things.add(value);
    }
  });
  for (const thing of things) thing.dispose();
}

function bytesOfDataUri(uri: string): Uint8Array<ArrayBuffer> {
  const match = /^data:[^,]*;base64,/.exec(uri.slice(0, 200));
  if (!match) throw new LoadError('It is no glTF file.');
  try {
    return Uint8Array.from(atob(uri.slice(match[0].length)), (character) => character.charCodeAt(0));
  } catch {
    throw new LoadError('It is no glTF file.');
  }
}

function isKtx2(image: Uint8Array): boolean {
  return [0xab, 0x4b, 0x54, 0x58].every((byte, index) => image[index] === byte);
}

function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  return /draco|ktx2|basis|meshopt/i.test(text)
    ? 'It is compressed in a way that cannot be shown here.'
    : 'The model is broken, or of a kind that cannot be shown here.';
}
