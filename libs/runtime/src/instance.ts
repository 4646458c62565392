import type { Random } from '@app/clock';
import type { InstanceId } from '@app/world';

/** Who this process is. */
export interface Instance {
  /** Unique in the domain, for example `audio-mixer-7f3a9c`. */
  instanceId: InstanceId;
  role: string;
  /** Milliseconds since 1970-01-01 UTC at which this process started; tells it from earlier ones of the same name. */
  epochMs: number;
  /** Version of the software. */
  version: string;
}

/** A name nobody else has: the role and six hexadecimal digits. */
export function makeInstanceId(role: string, random: Random): InstanceId {
  return `${role}-${(random.nextUint32() >>> 8).toString(16).padStart(6, '0')}`;
}
