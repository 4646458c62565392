import { createHash, type Hash } from 'node:crypto';
import { sniffedType, SNIFF_BYTES } from '@app/assets';
import { AssetError, ByteReader, MessagePosition, type MessagePart } from '@app/vircadia';
import { VIRCADIA_UPLOAD_BYTES_MAX } from '@app/world';
import type { AssetDesk } from '../../assets/asset-desk.js';

/** Files that one client uploads at the same time; native clients send up to 16 messages beside each other. */
const UPLOADS_MAX = 16;
/** An upload that gets no bytes for this long is forgotten, in ms. */
const IDLE_MS_MAX = 30_000;

/** A file that has come. */
export interface UploadedFile {
  readonly messageId: number;
  readonly hash: string;
  readonly mediaType: string;
  readonly pieces: readonly Uint8Array[];
  readonly sizeBytes: number;
}

interface Upload {
  readonly messageId: number;
  readonly sizeBytes: number;
  readonly hash: Hash;
  readonly pieces: Uint8Array[];
  receivedBytes: number;
  nextPart: number;
  heardMs: number;
}

/** What the uploads of one client lead to. */
export interface UploadHandlers {
  /** All bytes are there; they count until they are given back with `release`. */
  onFile(file: UploadedFile): void;
  /** @param error  one of AssetError */
  onRefused(messageId: number, error: number): void;
}

/**
 * The files that one client sends, each in one message that may be very large (specification I): its parts are taken as they
 * come, so that what cannot be taken is refused at its first, and budgets count what has really come.
 */
export class AssetUploads {
  private readonly running = new Map<number, Upload>();
  private bytes = 0;
  private isClosed = false;

  constructor(
    private readonly desk: Pick<AssetDesk, 'reserve' | 'release' | 'isUploadAllowed'>,
    private readonly handlers: UploadHandlers,
  ) {}

  /** A part of an AssetUpload. Those of refused ones go on coming, and are nothing. */
  take({ position, number, part }: MessagePart, payload: Uint8Array, nowMs: number): void {
    const { First, Only, Last } = MessagePosition;
    const isFirst = position === First || position === Only;
    if (isFirst) this.forget(number);
    const bytes = isFirst ? this.begin(number, payload, nowMs) : payload;
    const upload = this.running.get(number);
    if (!upload || !bytes) return;
    if (part !== upload.nextPart || upload.receivedBytes + bytes.length > upload.sizeBytes) {
      return this.refuse(number, upload, AssetError.FileOperationFailed);
    }
    if (!this.keep(upload, bytes, nowMs)) return this.refuse(number, upload, AssetError.FileOperationFailed);
    if (position === Last || position === Only) this.end(number, upload);
  }

  /** What was handed over is not needed any more. */
  release(bytes: number): void {
    if (this.isClosed) return;
    this.bytes -= bytes;
    this.desk.release(bytes);
  }

  tick(nowMs: number): void {
    for (const [number, { heardMs }] of this.running) if (nowMs - heardMs >= IDLE_MS_MAX) this.forget(number);
  }

  /** Gives everything back. A second call is harmless. */
  close(): void {
    this.release(this.bytes);
    this.isClosed = true;
    this.running.clear();
  }

  /** Returns the file's first bytes; undefined when there is no file to expect. */
  private begin(number: number, payload: Uint8Array, nowMs: number): Uint8Array | undefined {
    const reader = new ByteReader(payload);
    const messageId = reader.u32('message id');
    const sizeBytes = reader.u64('size');
    const fault = this.faultOf(sizeBytes);
    if (fault !== undefined) {
      this.handlers.onRefused(messageId, fault);
      return undefined;
    }
    const hash = createHash('sha256');
    const upload = { messageId, sizeBytes, hash, pieces: [], receivedBytes: 0, nextPart: 0, heardMs: nowMs };
    this.running.set(number, upload);
    return payload.subarray(reader.offset);
  }

  private faultOf(sizeBytes: number): number | undefined {
    if (!this.desk.isUploadAllowed) return AssetError.PermissionDenied;
    if (sizeBytes > VIRCADIA_UPLOAD_BYTES_MAX) return AssetError.TooLarge;
    if (sizeBytes === 0 || this.running.size >= UPLOADS_MAX) return AssetError.FileOperationFailed;
    return undefined;
  }

  private keep(upload: Upload, bytes: Uint8Array, nowMs: number): boolean {
    if (this.bytes + bytes.length > VIRCADIA_UPLOAD_BYTES_MAX || !this.desk.reserve(bytes.length)) return false;
    this.bytes += bytes.length;
    const piece = bytes.slice();
    upload.hash.update(piece);
    upload.pieces.push(piece);
    upload.receivedBytes += piece.length;
    upload.nextPart++;
    upload.heardMs = nowMs;
    return true;
  }

  private end(number: number, upload: Upload): void {
    const { messageId, pieces, sizeBytes, receivedBytes } = upload;
    if (receivedBytes !== sizeBytes) return this.refuse(number, upload, AssetError.FileOperationFailed);
    this.running.delete(number);
    const head = Buffer.concat(pieces.slice(0, 4)).subarray(0, SNIFF_BYTES);
    const mediaType = sniffedType(head)?.mediaType ?? 'application/octet-stream';
    this.handlers.onFile({ messageId, hash: upload.hash.digest('hex'), mediaType, pieces, sizeBytes });
  }

  private refuse(number: number, { messageId }: Upload, error: number): void {
    this.forget(number);
    this.handlers.onRefused(messageId, error);
  }

  private forget(number: number): void {
    const upload = this.running.get(number);
    if (!upload) return;
    this.running.delete(number);
    this.release(upload.receivedBytes);
  }
}
