import {
  AssetError,
  type AssetGet,
  assetMappingReply,
  type AssetMappingOperation,
  ByteWriter,
  CODECS_TO_CLIENT,
  CODECS_TO_SERVER,
  type MessagePart,
  messagePayload,
  type PacketTypeName,
} from '@app/vircadia';
import { ASSET_PATHS_TOLD_MAX } from '@app/world';
import { type AssetPapers, type AssetRange, AssetRefusal } from '../../assets/asset-client.js';
import type { AssetDesk } from '../../assets/asset-desk.js';
import { readerOf } from '../../peer/packet-reader.js';
import type { TranslatorFactory, TranslatorGround } from '../translators.js';
import type { SessionPort, StreamingPort, Translator } from '../translator.js';
import { changeMappings, namesTooMany } from './asset-mappings.js';
import { assetRanges } from './asset-ranges.js';
import { AssetReplies } from './asset-replies.js';
import { AssetUploads, type UploadedFile } from './asset-uploads.js';
import { JobQueue } from './job-queue.js';

/** Files that one client is given at the same time, other requests of it that are worked on, and those that wait. */
const FILES_RUNNING_MAX = 4;
const REQUESTS_RUNNING_MAX = 8;
const WAITING_MAX = 1_024;
/** Bytes of operations on paths that are not done yet: two of the largest that come, or some thousand usual ones. */
const OPERATIONS_BYTES_MAX = 262_144;
/** Bytes of the list of all paths: each with its length, hash and baking status. */
const MAPPINGS_BYTES_MAX = ASSET_PATHS_TOLD_MAX * 320;

/** The asset server (specification I): files by their hash, and their paths, which are those of our own asset-server. */
export class AssetsTranslator implements Translator {
  private readonly files = new JobQueue(FILES_RUNNING_MAX, WAITING_MAX);
  private readonly requests = new JobQueue(REQUESTS_RUNNING_MAX, WAITING_MAX, OPERATIONS_BYTES_MAX);
  private readonly replies: AssetReplies;
  private readonly uploads: AssetUploads;
  private isClosed = false;

  constructor(
    private readonly port: StreamingPort,
    private readonly session: Pick<SessionPort, 'sessionId' | 'world'>,
    private readonly desk: AssetDesk,
    private readonly ground: Pick<TranslatorGround, 'clock' | 'metrics' | 'logger'>,
  ) {
    this.replies = new AssetReplies(port, desk);
    this.uploads = new AssetUploads(desk, {
      onFile: (file) => this.store(file),
      onRefused: (messageId, error) => this.reply('AssetUploadReply', { messageId, error }),
    });
  }

  onPacket(name: PacketTypeName, packet: Uint8Array, payloadOffset: number): void {
    const reader = readerOf(packet, payloadOffset);
    if (name === 'AssetGetInfo') this.tellInfo(CODECS_TO_SERVER.AssetGetInfo.read(reader));
    else if (name === 'AssetGet') this.give(CODECS_TO_SERVER.AssetGet.read(reader));
    else if (name === 'AssetMappingOperation') {
      this.map(CODECS_TO_SERVER.AssetMappingOperation.read(reader), packet.length - payloadOffset);
    }
  }

  takePart(name: PacketTypeName, part: MessagePart, packet: Uint8Array, payloadOffset: number, nowMs: number): boolean {
    if (name !== 'AssetUpload') return false;
    this.uploads.take(part, packet.subarray(payloadOffset), nowMs);
    return true;
  }

  onActive(): void {
    this.replies.clear();
  }

  onSendingRestarted(): void {
    this.replies.clear();
  }

  tick(nowMs: number): void {
    this.files.begin(nowMs);
    this.requests.begin(nowMs);
    this.replies.tick(nowMs);
    this.uploads.tick(nowMs);
  }

  close(): void {
    this.isClosed = true;
    this.files.clear();
    this.requests.clear();
    this.uploads.close();
    this.replies.clear();
  }

  private tellInfo({ messageId, hash }: { messageId: number; hash: string }): void {
    this.work(
      this.requests,
      async () => {
        const sizeBytes = await this.desk.client.sizeOf(hash);
        this.reply('AssetGetInfoReply', { messageId, hash, error: AssetError.None, sizeBytes });
      },
      (error) => this.reply('AssetGetInfoReply', { messageId, hash, error }),
    );
  }

  private give({ messageId, hash, start, end }: AssetGet): void {
    this.work(
      this.files,
      async () => {
        const ranges = assetRanges(start, end, await this.desk.client.sizeOf(hash));
        if (!ranges) throw new AssetRefusal(416);
        await this.replies.send('AssetGetReply', this.file(messageId, hash, ranges));
      },
      (error) => this.reply('AssetGetReply', { messageId, hash, error }),
    );
  }

