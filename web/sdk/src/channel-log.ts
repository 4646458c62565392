import type { SessionId } from '@app/world';

/** Something that was said on a channel. */
export interface ChannelMessage {
  channel: string;
  /** Place in the channel; only rises. */
  sequence: number;
  /** 0 for the server. */
  senderId: SessionId;
  /** The sender's name at that time: unescaped text. */
  senderName: string;
  /** Milliseconds since 1970-01-01 UTC. */
  sentAtMs: number;
  /**
   * Unescaped text: show it as text, never as HTML. Undefined for binary messages. One that is not kept (its `sequence` is 0)
   * may be long, and have any characters.
   */
  text: string | undefined;
  binary: Uint8Array | undefined;
  /** It was said only to those who are near. */
  isNearby: boolean;
  /** It was said before this client came (or came back). */
  isHistory: boolean;
}

/** Messages kept for each channel. */
export const LOG_MESSAGES_MAX = 500;
/** The same in characters and bytes. */
export const LOG_SIZE_MAX = 4_194_304;

/** A place in a channel. */
export type ChannelPlace = Pick<ChannelMessage, 'sequence' | 'sentAtMs'>;

/** The newest messages of a channel, in its order, each one once. */
export class ChannelLog {
  private readonly kept: ChannelMessage[] = [];
  private keptSize = 0;
  private newestPlace: ChannelPlace | undefined;

  /** Oldest first. */
  get messages(): readonly ChannelMessage[] {
    return this.kept;
  }

  /** Up to where this client knows the channel; undefined while it knows nothing of it. */
  get newest(): ChannelPlace | undefined {
    return this.newestPlace;
  }

  /** The channel's history has been told: if it was empty, everything that comes is new. */
  handleHistoryTold(): void {
    this.newestPlace ??= { sequence: 0, sentAtMs: 0 };
  }

  /** Puts a message into its place; false when it is known already, or too old to be kept. */
  insert(message: ChannelMessage): boolean {
    let index = this.kept.length;
    // New messages belong at the end, so the search begins there.
    while (index > 0 && isBefore(message, this.kept[index - 1])) index--;
    const known = this.kept[index - 1];
    // Binary messages have no sequence: two of them in one millisecond are two.
    const hasSequence = message.sequence > 0;
    if (hasSequence && known?.sequence === message.sequence && known.sentAtMs === message.sentAtMs) return false;
    if (hasSequence && isAfter(message, this.newestPlace)) this.newestPlace = message;
    const size = sizeOf(message);
    while (this.kept.length >= LOG_MESSAGES_MAX || (this.kept.length > 0 && this.keptSize + size > LOG_SIZE_MAX)) {
      if (index === 0) return false;
      this.keptSize -= sizeOf(this.kept.shift() as ChannelMessage);
      index--;
    }
    this.kept.splice(index, 0, message);
    this.keptSize += size;
    return true;
  }
}

/** Whether a message was said after that place; also in a channel whose server lost its history and counts from 1 again. */
export function isAfter(message: ChannelPlace, place: ChannelPlace | undefined): boolean {
  return !place || message.sequence > place.sequence || message.sentAtMs > place.sentAtMs;
}

function sizeOf({ text, binary }: ChannelMessage): number {
  return (text?.length ?? 0) + (binary?.length ?? 0);
}

/** By time first: a channel whose server lost its history counts from 1 again, and must not be shown upside down. */
function isBefore(a: ChannelMessage, b: ChannelMessage): boolean {
  return a.sequence < b.sequence ? a.sentAtMs <= b.sentAtMs : a.sentAtMs < b.sentAtMs;
}
