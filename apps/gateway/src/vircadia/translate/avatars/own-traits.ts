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

/** What has become of a trait: taken over, or there was no room for it; nothing when there is nothing new in it. */
export type Taking = 'new' | 'full' | 'nothing';

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

  /** @param version  the client's; older ones than known are dropped. One that was full may come again with its version. */
  take(trait: AvatarTrait, version: number): Taking {
    const key = `${trait.type} ${trait.instanceId ?? ''}`;
    const known = this.versions.get(key);
    if (known !== undefined && version <= known) return 'nothing';
    if (known === undefined && this.versions.size >= 4 * AVATAR_EXTRAS_MAX) return 'full';
    const taking = this.takeOver(key, trait);
    if (taking !== 'full') this.versions.set(key, version);
    return taking;
  }

  private takeOver(key: string, { type, instanceId, data }: AvatarTrait): Taking {
    if (type === TraitType.SkeletonModelUrl) return this.takeModelUrl(data);
    if (type === TraitType.SkeletonData) return this.takeSkeleton(key, data);
    if (!data) return this.remove(key);
    return this.put(key, type, uuidBytes(instanceId ?? ''), data.slice());
  }

  /** Something of ours that travels with them. */
  putOther(kind: number, data: Uint8Array): Taking {
    return this.put(`${kind} `, kind, NO_INSTANCE, data);
  }

  /** All but the model's URL. */
  entries(): readonly AvatarExtra[] {
    return [...this.extras.values()];
  }

  private takeModelUrl(data: Uint8Array | undefined): Taking {
    const url = Buffer.from(data ?? NO_INSTANCE)
      .toString('utf8')
      .trim();
    const modelUrl = isModelUrl(url) ? url : '';
    const isNew = modelUrl !== this.modelUrl;
    this.modelUrl = modelUrl;
    return isNew ? 'new' : 'nothing';
  }

  /** Read and written again, so that nobody gets quaternions that only the sender understands. */
  private takeSkeleton(key: string, data: Uint8Array | undefined): Taking {
    if (!data) return 'nothing';
    try {
      this.skeleton = writeSkeletonData(readSkeletonData(data)).slice();
    } catch (error) {
      if (error instanceof PacketError) return 'nothing';
      throw error;
    }
    return this.put(key, TraitType.SkeletonData, NO_INSTANCE, this.skeleton);
  }

  private put(key: string, kind: number, instance: Uint8Array, data: Uint8Array): Taking {
    const before = this.extras.get(key)?.data.length ?? 0;
    const isOneMore = !this.extras.has(key) && this.extras.size >= AVATAR_EXTRAS_MAX;
    if (isOneMore || this.bytes - before + data.length > EXTRAS_BYTES_MAX) return 'full';
    this.bytes += data.length - before;
    this.extras.set(key, { kind, instance, version: ++this.changes, data });
    return 'new';
  }

  private remove(key: string): Taking {
    this.bytes -= this.extras.get(key)?.data.length ?? 0;
    return this.extras.delete(key) ? 'new' : 'nothing';
  }
}

/** With their frames they are within AVATAR_EXTRAS_BYTES_MAX. */
const EXTRAS_BYTES_MAX = AVATAR_EXTRAS_BYTES_MAX - 32 * AVATAR_EXTRAS_MAX;
