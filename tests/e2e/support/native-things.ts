import { CODECS_TO_CLIENT, type ByteReader, type WireValue } from '@app/vircadia';
import type { NodeLink } from '../../../apps/cli/src/bots/node-link.js';

const QUERY_MS = 3_000;
const EVERYWHERE = {
  connectionId: 1,
  views: [],
  packetsPerSecondMax: 600,
  octreeSizeScale: 1,
  boundaryLevelAdjust: 0,
  jsonParameters: new Uint8Array(0),
  flags: 1,
};

/** The things in the world as a native client knows them, and what it does to them. */
export class NativeThings {
  /** By id: everything that it was told. */
  readonly known = new Map<string, Map<string, WireValue>>();
  /** It was told that this is all. */
  isComplete = false;
  private sequence = 0;
  private nextQueryMs = 0;

  /** A thing by its name. */
  named(name: string): { id: string; properties: Readonly<Record<string, WireValue>> } | undefined {
    for (const [id, properties] of this.known) {
      if (properties.get('name') === name) return { id, properties: Object.fromEntries(properties) };
    }
    return undefined;
  }

  ask(link: NodeLink, nowMs: number): void {
    if (nowMs < this.nextQueryMs) return;
    this.nextQueryMs = nowMs + QUERY_MS;
    link.sender.send('EntityQuery', EVERYWHERE, nowMs);
  }

  edit(
    link: NodeLink,
    packet: 'EntityAdd' | 'EntityEdit',
    id: string,
    properties: Readonly<Record<string, WireValue>>,
  ): void {
    const header = this.header();
    const { sentUs: lastEditedUs } = header;
    const body = { octalCode: Uint8Array.of(0), lastEditedUs, id, type: 'Box', updateDeltaUs: 0 };
    const edits = [{ ...body, properties: new Map(Object.entries(properties)) }];
    link.sender.send(packet, { ...header, edits }, performance.now());
  }

  erase(link: NodeLink, id: string): void {
    link.sender.send('EntityErase', { ...this.header(), ids: [id] }, performance.now());
  }

  handleData(payload: ByteReader): void {
    for (const { entities } of CODECS_TO_CLIENT.EntityData.read(payload).sections.flat()) {
      for (const { id, properties } of entities) {
        this.known.set(id, new Map([...(this.known.get(id) ?? []), ...properties]));
      }
    }
  }

  handleErase(payload: ByteReader): void {
    for (const id of CODECS_TO_CLIENT.EntityErase.read(payload).ids) this.known.delete(id);
  }

  private header(): { sequence: number; sentUs: number } {
    return { sequence: this.sequence++, sentUs: Date.now() * 1_000 };
  }
}
