import type { Vec3 } from '@app/world';
import type { ByteReader } from '../coding/byte-reader.js';
import type { ByteWriter } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { packAngle, packClip, unpackAngle, unpackClip } from '../coding/quantized-numbers.js';

/** What somebody looks at: a cone, and a ball around its tip (specification F.6). */
export interface ConicalView {
  readonly position: Vec3;
  /** A unit vector. */
  readonly direction: Vec3;
  /** As the sender means it: native clients degrees, web clients radians. See halfAngleRad. */
  readonly halfAngle: number;
  /** In m. */
  readonly farClip: number;
  /** In m. */
  readonly centerRadius: number;
}

/** Below this, half an angle is in radians: nobody looks through a cone of three degrees (specification 0.2). */
const RADIANS_MAX = 3.2;

/** Half the angle of a view in radians, whoever sent it. */
export function halfAngleRad({ halfAngle }: ConicalView): number {
  return halfAngle < RADIANS_MAX ? halfAngle : (halfAngle * Math.PI) / 180;
}

export const ConicalView: Codec<ConicalView> = {
  read: (reader) => ({
    position: reader.vec3('view position'),
    direction: reader.vec3('view direction'),
    halfAngle: unpackAngle(reader.u16('half angle')),
    farClip: unpackClip(reader.i16('far clip')),
    centerRadius: reader.f32('center radius'),
  }),
  write(writer, view) {
    writer.vec3(view.position, 'view position');
    writer.vec3(view.direction, 'view direction');
    writer.u16(packAngle(view.halfAngle), 'half angle');
    writer.i16(packClip(view.farClip), 'far clip');
    writer.f32(view.centerRadius, 'center radius');
  },
};

/** A count in one byte, then that many views. */
export function readViews(reader: ByteReader): ConicalView[] {
  return Array.from({ length: reader.u8('view count') }, () => ConicalView.read(reader));
}

export function writeViews(writer: ByteWriter, views: readonly ConicalView[]): void {
  writer.u8(views.length, 'view count');
  for (const view of views) ConicalView.write(writer, view);
}

/** The payload of an AvatarQuery. */
export const AvatarQuery: Codec<readonly ConicalView[]> = { read: readViews, write: writeViews };
