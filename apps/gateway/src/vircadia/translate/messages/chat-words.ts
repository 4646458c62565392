import { readJsonObject, TEXT_CHARACTERS_MAX } from '@app/world';
import type { vicinity } from '@app/wire';

// The chat app of Vircadia's clients: JSON on a channel of its own, as FloofChat and the web client write and read it.

/** The channel of that app. */
export const CHAT_CHANNEL = 'Chat';
/** How far such clients hear what is said to those who are near, in metres. */
export const CHAT_NEAR_M = 20;

const CHAT_TYPE = 'TransmitChatMessage';
/** Longer ones are no chat: each may be parsed. */
const CHAT_BYTES_MAX = 16_384;
/** What is written in no colour of its own. */
const COLOUR = { red: 222, green: 222, blue: 222 };

/** What somebody types into such an app. */
export interface ChatWords {
  readonly text: string;
  /** Only for those who are near. */
  readonly isLocal: boolean;
}

/** Reads what a client says on the channel of chat; undefined for what is something else. */
export function readChat(data: Uint8Array): ChatWords | undefined {
  const { type, channel, message } = (data.length <= CHAT_BYTES_MAX && readJsonObject(data)) || {};
  if (type !== CHAT_TYPE || typeof message !== 'string') return undefined;
  return { text: cleanText(message), isLocal: channel === 'Local' };
}

/** What such apps are told: words that were said in the world. */
export function writeChat(
  text: string,
  displayName: string,
  nearness: vicinity.v1.Nearness.$Properties | null | undefined,
): Uint8Array {
  const place = nearness
    ? { channel: 'Local', position: { x: nearness.x ?? 0, y: nearness.y ?? 0, z: nearness.z ?? 0 } }
    : { channel: 'Domain' };
  return Buffer.from(JSON.stringify({ type: CHAT_TYPE, ...place, colour: COLOUR, message: text, displayName }));
}

/** What no text may have is left out, halves of characters are replaced. */
function cleanText(text: string): string {
  return text
    .slice(0, 4 * TEXT_CHARACTERS_MAX)
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .trim()
    .slice(0, TEXT_CHARACTERS_MAX)
    .replace(/\p{Cs}/gu, '\ufffd');
}
