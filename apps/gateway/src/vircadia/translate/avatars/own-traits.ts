import {
  type AvatarTrait,
  PacketError,
  TraitType,
  readSkeletonData,
  uuidBytes,
  writeSkeletonData,
} from '@app/vircadia';
import { AVATAR_EXTRAS_MAX, AVATAR_EXTRAS_BYTES_MAX } from '@app/world';
import type { AvatarExtra } from '../../../avatars/extras-store.js';
import { isModelUrl } from '../../../client-input.js';

const NO_INSTANCE = new Uint8Array(0);

/** The traits that a client has told of its own avatar. */
export class OwnTraits {
  /** Empty when it has none that others may be told of. */
  modelUrl = '';
  /** The trait SkeletonData; undefined when it has told none. */
  skeleton: Uint8Array | undefined;
  private readonly extras = new Map<string, AvatarExtra>();
  /** The client's own number of each trait, deleted ones included. */
  private readonly versions = new Map<string, number>();
  private bytes = 0;
  private changes = 0;

  /** Takes one trait over. Returns whether anything is new. @param version  the client's; older ones than known are dropped */
  take({ type, instanceId, data }: AvatarTrait, version: number): boolean {
    const key = `${type} ${instanceId ?? ''}`;
    const known = this.versions.get(key);
    if (known === undefined ? this.versions.size >= 4 * AVATAR_EXTRAS_MAX : version <= known) return false;
    this.versions.set(key, version);
    if (type === TraitType.SkeletonModelUrl) return this.takeModelUrl(data);
    if (type === TraitType.SkeletonData) return this.takeSkeleton(key, data);
    if (!data) return this.remove(key);
    return this.put(key, type, uuidBytes(instanceId ?? ''), data.slice());
  }

  /** Something of ours that travels with them. */
  putOther(kind: number, data: Uint8Array): boolean {
    return this.put(`${kind} `, kind, NO_INSTANCE, data);
  }

  /** All but the model's URL. */
  entries(): readonly AvatarExtra[] {
    return [...this.extras.values()];
  }

  private takeModelUrl(data: Uint8Array | undefined): boolean {
    const url = Buffer.from(data ?? NO_INSTANCE)
      .toString('utf8')
      .trim();
    const modelUrl = isModelUrl(url) ? url : '';
    const isNew = modelUrl !== this.modelUrl;
    this.modelUrl = modelUrl;
    return isNew;
  }

  /** Read and written again, so that nobody gets quaternions that only the sender understands. */
  private takeSkeleton(key: string, data: Uint8Array | undefined): boolean {
    if (!data) return false;
    try {
      this.skeleton = writeSkeletonData(readSkeletonData(data)).slice();
    } catch (error) {
      if (error instanceof PacketError) return false;
      throw error;
    }
    return this.put(key, TraitType.SkeletonData, NO_INSTANCE, this.skeleton);
  }

  private put(key: string, kind: number, instance: Uint8Array, data: Uint8Array): boolean {
    const before = this.extras.get(key)?.data.length ?? 0;
    const isOneMore = !this.extras.has(key) && this.extras.size >= AVATAR_EXTRAS_MAX;
    if (isOneMore || this.bytes - before + data.length > EXTRAS_BYTES_MAX) return false;
    this.bytes += data.length - before;
    this.extras.set(key, { kind, instance, version: ++this.changes, data });
    return true;
  }

  private remove(key: string): boolean {
    this.bytes -= this.extras.get(key)?.data.length ?? 0;
    return this.extras.delete(key);
  }
}

/** With their frames they are within AVATAR_EXTRAS_BYTES_MAX. */
const EXTRAS_BYTES_MAX = AVATAR_EXTRAS_BYTES_MAX - 32 * AVATAR_EXTRAS_MAX;
