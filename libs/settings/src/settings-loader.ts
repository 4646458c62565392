import { readFileSync } from 'node:fs';
import type { Setting, SettingsOf, SettingsSchema } from './setting.js';
import { readJsonValue, readText, type ReadValue, type SettingValue } from './setting-value.js';
import { flagOf, variableOf } from './settings-schema.js';
import { SettingsError } from './settings.errors.js';

/** Where settings come from; later ones win: defaults, file, variables, flags. Defaults to those of this process. */
export interface SettingsSources {
  /** Section of the settings file that is this role's, for example `audio-mixer`; `common` is read before it. */
  section?: string;
  flags?: readonly string[];
  variables?: Readonly<Record<string, string | undefined>>;
  /** Path of a JSON file; default: the variable VICINITY_SETTINGS_FILE or the flag --settings-file, else none. */
  file?: string;
}

const FILE_SETTING: Setting = { type: 'string', help: 'Path of a JSON file with settings.' };

/**
 * The only place that reads flags and environment variables.
 *
 * An unknown flag, an unknown name in the file and a value out of range fail with SettingsError, naming the place. The
 * environment is shared with other programs, so unknown variables are not looked at.
 */
export function loadSettings<T extends SettingsSchema>(schema: T, sources: SettingsSources = {}): SettingsOf<T> {
  const variables = sources.variables ?? process.env;
  const flags = readFlags({ settingsFile: FILE_SETTING, ...schema }, sources.flags ?? process.argv.slice(2));
  const values: Record<string, SettingValue | undefined> = {};
  for (const [name, setting] of Object.entries(schema)) values[name] = defaultOf(name, setting);

  const fileFromOutside = flags.get('settingsFile') ?? variables[variableOf('settingsFile')];
  const file = sources.file ?? (fileFromOutside as string | undefined);
  if (file) readFile(file, schema, sources.section, values);

  for (const [name, setting] of Object.entries(schema)) {
    const found = [variableOf(name), ...(setting.variables ?? [])].find(
      (candidate) => variables[candidate] !== undefined,
    );
    if (found) values[name] = readOutside(`the variable ${found}`, setting, variables[found] as string);
  }
  for (const [name, value] of flags) if (name in schema) values[name] = value;
  return Object.freeze(values) as SettingsOf<T>;
}

function defaultOf(name: string, setting: Setting): SettingValue | undefined {
  return setting.type === 'structure'
    ? accept(`the default of ${name}`, setting.read(setting.default) as ReadValue)
    : setting.default;
}

/** Reads what a flag or a variable says; of a structure, it may say which file to read. */
function readOutside(place: string, setting: Setting, text: string): SettingValue {
  if (setting.type !== 'structure' || !text.startsWith('@')) return accept(place, readText(setting, text));
  const file = text.slice(1);
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SettingsError('settings-file-unreadable', `The file ${file}, named by ${place}, cannot be read.`, {
      cause,
    });
  }
  return accept(`the file ${file}, named by ${place},`, readText(setting, content));
}

function accept(place: string, read: ReadValue): SettingValue {
  if ('value' in read) return read.value;
  throw new SettingsError('settings-invalid', `${place[0].toUpperCase()}${place.slice(1)} ${read.problem}.`);
}

/** `--name value`, `--name=value`, `--flag`, `--no-flag`; the last of several wins. */
function readFlags(schema: SettingsSchema, args: readonly string[]): Map<string, SettingValue> {
  const byFlag = new Map(Object.keys(schema).map((name) => [flagOf(name), name]));
  const values = new Map<string, SettingValue>();
  for (let index = 0; index < args.length; index++) {
    const equals = args[index].indexOf('=');
    const flag = equals < 0 ? args[index] : args[index].slice(0, equals);
    let text = equals < 0 ? undefined : args[index].slice(equals + 1);
    const negated = flag.startsWith('--no-') ? byFlag.get(`--${flag.slice(5)}`) : undefined;
    if (negated && schema[negated].type === 'boolean' && text === undefined) {
      values.set(negated, false);
      continue;
    }
    const name = byFlag.get(flag);
    if (!name) throw new SettingsError('settings-unknown', `There is no flag ${flag.slice(0, 64)}.`);
    if (text === undefined && schema[name].type === 'boolean') text = 'true';
    if (text === undefined) text = args[++index];
    if (text === undefined) throw new SettingsError('settings-invalid', `The flag ${flag} needs a value.`);
    values.set(name, readOutside(`the flag ${flag}`, schema[name], text));
  }
  return values;
}

function readFile(
  file: string,
  schema: SettingsSchema,
  section: string | undefined,
  values: Record<string, SettingValue | undefined>,
): void {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new SettingsError('settings-file-unreadable', `The settings file ${file} cannot be read as JSON.`, { cause });
  }
  if (!isObject(json))
    throw new SettingsError('settings-invalid', `The settings file ${file} must hold an object of sections.`);
  // `common` is for all roles, and not all of them know each of its settings; a role's own section must fit exactly.
  readSection(file, 'common', json.common, schema, values, false);
  if (section) readSection(file, section, json[section], schema, values, true);
}

function readSection(
  file: string,
  section: string,
  json: unknown,
  schema: SettingsSchema,
  values: Record<string, SettingValue | undefined>,
  isExact: boolean,
): void {
  if (json === undefined) return;
  if (!isObject(json)) throw new SettingsError('settings-invalid', `In ${file}, ${section} must be an object.`);
  for (const [name, value] of Object.entries(json)) {
    if (Object.hasOwn(schema, name)) {
      values[name] = accept(`in ${file}, ${section}.${name}`, readJsonValue(schema[name], value));
    } else if (isExact) {
      throw new SettingsError('settings-unknown', `In ${file}, ${section}.${name} is not a setting.`);
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
