import { MessagePosition, type MessagePart } from './data-header.js';

/** Bounds of what one connection may leave unfinished. */
export interface AssemblyLimits {
  /** Bytes of one message, its packets' headers not counted but the first. */
  readonly messageBytesMax: number;
  /** Messages that are unfinished at a time: native clients send up to 16 at once. */
  readonly pendingMessagesMax: number;
  /** Bytes of all unfinished messages, with 256 more for each part. */
  readonly pendingBytesMax: number;
  /** An unfinished message that gets no part for this long is forgotten, in ms. */
  readonly pendingMsMax: number;
}

/** A whole message: the header of its first packet, then everything that all of them carried. */
export interface AssembledMessage {
  readonly packet: Uint8Array;
  readonly payloadOffset: number;
}

interface PendingMessage {
  readonly parts: Uint8Array[];
  readonly payloadOffset: number;
  bytes: number;
  /** What it counts for in the bound of all messages. */
  cost: number;
  lastPartMs: number;
}

/** What keeping a part costs beyond its bytes: thousands of parts with one byte each are not cheap. */
const PART_COST_BYTES = 256;
/** Packets of one list have the same type, version and sender in front. */
const SAME_BYTES = 4;

/** Puts messages together from their parts (specification B.7), which come in order, each message's among others'. */
export class MessageAssembly {
  private readonly pending = new Map<number, PendingMessage>();
  private pendingCost = 0;

  /** @param onDropped  a message was given up (too large, too many, too slow, parts that do not fit), or a part of such */
  constructor(
    private readonly limits: AssemblyLimits,
    private readonly onDropped: () => void,
  ) {}

  /** Unfinished messages. */
  get pendingCount(): number {
    return this.pending.size;
  }

  /**
   * @param packet         one part, its own NL header in front; copied if it is to be kept
   * @param payloadOffset  bytes of that header
   * @returns              the message, when this was its last part
   */
  add(place: MessagePart, packet: Uint8Array, payloadOffset: number, nowMs: number): AssembledMessage | undefined {
    const { position, number } = place;
    if (position === MessagePosition.Only) {
      this.drop(number);
      return place.part === 0 ? { packet, payloadOffset } : this.refuse();
    }
    if (position === MessagePosition.First) this.drop(number);
    const message = this.pending.get(number);
    const isNext = place.part === (message?.parts.length ?? 0);
    const isContinued = position === MessagePosition.First ? message === undefined : message !== undefined;
    if (!isNext || !isContinued || (message && !belongsTo(message, packet))) {
      this.drop(number);
      return message ? undefined : this.refuse();
    }
    return this.append(place, message, packet, payloadOffset, nowMs);
  }

  /** Forgets messages that get no parts any more. */
  expire(nowMs: number): void {
    for (const [number, { lastPartMs }] of this.pending) {
      if (nowMs - lastPartMs >= this.limits.pendingMsMax) this.drop(number);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.pending.clear();
    this.pendingCost = 0;
  }

  /** When `expire` has something to do next. */
  get dueMs(): number {
    let dueMs = Infinity;
    for (const { lastPartMs } of this.pending.values()) dueMs = Math.min(dueMs, lastPartMs + this.limits.pendingMsMax);
    return dueMs;
  }

  private append(
    { position, number }: MessagePart,
    message: PendingMessage | undefined,
    packet: Uint8Array,
    payloadOffset: number,
    nowMs: number,
  ): AssembledMessage | undefined {
    const part = message ? packet.subarray(payloadOffset) : packet;
    const bytes = (message?.bytes ?? 0) + part.length;
    const { messageBytesMax, pendingBytesMax, pendingMessagesMax } = this.limits;
    const isTooMany = !message && this.pending.size >= pendingMessagesMax;
    const cost = part.length + PART_COST_BYTES;
    if (bytes > messageBytesMax || this.pendingCost + cost > pendingBytesMax || isTooMany) {
      this.drop(number);
      return message ? undefined : this.refuse();
    }
    if (message && position === MessagePosition.Last) {
      this.forget(number, message);
      return { packet: Buffer.concat([...message.parts, part], bytes), payloadOffset: message.payloadOffset };
    }
    const pending = message ?? { parts: [], payloadOffset, bytes: 0, cost: 0, lastPartMs: nowMs };
    pending.parts.push(part.slice());
    pending.bytes = bytes;
    pending.cost += cost;
    pending.lastPartMs = nowMs;
    this.pending.set(number, pending);
    this.pendingCost += cost;
    return undefined;
  }

  private drop(number: number): void {
    const message = this.pending.get(number);
    if (!message) return;
    this.forget(number, message);
    this.onDropped();
  }

  private refuse(): undefined {
    this.onDropped();
  }

  private forget(number: number, message: PendingMessage): void {
    this.pending.delete(number);
    this.pendingCost -= message.cost;
  }
}

function belongsTo({ parts: [first], payloadOffset }: PendingMessage, packet: Uint8Array): boolean {
  for (let i = 0; i < Math.min(SAME_BYTES, payloadOffset); i++) if (packet[i] !== first[i]) return false;
  return true;
}
