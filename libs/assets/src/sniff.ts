/** Bytes of a file's beginning that are looked at. */
export const SNIFF_BYTES = 4_096;

/** Whether bytes begin (at a place) with the characters of `magic`, each of which stands for one byte. */
export function startsWith(head: Uint8Array, magic: string, at = 0): boolean {
  if (head.length < at + magic.length) return false;
  for (let index = 0; index < magic.length; index++) if (head[at + index] !== magic.charCodeAt(index)) return false;
  return true;
}

/** Whether bytes are the beginning of a text: UTF-8 without zeros; a character may be cut off at the end. */
export function isText(head: Uint8Array): boolean {
  if (head.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Whether bytes are the beginning of a JSON object or list. */
export function isJsonStart(head: Uint8Array): boolean {
  return isText(head) && /^[\s]*[[{]/.test(new TextDecoder().decode(head));
}
