import { type LinkType, isLinkType } from '../domain/domain-nodes.js';

/** What a web client says on its WebSocket, as far as it concerns us. */
export type WebSignal =
  | { readonly kind: 'offer'; readonly to: LinkType; readonly sdp: string }
  /** Where the client can be reached. We wait to be spoken to, and need not know. */
  | { readonly kind: 'candidate' }
  | { readonly kind: 'echo'; readonly reply: string };

/** How much longer an echo may be than what was said: `from` instead of `to`. */
const ECHO_GROWTH = 'from'.length - 'to'.length;

/**
 * Reads one frame (A.2 of the protocol's specification). Pure; the text may be anything.
 *
 * @returns undefined when it is nothing that a client may say
 */
export function readWebSignal(text: string): WebSignal | undefined {
  const message = parse(text);
  const to = fieldOf(message, 'to');
  if (typeof to !== 'string' || !isLinkType(to)) return undefined;
  const data = fieldOf(message, 'data');
  const description = fieldOf(data, 'description');
  if (description !== undefined) {
    const sdp = fieldOf(description, 'sdp');
    return fieldOf(description, 'type') === 'offer' && typeof sdp === 'string' ? { kind: 'offer', to, sdp } : undefined;
  }
  if (fieldOf(data, 'candidate') !== undefined) return { kind: 'candidate' };
  const echo = fieldOf(message, 'echo');
  return echo === undefined ? undefined : readEcho(to, echo, text.length);
}

/** The answer to an offer. */
export function writeWebAnswer(from: LinkType, sdp: string): string {
  return JSON.stringify({ from, data: { description: { type: 'answer', sdp } } });
}

function readEcho(from: LinkType, echo: unknown, length: number): WebSignal | undefined {
  try {
    const reply = JSON.stringify({ from, echo });
    // Short forms of long numbers are not worth an answer that is larger than the question.
    return reply.length <= length + ECHO_GROWTH ? { kind: 'echo', reply } : undefined;
  } catch {
    // Nested too deep.
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
