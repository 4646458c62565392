import type { Clock } from '@app/clock';
import type { ObjectInfo, ObjectStore, StoredObject } from './broker.js';
import type { MemoryBroker } from './memory-broker.js';
import { checkObjectName } from './storage-names.js';

/** Bytes that a reader gets at once, as with the real broker. */
const CHUNK_BYTES = 131_072;

/** A bucket of objects as the broker keeps it: bytes and metadata are never changed, only replaced. */
export class MemoryObjects {
  private readonly objects = new Map<string, { info: ObjectInfo; data: Uint8Array }>();

  constructor(private readonly clock: Clock) {}

  put(name: string, data: Uint8Array, metadata: Readonly<Record<string, string>>): void {
    this.objects.set(name, { info: this.infoOf(name, data, metadata), data });
  }

  find(name: string): { info: ObjectInfo; data: Uint8Array } | undefined {
    return this.objects.get(name);
  }

  describe(name: string, metadata: Readonly<Record<string, string>>): boolean {
    const found = this.objects.get(name);
    if (found) this.put(name, found.data, metadata);
    return found !== undefined;
  }

  delete(name: string): void {
    this.objects.delete(name);
  }

  list(prefix: string): ObjectInfo[] {
    const found = [...this.objects.values()].map(({ info }) => info).filter(({ name }) => name.startsWith(prefix));
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private infoOf(name: string, data: Uint8Array, metadata: Readonly<Record<string, string>>): ObjectInfo {
    return { name, sizeBytes: data.length, storedAtMs: this.clock.wallMs(), metadata: { ...metadata } };
  }
}

/** A bucket of objects as one process sees it. */
export class MemoryObjectStore implements ObjectStore {
  constructor(
    private readonly broker: MemoryBroker,
    private readonly objects: MemoryObjects,
  ) {}

  async put(
    name: string,
    data: Uint8Array | AsyncIterable<Uint8Array>,
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<{ sizeBytes: number }> {
    checkObjectName(name);
    const whole = await gather(data);
    await this.broker.roundTrip(() => this.objects.put(name, whole, metadata));
    return { sizeBytes: whole.length };
  }

  async get(name: string): Promise<StoredObject | undefined> {
    checkObjectName(name);
    const found = await this.broker.roundTrip(() => this.objects.find(name));
    return found && { ...found.info, data: this.read(found.data) };
  }

  async info(name: string): Promise<ObjectInfo | undefined> {
    checkObjectName(name);
    return this.broker.roundTrip(() => this.objects.find(name)?.info);
  }

  async describe(name: string, metadata: Readonly<Record<string, string>>): Promise<boolean> {
    checkObjectName(name);
    return this.broker.roundTrip(() => this.objects.describe(name, metadata));
  }

  async delete(name: string): Promise<void> {
    checkObjectName(name);
    return this.broker.roundTrip(() => this.objects.delete(name));
  }

  list(prefix: string): Promise<ObjectInfo[]> {
    return this.broker.roundTrip(() => this.objects.list(prefix));
  }

  private async *read(data: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < data.length; start += CHUNK_BYTES) {
      yield await this.broker.roundTrip(() => data.slice(start, start + CHUNK_BYTES));
    }
  }
}

async function gather(data: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (data instanceof Uint8Array) return data.slice();
  const parts: Uint8Array[] = [];
  for await (const part of data) parts.push(part.slice());
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
