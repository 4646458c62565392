import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pose } from '@app/world';
import { decodeMessage, encodeMessage, isMessageName, packPose, toJson, unpackPose, vicinity } from '@app/wire';

// The bytes that were on the wire when a vector was written. A failure here means that clients and log entries of
// yesterday are no longer understood: mend the change, not the vector (proto/README.md).

const folder = join(process.cwd(), 'proto/vectors');

interface MessageVector {
  name: string;
  message: string;
  json: Record<string, unknown>;
  hex: string;
}

interface PoseVector {
  name: string;
  pose: Pose;
  hex: string;
}

function read<T>(file: string): T[] {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as T[];
}

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const messageFiles = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'pose.json');

for (const file of messageFiles) {
  describe(`golden bytes of ${file}`, () => {
    it.each(read<MessageVector>(file).map((vector) => [`${vector.message}: ${vector.name}`, vector] as const))(
      '%s',
      (_, { message, json, hex }) => {
        const bytes = fromHex(hex);
        // Yesterday's bytes mean the same ...
        expect(toJson(message, bytes)).toEqual(json);
        // ... and what we send today is what yesterday's receivers know.
        expect(toHex(encodeMessage(message, decodeMessage(message, bytes)))).toBe(hex);
        const type = (vicinity.v1 as unknown as Record<string, { fromObject(json: object): object }>)[message];
        expect(toHex(encodeMessage(message, type.fromObject(json)))).toBe(hex);
      },
    );
  });
}

describe('golden bytes of pose.json', () => {
  it.each(read<PoseVector>('pose.json').map((vector) => [vector.name, vector] as const))('%s', (_, { pose, hex }) => {
    expect(toHex(packPose(pose))).toBe(hex);
    const unpacked = unpackPose(fromHex(hex));
    expect(unpacked.position).toEqual(pose.position);
    expect(unpacked.head?.position).toEqual(pose.head?.position);
    expect(unpacked.leftHand?.position).toEqual(pose.leftHand?.position);
    expect(unpacked.rightHand?.position).toEqual(pose.rightHand?.position);
    const { x, y, z, w } = pose.orientation;
    const got = unpacked.orientation;
    // 1 or -1: a quaternion and its negative are the same rotation.
    const cosine = (x * got.x + y * got.y + z * got.z + w * got.w) / Math.hypot(x, y, z, w);
    expect(Math.abs(cosine)).toBeCloseTo(1, 5);
  });
});

describe('golden bytes as a whole', () => {
  it('have every message of the protocol, alone or inside another one', () => {
    const vectors = messageFiles.flatMap((file) => read<MessageVector>(file));
    const seen = new Set<string>();
    const note = (value: unknown): void => {
      if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return;
      const name = value.constructor.name;
      if (isMessageName(name)) seen.add(name);
      for (const inner of Object.values(value)) note(inner);
    };
    for (const { message, hex } of vectors) note(decodeMessage(message, fromHex(hex)));
    expect(Object.keys(vicinity.v1).filter((name) => isMessageName(name) && !seen.has(name))).toEqual([]);
  });
});
