import { CHANNEL_NAME_CHARACTERS_MAX, TEXT_CHARACTERS_MAX } from './limits.js';

/** The chat of a whole world; every session hears it without a subscription. */
export const WORLD_CHANNEL = 'world';

/** C0 controls, DEL and C1 controls: invisible, and able to play tricks on terminals and logs. */
const CONTROL_PATTERN = /[\u0000-\u001f\u007f-\u009f]/;
/** The same without tab and line feed, which a text may have. */
const TEXT_CONTROL_PATTERN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
/** A surrogate without its partner; such a string has no UTF-8. */
const LONE_SURROGATE_PATTERN = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Whether `text` has no lone surrogates, so that it survives UTF-8. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE_PATTERN.test(text);
}

/** Whether `name` can be a channel's name: 1 to 128 UTF-16 code units, well-formed, no control characters. */
export function isChannelName(name: string): boolean {
  return (
    name.length >= 1 && name.length <= CHANNEL_NAME_CHARACTERS_MAX && !CONTROL_PATTERN.test(name) && isWellFormed(name)
  );
}

/** Whether `text` can be said: 1 to 2,000 UTF-16 code units, well-formed, no control characters but \n and \t. */
export function isText(text: string): boolean {
  return (
    text.length >= 1 && text.length <= TEXT_CHARACTERS_MAX && !TEXT_CONTROL_PATTERN.test(text) && isWellFormed(text)
  );
}

/** A channel's name as a token of broker subjects: base64url of its UTF-8, because names may hold anything. */
export function channelToken(name: string): string {
  const binary = String.fromCharCode(...new TextEncoder().encode(name));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The channel's name behind a token; undefined for what channelToken never makes. */
export function channelOfToken(token: string): string | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(token)) return undefined;
  try {
    const binary = atob(token.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return isChannelName(name) && channelToken(name) === token ? name : undefined;
  } catch {
    return undefined;
  }
}
