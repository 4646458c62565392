import { assert } from '@app/world';
import type { SettingsSchema } from './setting.js';
import { readJsonValue } from './setting-value.js';

const NAME_PATTERN = /^[a-z][a-zA-Z0-9]*$/;

/**
 * Declares settings. Returns its argument, with the literal types that `SettingsOf` needs; a default that its own
 * declaration refuses is a bug and throws.
 */
export function defineSettings<const T extends SettingsSchema>(schema: T): T {
  for (const [name, setting] of Object.entries(schema)) {
    assert(NAME_PATTERN.test(name), `setting ${name} is lowerCamelCase`);
    assert(setting.help.length > 0, `setting ${name} has a help text`);
    if (setting.default === undefined) continue;
    const read = readJsonValue(setting, setting.default);
    assert('value' in read, `the default of setting ${name} ${'problem' in read ? read.problem : ''}`);
  }
  return schema;
}

/** `sessionsMax` → `--sessions-max`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `sessionsMax` → `VICINITY_SESSIONS_MAX`. */
export function variableOf(name: string): string {
  return `VICINITY_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
