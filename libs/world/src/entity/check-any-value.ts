import { isWellFormed } from '../channel.js';
import { ENTITY_NAME_CHARACTERS_MAX, ENTITY_TEXT_CHARACTERS_MAX, ENTITY_VALUE_DEPTH_MAX } from '../limits.js';
import type { Checking } from './checking.js';
import type { EntityValue } from './entity-value.js';

/**
 * Checks a value of which nothing is known: what JSON can hold, with finite numbers and well-formed texts, not deeper
 * than ENTITY_VALUE_DEPTH_MAX. Fails through `checking`; gives the value itself.
 *
 * @param field  where it is, for example `mine.list.3`
 * @param depth  1 for a property's own value
 */
export function checkAnyValue(value: unknown, field: string, checking: Checking, depth = 1): EntityValue {
  checking.countOne(field);
  if (depth > ENTITY_VALUE_DEPTH_MAX) checking.fail(field, `A property is more than ${ENTITY_VALUE_DEPTH_MAX} deep.`);
  if (typeof value === 'string') return checkText(value, field, checking);
  if (typeof value === 'number') return checkFinite(value, field, checking);
  if (typeof value === 'boolean' || value === null) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) checkAnyValue(value[i], `${field}.${i}`, checking, depth + 1);
    return value as EntityValue[];
  }
  if (typeof value !== 'object') checking.fail(field, `${field} holds something that JSON cannot hold.`);
  return checkObject(value, field, checking, depth);
}

/** A well-formed text of bounded length. */
export function checkText(
  value: string,
  field: string,
  checking: Checking,
  charactersMax: number = ENTITY_TEXT_CHARACTERS_MAX,
): string {
  if (value.length > charactersMax) checking.fail(field, `${field} has more than ${charactersMax} characters.`);
  if (!isWellFormed(value)) checking.fail(field, `${field} is no well-formed Unicode text.`);
  return value;
}

/** A key of an object inside a property, where it is no name of a known one. */
export function checkKey(key: string, field: string, checking: Checking): void {
  const isGood =
    key.length >= 1 && key.length <= ENTITY_NAME_CHARACTERS_MAX && isWellFormed(key) && key !== '__proto__';
  if (isGood) return;
  checking.fail(field, `${field} has a key that is not one of 1 to ${ENTITY_NAME_CHARACTERS_MAX} characters.`);
}

function checkObject(value: object, field: string, checking: Checking, depth: number): EntityValue {
  checking.requirePlainObject(value, field);
  for (const key of Object.keys(value)) {
    checkKey(key, field, checking);
    checkAnyValue(value[key], `${field}.${key}`, checking, depth + 1);
  }
  return value as EntityValue;
}

function checkFinite(value: number, field: string, checking: Checking): number {
  if (!Number.isFinite(value)) checking.fail(field, `${field} is a finite number.`);
  return value;
}
