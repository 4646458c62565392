import type { ListSetting, NumberSetting, Setting, StringSetting, StructureSetting } from './setting.js';

/** A value of a setting, as the typed settings object has it. */
export type SettingValue = string | number | boolean | readonly string[] | object;

/** A readable value, or the end of the sentence that starts with where it was given. */
export type ReadValue = { value: SettingValue } | { problem: string };

const CHARACTERS_MAX = 1_024;
const ITEMS_MAX = 64;
const STRUCTURE_CHARACTERS_MAX = 262_144;
const TRUE_WORDS = new Set(['1', 'true', 'yes', 'on']);
const FALSE_WORDS = new Set(['0', 'false', 'no', 'off', '']);

/** Reads what a flag or a variable says. */
export function readText(setting: Setting, text: string): ReadValue {
  switch (setting.type) {
    case 'boolean': {
      const word = text.trim().toLowerCase();
      if (TRUE_WORDS.has(word)) return { value: true };
      if (FALSE_WORDS.has(word)) return { value: false };
      return { problem: 'must be true or false' };
    }
    case 'integer':
    case 'number':
      // Number('') is 0, which nobody means.
      return checkNumber(setting, text.trim() === '' ? Number.NaN : Number(text));
    case 'list':
      return checkList(setting, text.trim() === '' ? [] : text.split(',').map((item) => item.trim()));
    case 'structure':
      return readStructure(setting, text);
    default:
      return checkText(setting, text);
  }
}

/** Reads what a settings file (JSON) says. */
export function readJsonValue(setting: Setting, json: unknown): ReadValue {
  switch (setting.type) {
    case 'boolean':
      return typeof json === 'boolean' ? { value: json } : { problem: 'must be true or false' };
    case 'integer':
    case 'number':
      return checkNumber(setting, typeof json === 'number' ? json : Number.NaN);
    case 'list':
      if (!Array.isArray(json) || !json.every((item) => typeof item === 'string')) {
        return { problem: 'must be a list of strings' };
      }
      return checkList(setting, json);
    case 'structure':
      return setting.read(json) as ReadValue;
    default:
      return typeof json === 'string' ? checkText(setting, json) : { problem: 'must be a string' };
  }
}

function readStructure(setting: StructureSetting, text: string): ReadValue {
  if (text.length > STRUCTURE_CHARACTERS_MAX) {
    return { problem: `must have at most ${STRUCTURE_CHARACTERS_MAX} characters` };
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: 'must be JSON, or @ and the path of a file with JSON' };
  }
  return setting.read(json) as ReadValue;
}

function checkNumber(setting: NumberSetting, value: number): ReadValue {
  const isRight = setting.type === 'integer' ? Number.isInteger(value) : Number.isFinite(value);
  if (isRight && value >= setting.min && value <= setting.max) return { value };
  const kind = setting.type === 'integer' ? 'a whole number' : 'a number';
  return { problem: `must be ${kind} from ${setting.min} to ${setting.max} (${setting.unit})` };
}

function checkText(setting: Exclude<Setting, NumberSetting | ListSetting | StructureSetting>, text: string): ReadValue {
  if (setting.type === 'choice') {
    return setting.choices.includes(text)
      ? { value: text }
      : { problem: `must be one of ${setting.choices.join(', ')}` };
  }
  const { pattern, form, charactersMax = CHARACTERS_MAX } = setting as StringSetting;
  if (text.length > charactersMax) return { problem: `must have at most ${charactersMax} characters` };
  if (pattern && !pattern.test(text)) return { problem: form ? `must be ${form}` : `must match ${pattern.source}` };
  return { value: text };
}

function checkList(setting: ListSetting, items: string[]): ReadValue {
  const itemsMax = setting.itemsMax ?? ITEMS_MAX;
  if (items.length > itemsMax) return { problem: `must have at most ${itemsMax} items` };
  for (const item of items) {
    if (item === '' || item.length > CHARACTERS_MAX) return { problem: 'has an empty or endless item' };
    if (setting.pattern && !setting.pattern.test(item))
      return { problem: `has an item that does not match ${setting.pattern.source}` };
  }
  return { value: items };
}
