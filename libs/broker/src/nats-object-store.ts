import { createHash } from 'node:crypto';
import { ReadableStream } from 'node:stream/web';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { Objm, type ObjectInfo as NatsObjectInfo, type ObjectStore as NatsObjects } from '@nats-io/obj';
import type { ObjectInfo, ObjectStore, StoredObject } from './broker.js';
import { BrokerError } from './broker.errors.js';
import { jetStreamError } from './nats-errors.js';
import type { NatsLink } from './nats-link.js';
import { NatsLogReader } from './nats-log-reader.js';
import { sweepObjects } from './nats-object-sweep.js';
import { checkBucket, checkObjectName } from './storage-names.js';

const decoder = new TextDecoder();

/** A bucket of JetStream's object store. */
export class NatsObjectStore implements ObjectStore {
  /** Opens the bucket and makes it if need be; any number of processes may do so at once. */
  static async open(link: NatsLink, bucket: string): Promise<NatsObjectStore> {
    checkBucket(bucket);
    try {
      return await link.run(async () => {
        const manager = await jetstreamManager(link.connection, { checkAPI: false });
        const objects = await new Objm(link.jetStream).create(bucket);
        const store = new NatsObjectStore(link, manager, bucket, objects);
        // Nobody waits for it; when it fails, whoever opens the bucket next tries again.
        void sweepObjects(manager, store.reader, bucket, link.clock.wallMs()).catch(() => undefined);
        return store;
      });
    } catch (error) {
      throw jetStreamError(error, `bucket ${bucket}`);
    }
  }

  private readonly reader: NatsLogReader;

  private constructor(
    private readonly link: NatsLink,
    manager: JetStreamManager,
    private readonly bucket: string,
    private readonly objects: NatsObjects,
  ) {
    this.reader = new NatsLogReader(link, manager, `OBJ_${bucket}`);
  }

  async put(
    name: string,
    data: Uint8Array | AsyncIterable<Uint8Array>,
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<{ sizeBytes: number }> {
    const description = { name, metadata: { ...metadata } };
    return this.ask(name, async () => {
      // Node's own stream, also for compilers that know a browser's.
      const content = ReadableStream.from(piecesOf(data)) as Parameters<NatsObjects['put']>[1];
      const stored = await this.objects.put(description, content);
      return { sizeBytes: stored.size };
    });
  }

  async get(name: string): Promise<StoredObject | undefined> {
    return this.ask(name, async () => {
      const found = await this.objects.info(name);
      return found && !found.deleted ? { ...toInfo(found), data: this.read(found) } : undefined;
    });
  }

  async info(name: string): Promise<ObjectInfo | undefined> {
    return this.ask(name, async () => {
      const found = await this.objects.info(name);
      return found && !found.deleted ? toInfo(found) : undefined;
    });
  }

  async describe(name: string, metadata: Readonly<Record<string, string>>): Promise<boolean> {
    return this.ask(name, async () => {
      const found = await this.objects.info(name);
      if (!found || found.deleted) return false;
      await this.objects.update(name, { name, metadata: { ...metadata } });
      return true;
    });
  }

  async delete(name: string): Promise<void> {
    return this.ask(name, async () => {
      const found = await this.objects.info(name);
      if (found && !found.deleted) await this.objects.delete(name);
    });
  }

  async list(prefix: string): Promise<ObjectInfo[]> {
    const newest = new Map<string, NatsObjectInfo>();
    try {
      for await (const { data } of this.reader.scan(`$O.${this.bucket}.M.>`, 1, Infinity)) {
        const info = JSON.parse(decoder.decode(data)) as NatsObjectInfo;
        if (info.name.startsWith(prefix)) newest.set(info.name, info);
      }
    } catch (error) {
      throw this.failure(error);
    }
    const present = [...newest.values()].filter(({ deleted }) => !deleted);
    return present.map(toInfo).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Reads the pieces from the log below: an object that lost all of them would otherwise be waited for without end. */
  private async *read(info: NatsObjectInfo): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    try {
      for await (const { data } of this.reader.scan(`$O.${this.bucket}.C.${info.nuid}`, 1, Infinity)) {
        hash.update(data);
        yield data;
      }
    } catch (error) {
      throw this.failure(error);
    }
    const digest = hash.digest('base64url');
    if (info.digest.replace(/^SHA-256=/, '').replace(/=+$/, '') === digest) return;
    throw new BrokerError('broker-object-corrupt', `The bytes of ${info.name} are not those that were stored.`);
  }

  private async ask<T>(name: string, work: () => Promise<T>): Promise<T> {
    checkObjectName(name);
    try {
      return await this.link.run(work);
    } catch (error) {
      throw this.failure(error);
    }
  }

  private failure(error: unknown): BrokerError {
    return jetStreamError(error, `bucket ${this.bucket}`);
  }
}

async function* piecesOf(data: Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (data instanceof Uint8Array) yield data;
  else yield* data;
}

function toInfo(info: NatsObjectInfo): ObjectInfo {
  return {
    name: info.name,
    sizeBytes: info.size,
    storedAtMs: Date.parse(info.mtime),
    metadata: info.metadata ?? {},
  };
}
