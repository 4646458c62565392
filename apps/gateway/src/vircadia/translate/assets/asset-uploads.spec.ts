import { createHash } from 'node:crypto';
import { AssetError, type MessagePart, MessagePosition, PacketError } from '@app/vircadia';
import { VIRCADIA_UPLOAD_BYTES_MAX } from '@app/world';
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AssetUploads, type UploadedFile } from './asset-uploads.js';

const { Only, First, Middle, Last } = MessagePosition;
const head = (messageId: number, sizeBytes: number, bytes: Uint8Array = new Uint8Array()): Uint8Array => {
  const payload = Buffer.alloc(12 + bytes.length);
  payload.writeUInt32LE(messageId, 0);
  payload.writeBigUInt64LE(BigInt(sizeBytes), 4);
  payload.set(bytes, 12);
  return payload;
};

describe('the uploads of a client', () => {
  let reserved: number;
  let room: number;
  let isUploadAllowed: boolean;
  let files: UploadedFile[];
  let refused: [number, number][];
  let uploads: AssetUploads;

  beforeEach(() => {
    [reserved, room, isUploadAllowed, files, refused] = [0, Infinity, true, [], []];
    uploads = new AssetUploads(
      {
        get isUploadAllowed() {
          return isUploadAllowed;
        },
        reserve: (bytes) => {
          if (reserved + bytes > room) return false;
          reserved += bytes;
          return true;
        },
        release: (bytes) => void (reserved -= bytes),
      },
      { onFile: (file) => files.push(file), onRefused: (...told) => refused.push(told) },
    );
  });
  const take = (
    position: MessagePart['position'],
    number: number,
    part: number,
    payload: Uint8Array,
    nowMs = 0,
  ): void => uploads.take({ position, number, part }, payload, nowMs);

  it('are put together, several beside each other, and count until they are given back', () => {
    const png = Buffer.from('\x89PNG\r\n\x1a\nand more', 'latin1');
    take(First, 1, 0, head(7, png.length, png.subarray(0, 4)));
    take(Only, 2, 0, head(8, 3, Uint8Array.of(1, 2, 3)));
    take(Middle, 1, 1, png.subarray(4, 10));
    take(Last, 1, 2, png.subarray(10));
    expect(files.map(({ messageId, mediaType, hash }) => [messageId, mediaType, hash])).toEqual([
      [
        8,
        'application/octet-stream',
        createHash('sha256')
          .update(Uint8Array.of(1, 2, 3))
          .digest('hex'),
      ],
      [7, 'image/png', createHash('sha256').update(png).digest('hex')],
    ]);
    expect(reserved).toBe(png.length + 3);
    for (const { sizeBytes } of files) uploads.release(sizeBytes);
    expect(reserved).toBe(0);
  });

  it.each([
    ['visitors may not', () => (isUploadAllowed = false), 5, AssetError.PermissionDenied],
    ['it is too large', () => undefined, VIRCADIA_UPLOAD_BYTES_MAX + 1, AssetError.TooLarge],
    ['it is nothing', () => undefined, 0, AssetError.FileOperationFailed],
    ['there is no room at the gateway', () => (room = 1), 5, AssetError.FileOperationFailed],
  ])('are refused at their first part when %s, and the rest is nothing', (_name, prepare, sizeBytes, error) => {
    prepare();
    take(First, 1, 0, head(7, sizeBytes, Uint8Array.of(1, 2)));
    take(Middle, 1, 1, Uint8Array.of(3, 4));
    take(Last, 1, 2, Uint8Array.of(5));
    expect([refused, files, reserved]).toEqual([[[7, error]], [], 0]);
  });

  it.each([
    ['fewer bytes than announced', [3]],
    ['more bytes than announced', [3, 4, 5]],
  ])('are refused for %s', (_name, rest) => {
    take(First, 1, 0, head(7, 4, Uint8Array.of(1, 2)));
    take(Last, 1, 1, Uint8Array.from(rest));
    expect([refused, reserved]).toEqual([[[7, AssetError.FileOperationFailed]], 0]);
  });

  it('are forgotten when a part is missing or nothing more comes, or the client goes', () => {
    take(First, 1, 0, head(7, 100, Uint8Array.of(1, 2)));
    take(Middle, 1, 2, Uint8Array.of(3));
    expect([refused, reserved]).toEqual([[[7, AssetError.FileOperationFailed]], 0]);
    take(First, 2, 0, head(8, 100, Uint8Array.of(1, 2)));
    uploads.tick(29_000);
    expect(reserved).toBe(2);
    uploads.tick(30_000);
    expect(reserved).toBe(0);
    take(Only, 3, 0, head(9, 2, Uint8Array.of(1, 2)));
    take(First, 4, 0, head(10, 100, Uint8Array.of(1, 2)));
    uploads.close();
    uploads.release(2);
    expect(reserved).toBe(0);
  });

  it('are 16 at a time', () => {
    for (let number = 1; number <= 17; number++) take(First, number, 0, head(number, 100));
    expect(refused).toEqual([[17, AssetError.FileOperationFailed]]);
  });

  it('take any parts whatever without an error but PacketErrors, and lose no byte of the budget', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.tuple(fc.nat(5), fc.nat(30), fc.uint8Array({ maxLength: 20 })).map((given) => head(...given)),
    );
    const part = fc.tuple(fc.constantFrom(Only, First, Middle, Last), fc.nat(3), fc.nat(3), payload, fc.nat(50_000));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        for (const given of parts) {
          try {
            take(...given);
          } catch (error) {
            expect(error).toBeInstanceOf(PacketError);
          }
          uploads.tick(given[4]);
        }
        uploads.tick(Infinity);
        for (const { sizeBytes } of files.splice(0)) uploads.release(sizeBytes);
        expect(reserved).toBe(0);
      }),
    );
  });
});
