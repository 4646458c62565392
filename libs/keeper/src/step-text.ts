import type { Entity, EntityAuthor, EntityChange } from '@app/entities';
import { type EntityProperties, type EntityValue, formatSessionId } from '@app/world';
import { isDeepStrictEqual } from 'node:util';
import type { HistoryStep } from './history-steps.js';
import { countTypes } from './transition-summary.js';

/** Changes that are told one by one; more are counted. */
const CHANGES_TOLD_MAX = 4;
/** Properties that are told with their values; of more only the names. */
const VALUES_TOLD_MAX = 3;
const VALUE_CHARACTERS_MAX = 60;
const NAME_CHARACTERS_MAX = 40;

/** One line for people: time, place, author, what has changed. */
export function stepText(step: HistoryStep): string {
  const { sequence, writtenAtMs, transaction } = step;
  return `${new Date(writtenAtMs).toISOString()}  ${sequence}  ${authorText(transaction.author)}  ${deedText(step)}`;
}

/** The same for programs: what JSON.stringify takes. */
export function stepJson({ sequence, writtenAtMs, writer, transaction, outcome }: HistoryStep): object {
  const { editId, author, edits } = transaction;
  const session = author.sessionId === 0 ? null : formatSessionId(author.sessionId);
  return {
    time: new Date(writtenAtMs).toISOString(),
    sequence,
    writer,
    author: author.name,
    session,
    editId,
    outcome: outcome.kind,
    ...(outcome.kind === 'void' ? { code: outcome.code, text: outcome.text } : {}),
    edits,
  };
}

/** Who has made an edit, for people: the name, and the session in brackets. */
export function authorText({ sessionId, name }: EntityAuthor): string {
  if (sessionId === 0) return shown(name || 'the server', NAME_CHARACTERS_MAX);
  return `${shown(name || 'somebody', NAME_CHARACTERS_MAX)} (${formatSessionId(sessionId)})`;
}

function deedText({ outcome }: HistoryStep): string {
  if (outcome.kind === 'void') return `nothing: ${outcome.code} (${shown(outcome.text, 160)})`;
  if (outcome.kind === 'repeated') return `nothing: done before, at ${outcome.sequence}`;
  const { changes } = outcome;
  if (changes.length === 0) return 'nothing';
  if (changes.length <= CHANGES_TOLD_MAX) return changes.map(changeText).join('; ');
  return countedText(changes);
}

function countedText(changes: readonly EntityChange[]): string {
  const told = (verb: string, entities: ReadonlyArray<Entity | undefined>): string[] => {
    const types = countTypes(entities.filter((entity) => entity !== undefined));
    return types.length === 0
      ? []
      : [`${verb} ${types.map(({ type, count }) => `${count} ${shown(type, 32)}`).join(', ')}`];
  };
  const isAdded = ({ before, after }: EntityChange): boolean => !before && after !== undefined;
  const isErased = ({ before, after }: EntityChange): boolean => before !== undefined && !after;
  const isChanged = ({ before, after }: EntityChange): boolean => before !== undefined && after !== undefined;
  return [
    ...told(
      'added',
      changes.filter(isAdded).map(({ after }) => after),
    ),
    ...told(
      'changed',
      changes.filter(isChanged).map(({ after }) => after),
    ),
    ...told(
      'erased',
      changes.filter(isErased).map(({ before }) => before),
    ),
  ].join('; ');
}

function changeText({ before, after }: EntityChange): string {
  if (after && !before) return `added ${entityText(after)}`;
  if (before && !after) return `erased ${entityText(before)}`;
  if (!before || !after) return 'nothing';
  return `changed ${entityText(after)}: ${differenceText(before.properties, after.properties)}`;
}

function differenceText(before: EntityProperties, after: EntityProperties): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changed = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  // So ends a drag: what was held is let go where it is.
  if (changed.length === 0) return 'the same values again';
  if (changed.length > VALUES_TOLD_MAX) return changed.join(', ');
  return changed.map((name) => (name in after ? `${name} = ${valueText(after[name])}` : `${name} removed`)).join(', ');
}

function entityText({ id, type, properties }: Entity): string {
  const { name } = properties;
  const called = typeof name === 'string' && name !== '' ? ` "${shown(name, NAME_CHARACTERS_MAX)}"` : '';
  return `${shown(type, 32)}${called} ${id}`;
}

function valueText(value: EntityValue): string {
  return shown(JSON.stringify(value), VALUE_CHARACTERS_MAX);
}

/** Cut, and without what could confuse a terminal: names and values come from anybody. */
function shown(text: string, charactersMax: number): string {
  const harmless = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  return harmless.length > charactersMax ? `${harmless.slice(0, charactersMax - 1)}…` : harmless;
}
