import type { Quat, Vec3 } from '@app/world';
import type { ByteReader } from '../coding/byte-reader.js';
import type { ByteWriter } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { readQBytes, readQString, writeQBytes, writeQString } from '../coding/qt-values.js';

/** Bits of an identity's flags (specification F.5). */
export const IdentityFlag = { Replicated: 1, LookAtSnapping: 2, VerificationFailed: 4 } as const;

/** What an avatar wears, as old clients tell it. Not verified in the specification; newer ones send none. */
export interface AvatarAttachment {
  readonly url: Uint8Array | null;
  readonly joint: string | null;
  readonly translation: Vec3;
  readonly rotation: Quat;
  readonly scale: number;
  readonly isSoft: boolean;
}

/** Who an avatar is (specification F.5). */
export interface AvatarIdentity {
  readonly sessionId: string;
  /** Only an identity with a larger one than the last counts. */
  readonly sequence: number;
  readonly attachments: readonly AvatarAttachment[];
  readonly displayName: string | null;
  /** Made by the mixer from the display name; null from clients. */
  readonly sessionDisplayName: string | null;
  /** Bits of IdentityFlag. */
  readonly flags: number;
}

/** The payload of an AvatarIdentity: one from a client, any number from a mixer. */
export const AvatarIdentities: Codec<readonly AvatarIdentity[]> = {
  read(reader) {
    const identities: AvatarIdentity[] = [];
    while (reader.remainingBytes > 0) identities.push(readIdentity(reader));
    return identities;
  },
  write(writer, identities) {
    for (const identity of identities) writeIdentity(writer, identity);
  },
};

function readIdentity(reader: ByteReader): AvatarIdentity {
  return {
    sessionId: reader.uuid('session id'),
    sequence: reader.u32BE('identity sequence'),
    attachments: readAttachments(reader),
    displayName: readQString(reader, 'display name'),
    sessionDisplayName: readQString(reader, 'session display name'),
    flags: reader.u32BE('identity flags'),
  };
}

function writeIdentity(writer: ByteWriter, identity: AvatarIdentity): void {
  writer.uuid(identity.sessionId, 'session id');
  writer.u32BE(identity.sequence, 'identity sequence');
  writer.u32BE(identity.attachments.length, 'attachments');
  for (const attachment of identity.attachments) writeAttachment(writer, attachment);
  writeQString(writer, identity.displayName, 'display name');
  writeQString(writer, identity.sessionDisplayName, 'session display name');
  writer.u32BE(identity.flags, 'identity flags');
}

/** Their number is not believed: reading ends where the bytes do. */
function readAttachments(reader: ByteReader): AvatarAttachment[] {
  const attachments: AvatarAttachment[] = [];
  for (let left = reader.u32BE('attachments'); left > 0; left--) {
    attachments.push({
      url: readQBytes(reader, 'attachment'),
      joint: readQString(reader, 'attachment'),
      translation: readVec3BE(reader),
      rotation: { ...readVec3BE(reader), w: reader.f32BE('attachment') },
      scale: reader.f32BE('attachment'),
      isSoft: reader.bool('attachment'),
    });
  }
  return attachments;
}

function writeAttachment(writer: ByteWriter, attachment: AvatarAttachment): void {
  const { url, joint, translation, rotation, scale, isSoft } = attachment;
  writeQBytes(writer, url, 'attachment');
  writeQString(writer, joint, 'attachment');
  const numbers = [translation.x, translation.y, translation.z, rotation.x, rotation.y, rotation.z, rotation.w, scale];
  for (const number of numbers) writer.f32BE(number, 'attachment');
  writer.bool(isSoft, 'attachment');
}

function readVec3BE(reader: ByteReader): Vec3 {
  return { x: reader.f32BE('attachment'), y: reader.f32BE('attachment'), z: reader.f32BE('attachment') };
}
