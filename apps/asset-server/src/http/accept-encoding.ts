const PART_PATTERN = /^([a-z0-9*-]{1,16})(?:;q=([01](?:\.\d{0,3})?))?$/;
const HEADER_CHARACTERS_MAX = 512;

/** Whether an Accept-Encoding header allows an encoding by its name, with a weight above 0. Pure. */
export function acceptsEncoding(header: string | undefined, encoding: 'br' | 'gzip'): boolean {
  if (header === undefined || header.length > HEADER_CHARACTERS_MAX) return false;
  return header.split(',').some((part) => {
    const match = PART_PATTERN.exec(part.replace(/\s/g, '').toLowerCase());
    return match?.[1] === encoding && Number(match[2] ?? 1) > 0;
  });
}
