import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Timer } from '@app/clock';
import { AssetError } from '../asset-server.errors.js';
import type { Announcement } from '../files/asset-library.js';
import { decodeUploadNote, encodeUploadNote, type UploadNote } from './upload-note.js';

/** An upload's name: whoever knows it may go on with the upload. 32 hexadecimal digits, drawn at random. */
export type UploadId = string;

/** How much may lie in the spool. */
export interface SpoolLimits {
  uploadsMax: number;
  /** Announced bytes of all uploads together. */
  bytesMax: number;
  /** The same of one network address. */
  uploadsPerNetworkMax: number;
  bytesPerNetworkMax: number;
  /** An upload that gets no bytes for this long is forgotten, in ms. */
  ageMsMax: number;
}

/** A file on its way in. */
export interface Upload {
  readonly id: UploadId;
  readonly announced: Announcement;
  /** The network that it comes from; empty for the operator, who may use all of the spool. */
  readonly network: string;
  /** Where the bytes that have arrived lie. */
  readonly path: string;
  /** Bytes that have arrived. */
  offset: number;
}

interface OpenUpload extends Upload {
  readonly beganAtMs: number;
  touchedAtMs: number;
  running: Run | undefined;
}

/** The request that brings bytes of an upload now, or finishes it. */
interface Run {
  interrupt(): void;
  ended: Promise<void>;
  /** When the request that brings bytes began, and after how many of them; undefined for the one that finishes. */
  since: { atMs: number; offset: number } | undefined;
}

const SWEEP_INTERVAL_MS = 10_000;
/** Slower clients than that hold a place and bring nothing; and how long they may pause, in ms. */
const BYTES_PER_S_MIN = 4_096;
const SLOWNESS_MS_MAX = 60_000;
/** Interruptions of the longest kind that an upload can go through. */
const INTERRUPTIONS_MAX = 4;
const ID_PATTERN = /^[0-9a-f]{32}$/;

/** Whether a text can be an upload's name. */
export function isUploadId(text: string): text is UploadId {
  return ID_PATTERN.test(text);
}

/** Files that have not arrived completely, in a folder of this process. They survive a restart of the process. */
export class UploadSpool {
  private readonly uploads = new Map<UploadId, OpenUpload>();
  private announcedBytes = 0;
  private sweeping: Timer | undefined;

  constructor(
    private readonly folder: string,
    private readonly limits: SpoolLimits,
    private readonly clock: Clock,
    private readonly onCount: (count: number) => void,
  ) {}

  /** Goes on with the uploads of the process before this one. */
  async start(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const names = await readdir(this.folder);
    for (const id of names.map((name) => name.replace(/\.json$/, '')).filter(isUploadId)) {
      const upload = this.uploads.has(id) ? undefined : await this.recover(id);
      if (upload && this.hasRoom(upload.announced.sizeBytes)) this.keep(upload);
    }
    for (const name of names) {
      if (this.uploads.has(name.replace(/\.json$/, ''))) continue;
      await rm(join(this.folder, name), { recursive: true, force: true });
    }
    this.sweeping = this.clock.every(SWEEP_INTERVAL_MS, () => this.sweep());
  }

  stop(): void {
    this.sweeping?.cancel();
    for (const { running } of this.uploads.values()) running?.interrupt();
  }

  get count(): number {
    return this.uploads.size;
  }

  /**
   * Makes room for a file.
   *
   * @param network  that it comes from; empty for the operator
   * @throws AssetError  `upload-spool-full`, `upload-rate-limited`
   */
  async create(announced: Announcement, network: string): Promise<Upload> {
    if (network !== '' && !this.hasShare(network, announced.sizeBytes)) {
      throw new AssetError('upload-rate-limited', 'Too many uploads from this address are under way at the moment.');
    }
    if (!this.hasRoom(announced.sizeBytes)) {
      throw new AssetError('upload-spool-full', 'Too many uploads are under way at the moment.');
    }
    const upload = this.makeUpload(randomBytes(16).toString('hex'), { announced, network }, 0);
    this.keep(upload);
    try {
      await writeFile(upload.path, '', { flag: 'wx', mode: 0o600 });
      await writeFile(this.notePathOf(upload.id), encodeUploadNote({ announced, network }), { mode: 0o600 });
    } catch (cause) {
      await this.drop(upload);
      throw new AssetError('upload-spool-full', 'The folder for uploads cannot be written.', { cause });
    }
    return upload;
  }

  /** @throws AssetError  `upload-unknown` */
  get(id: UploadId): Upload {
    const upload = this.uploads.get(id);
    if (!upload) throw new AssetError('upload-unknown', 'There is no such upload (any more). Begin anew.');
    return upload;
  }

  /**
   * Adds bytes, and resolves when they have ended. Those that arrived before an interruption count. A request that still
   * seems to run is the broken one that the client has given up: it is ended first.
   *
   * @param interrupt  ends `data` when somebody else takes over
   * @throws AssetError  `upload-offset-wrong`, `asset-too-large`
   */
  async append(id: UploadId, offset: number, data: AsyncIterable<Uint8Array>, interrupt: () => void): Promise<Upload> {
    const receive = async (upload: OpenUpload): Promise<Upload> => {
      if (upload.offset !== offset) {
        throw new AssetError('upload-offset-wrong', `${upload.offset} bytes have arrived; go on from there.`);
      }
      const file = await open(upload.path, 'r+');
      try {
        for await (const chunk of data) await this.write(upload, file, chunk);
      } finally {
        await file.close();
      }
      return upload;
    };
    return this.exclusively(id, receive, interrupt);
  }

