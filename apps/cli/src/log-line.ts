const COLOURS: Readonly<Record<string, number>> = { error: 31, warn: 33 };

/**
 * One line for a person, from a line of a role's output; undefined for what need not be shown (info and debug).
 *
 * @param slot    where the line comes from, for lines that do not tell it themselves
 * @param isTerminal  colours are understood
 */
export function formatLogLine(slot: string, line: string, isTerminal: boolean): string | undefined {
  // nats-server has its own format: [number] date time [level] text.
  if (/^\[\d+\] .*\[(INF|DBG|TRC)\]/.test(line)) return undefined;
  const fields = parseFields(line);
  if (!fields) return `${slot}: ${printable(line)}`;
  // Whatever is not text there was not written by our logger, and must not be asked to become text.
  const { level } = fields;
  if (level !== 'warn' && level !== 'error' && level !== 'fatal') return undefined;
  const error = fields.err as { message?: unknown; stack?: unknown } | undefined;
  const said = [fields.msg, error?.message].filter((part) => typeof part === 'string' && part !== '');
  const text = [...said, numbersOf(fields)].filter((part) => part !== '').join(' ');
  const shown = printable(`${typeof fields.instance === 'string' ? fields.instance : slot} ${level}: ${text}`);
  return isTerminal ? `\u001b[${COLOURS[level] ?? 31}m${shown}\u001b[0m` : shown;
}

/** How much, how often, how late: without its numbers a warning that repeats itself says nothing. */
function numbersOf(fields: Record<string, unknown>): string {
  const numbers = Object.entries(fields).filter(([, value]) => typeof value === 'number');
  return numbers.length === 0 ? '' : `(${numbers.map(([name, value]) => `${name} ${String(value)}`).join(', ')})`;
}

function parseFields(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** What a client has written into a name must not move the operator's cursor. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
