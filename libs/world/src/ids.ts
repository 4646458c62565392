/**
 * A session's number: 32 bits, random, unique in its world, never 0. Like an RTP SSRC (RFC 3550, section 8) it is drawn
 * at random and compared with all known ones, so no central allocator is needed.
 */
export type SessionId = number;

/** Instance name of a role process, unique in the domain, for example `audio-mixer-7f3a`. */
export type InstanceId = string;

const WORLD_PATTERN = /^[a-z0-9-]{1,32}$/;
const INSTANCE_PATTERN = /^[a-z0-9-]{1,48}$/;

/** Whether `name` can be a world's name, which is also a token of NATS subjects. */
export function isWorldName(name: string): boolean {
  return WORLD_PATTERN.test(name);
}

/** Whether `name` can be an instance's name, which is also a token of NATS subjects. */
export function isInstanceId(name: string): boolean {
  return INSTANCE_PATTERN.test(name);
}

/** A session's number as people see it: eight hexadecimal digits. */
export function formatSessionId(id: SessionId): string {
  return (id >>> 0).toString(16).padStart(8, '0');
}

/** Version of the client protocol: major in the upper 16 bits, minor in the lower. Another major number is refused. */
export const PROTOCOL_VERSION = 0x0001_0000;
