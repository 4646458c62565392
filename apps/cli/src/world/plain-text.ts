import type { TypeCounts } from '@app/keeper';
import { formatTable } from '../table.js';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A size for people: `512 B`, `1.5 MiB`. */
export function bytesText(sizeBytes: number): string {
  const step = sizeBytes < 1_024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(sizeBytes) / 10));
  const value = sizeBytes / 1_024 ** step;
  return `${step === 0 ? value : value.toFixed(1)} ${UNITS[step]}`;
}

/** A time that can be given back to a command: ISO 8601 in UTC. `never` for 0. */
export function timeText(timeMs: number): string {
  return timeMs > 0 ? new Date(timeMs).toISOString() : 'never';
}

/** `1 entity`, `2 entities`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What a plan does, as a table with a row for each type and one for all. */
export function planText(types: readonly TypeCounts[]): string {
  if (types.length === 0) return 'Nothing is to be changed.';
  const rows = types.map(({ type, added, changed, erased }) => [type, `${added}`, `${changed}`, `${erased}`]);
  const sum = (of: (row: TypeCounts) => number): string => `${types.reduce((all, row) => all + of(row), 0)}`;
  rows.push(['all', sum(({ added }) => added), sum(({ changed }) => changed), sum(({ erased }) => erased)]);
  return formatTable(['type', 'new', 'changed', 'erased'], rows);
}

/** The first of many lines, indented, and how many more there are. */
export function listText(lines: readonly string[], shownMax: number): string {
  const shown = lines.slice(0, shownMax).map((line) => `  ${harmless(line)}`);
  const rest = lines.length - shown.length;
  return [...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])].join('\n');
}

/** A command as a shell takes it. */
export function commandText(words: readonly string[]): string {
  const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word))).join(' ');
}

/** What a dry run says at its end: the command that does the same for real. */
export function forRealText(words: readonly string[]): string {
  return `To do exactly this:\n  ${commandText(['vicinity', 'world', ...words])}`;
}

/** Without what could confuse a terminal: names come from files that anybody may have written. */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}
