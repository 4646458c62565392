import { decodeMessage, encodeMessage, type vicinity } from '@app/wire';
import type { StoredMessage } from '@app/broker';

/** What a message costs inside HistoryReply besides its own bytes: tag, length, and its sequence. */
const OVERHEAD_BYTES = 16;

/** Stored messages as clients see them, and how many of the stored bytes could not be read. */
export interface History {
  messages: vicinity.v1.ChannelMessage.$Properties[];
  unreadable: number;
}

/**
 * Turns what the log has into what a client is told: the newest messages that fit into `bytesMax`, oldest first, each
 * with its place in the log.
 */
export function readHistory(stored: readonly StoredMessage[], bytesMax: number): History {
  const messages: vicinity.v1.ChannelMessage.$Properties[] = [];
  let unreadable = 0;
  let bytes = 0;
  for (let i = stored.length - 1; i >= 0; i--) {
    try {
      const message = decodeMessage('ChannelMessage', stored[i].data);
      message.sequence = stored[i].sequence;
      bytes += encodeMessage('ChannelMessage', message).length + OVERHEAD_BYTES;
      if (bytes > bytesMax) break;
      messages.push(message);
    } catch {
      // Written by something else than this role; the others are still worth telling.
      unreadable++;
    }
  }
  return { messages: messages.reverse(), unreadable };
}
