import type { EntityId, Vec3, WorldClient } from '@vicinity/sdk';
import { Vector3 } from 'three';
import { readImageHeader } from '../entities/image-header.js';
import { disposeModel, readModel } from '../entities/model-file.js';
import { type DroppedKind, droppedEntity, kindOfFile } from './drop-plan.js';

/** Files larger than this are not looked into before they are sent, in bytes. */
const LOOK_BYTES_MAX = 67_108_864;

/**
 * Sends a file and makes the thing that shows it. Settles with its id; fails with an Error whose message can be shown.
 *
 * @param onProgress  is told the share that has been sent, 0 to 1
 */
export async function uploadAndPlace(
  client: WorldClient,
  file: File,
  spot: Vec3,
  yaw: number,
  onProgress: (share: number) => void,
): Promise<EntityId> {
  const kind = kindOfFile(file.name);
  if (!kind) throw new Error('Only glTF, GLB, PNG, JPEG, WebP, WAV, MP3, FLAC and Ogg files can be brought in.');
  if (!client.assets.isUploadAllowed) throw new Error('This domain takes no files from you.');
  // What nobody could see is better refused before everybody waits for it.
  const extents = await extentsOf(kind, file);
  const { url } = await client.assets.upload(file, { name: file.name, onProgress });
  return client.entities.add(kind, droppedEntity(kind, file.name, url, extents, spot, yaw));
}

async function extentsOf(kind: DroppedKind, file: File): Promise<Vec3 | undefined> {
  if (kind === 'Sound' || file.size > LOOK_BYTES_MAX) return undefined;
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (kind === 'Image') {
    const header = readImageHeader(bytes);
    if (!header) throw new Error('This is no PNG, JPEG or WebP.');
    return { x: header.width, y: header.height, z: 0 };
  }
  const model = await readModel(bytes, () =>
    Promise.reject(new Error('This model has parts in other files. Save it as one GLB file.')),
  );
  const { x, y, z } = model.bounds.getSize(new Vector3());
  disposeModel(model);
  return { x, y, z };
}