  /** An AssetGetReply from its first byte to its last. */
  private async *file(messageId: number, hash: string, ranges: readonly AssetRange[]): AsyncGenerator<Uint8Array> {
    const sizeBytes = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
    const head = ByteWriter.growing(64);
    CODECS_TO_CLIENT.AssetGetReply.write(head, { messageId, hash, error: AssetError.None });
    const bytes = head.written();
    // The length is the last of it.
    new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(bytes.length - 8, BigInt(sizeBytes), true);
    yield bytes;
    for (const range of ranges) yield* (await this.desk.client.open(hash, range)) as AsyncIterable<Uint8Array>;
  }

  private map({ messageId, request }: AssetMappingOperation, bytes: number): void {
    const codec = assetMappingReply(request.operation);
    const refuse = (error: number): void => {
      const payload = messagePayload(64, (writer) => codec.write(writer, { messageId, error }));
      if (!this.port.sendPayload('AssetMappingOperationReply', payload, this.nowMs)) this.drop();
    };
    if (namesTooMany(request)) return refuse(AssetError.TooLarge);
    this.work(
      this.requests,
      async () => {
        const result = await changeMappings(this.desk.client, this.papers, request);
        const reply = { messageId, error: AssetError.None, result };
        const payload = messagePayload(MAPPINGS_BYTES_MAX, (writer) => codec.write(writer, reply));
        await this.replies.send('AssetMappingOperationReply', once(payload));
      },
      (error) => refuse(error === AssetError.FileOperationFailed ? AssetError.MappingOperationFailed : error),
      { bytes },
    );
  }

  private store({ messageId, hash, mediaType, pieces, sizeBytes }: UploadedFile): void {
    this.work(
      this.requests,
      async () => {
        try {
          await this.desk.client.upload(hash, mediaType, pieces, this.papers);
        } finally {
          this.uploads.release(sizeBytes);
        }
        this.reply('AssetUploadReply', { messageId, error: AssetError.None, hash });
      },
      (error) => this.reply('AssetUploadReply', { messageId, error }),
      { giveUp: () => this.uploads.release(sizeBytes) },
    );
  }

  /** @param refuse  tells the client that it was not done. @param giveUp  it was not even begun. @param bytes  it keeps */
  private work(
    queue: JobQueue,
    job: () => Promise<void>,
    refuse: (error: number) => void,
    { giveUp, bytes }: { readonly giveUp?: () => void; readonly bytes?: number } = {},
  ): void {
    const isTaken = queue.add(
      async () => {
        try {
          await job();
        } catch (error) {
          if (!(error instanceof AssetRefusal))
            this.ground.logger.error({ err: error }, 'A file could not be handled.');
          if (!this.isClosed) refuse(errorOf(error));
        }
      },
      this.nowMs,
      bytes,
    );
    if (isTaken) return;
    giveUp?.();
    this.drop();
    refuse(AssetError.FileOperationFailed);
  }

  private reply<Name extends 'AssetGetInfoReply' | 'AssetGetReply' | 'AssetUploadReply'>(
    name: Name,
    value: Parameters<(typeof CODECS_TO_CLIENT)[Name]['write']>[1],
  ): void {
    const payload = messagePayload(128, (writer) => CODECS_TO_CLIENT[name].write(writer, value as never));
    const delivery = name === 'AssetGetReply' ? 'message' : 'reliable';
    if (!this.isClosed && !this.port.sendPayload(name, payload, this.nowMs, delivery)) this.drop();
  }

  private drop(): void {
    this.ground.metrics.countDrop('vircadia-asset-busy');
  }

  private get papers(): AssetPapers {
    return this.desk.papersOf(this.session.sessionId, this.session.world, this.port.address);
  }

  private get nowMs(): number {
    return this.ground.clock.nowMs();
  }
}

/** The asset server for one client. */
export const makeAssetsTranslator: TranslatorFactory = (port, session, ground) =>
  ground.assets ? new AssetsTranslator(port, session, ground.assets, ground) : { onPacket: () => undefined };

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function errorOf(error: unknown): number {
  if (!(error instanceof AssetRefusal)) return AssetError.FileOperationFailed;
  switch (error.status) {
    case 404:
      return AssetError.NotFound;
    case 416:
      return AssetError.InvalidByteRange;
    case 401:
    case 403:
      return AssetError.PermissionDenied;
    case 413:
    case 507:
      return AssetError.TooLarge;
    default:
      return AssetError.FileOperationFailed;
  }
}