  /** Runs the last step of a complete upload; it is over unless that fails in a way that is worth another try. */
  async finish<T>(id: UploadId, take: (upload: Upload) => Promise<T>): Promise<T> {
    return this.exclusively(id, async (upload) => {
      try {
        const taken = await take(upload);
        await this.drop(upload);
        return taken;
      } catch (error) {
        if (!AssetError.of(error)?.retryable) await this.drop(upload);
        throw error;
      }
    });
  }

  /** Forgets an upload and its bytes. */
  async cancel(id: UploadId): Promise<void> {
    await this.exclusively(id, (upload) => this.drop(upload));
  }

  /** @param interrupt  ends what `act` waits for; without it, it ends by itself */
  private async exclusively<T>(
    id: UploadId,
    act: (upload: OpenUpload) => Promise<T>,
    interrupt?: () => void,
  ): Promise<T> {
    for (let before = this.uploads.get(id)?.running; before; before = this.uploads.get(id)?.running) {
      before.interrupt();
      await before.ended;
    }
    const upload = this.get(id) as OpenUpload;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const since = interrupt && { atMs: this.clock.nowMs(), offset: upload.offset };
    upload.running = { interrupt: interrupt ?? (() => undefined), ended, since };
    try {
      return await act(upload);
    } finally {
      upload.running = undefined;
      upload.touchedAtMs = this.clock.nowMs();
      end();
    }
  }

  private async write(upload: OpenUpload, file: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
    if (upload.offset + chunk.length > upload.announced.sizeBytes) {
      await this.drop(upload);
      throw new AssetError('asset-too-large', 'More bytes arrived than were announced.');
    }
    for (let at = 0; at < chunk.length;) {
      const { bytesWritten } = await file.write(chunk, at, chunk.length - at, upload.offset);
      at += bytesWritten;
      upload.offset += bytesWritten;
    }
    upload.touchedAtMs = this.clock.nowMs();
  }

  private async recover(id: UploadId): Promise<OpenUpload | undefined> {
    try {
      const note = decodeUploadNote(await readFile(this.notePathOf(id)));
      const { size, mtimeMs } = await stat(join(this.folder, id));
      const isYoung = this.clock.wallMs() - mtimeMs <= this.limits.ageMsMax;
      if (note && isYoung && size <= note.announced.sizeBytes) return this.makeUpload(id, note, size);
    } catch {
      // Half of a pair is nothing.
    }
    return undefined;
  }

  private makeUpload(id: UploadId, note: UploadNote, offset: number): OpenUpload {
    const nowMs = this.clock.nowMs();
    const path = join(this.folder, id);
    return { id, ...note, path, offset, beganAtMs: nowMs, touchedAtMs: nowMs, running: undefined };
  }

  private hasRoom(sizeBytes: number): boolean {
    const { uploadsMax, bytesMax } = this.limits;
    return this.uploads.size < uploadsMax && this.announcedBytes + sizeBytes <= bytesMax;
  }

  private hasShare(network: string, sizeBytes: number): boolean {
    const theirs = [...this.uploads.values()].filter((upload) => upload.network === network);
    const bytes = theirs.reduce((sum, { announced }) => sum + announced.sizeBytes, sizeBytes);
    return theirs.length < this.limits.uploadsPerNetworkMax && bytes <= this.limits.bytesPerNetworkMax;
  }

  private keep(upload: OpenUpload): void {
    this.uploads.set(upload.id, upload);
    this.announcedBytes += upload.announced.sizeBytes;
    this.onCount(this.uploads.size);
  }

  private async drop(upload: OpenUpload): Promise<void> {
    if (!this.uploads.delete(upload.id)) return;
    this.announcedBytes -= upload.announced.sizeBytes;
    this.onCount(this.uploads.size);
    await rm(upload.path, { force: true });
    await rm(this.notePathOf(upload.id), { force: true });
  }

  private sweep(): void {
    const nowMs = this.clock.nowMs();
    for (const upload of this.uploads.values()) {
      const { running } = upload;
      if (running && !running.since) continue;
      if (running && isTooSlow(upload, running, nowMs)) running.interrupt();
      if (!this.isOver(upload, nowMs)) continue;
      running?.interrupt();
      void this.drop(upload).catch(() => undefined);
    }
  }

  /** Nobody goes on with it, or it takes longer than the slowest that may be, with a few long interruptions. */
  private isOver({ announced, beganAtMs, touchedAtMs, running }: OpenUpload, nowMs: number): boolean {
    if (!running && nowMs - touchedAtMs > this.limits.ageMsMax) return true;
    return (
      nowMs - beganAtMs > INTERRUPTIONS_MAX * this.limits.ageMsMax + (announced.sizeBytes / BYTES_PER_S_MIN) * 1_000
    );
  }

  private notePathOf(id: UploadId): string {
    return join(this.folder, `${id}.json`);
  }
}

function isTooSlow({ offset }: Upload, { since }: Run, nowMs: number): boolean {
  if (!since) return false;
  const dueBytes = ((nowMs - since.atMs - SLOWNESS_MS_MAX) / 1_000) * BYTES_PER_S_MIN;
  return offset - since.offset < dueBytes;
}
