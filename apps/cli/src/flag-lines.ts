import { flagOf, type Setting, type SettingsSchema } from '@app/settings';

/** A line for each flag of a command: what it does, what may follow it, and what holds without it. */
export function flagLines(flags: SettingsSchema, indent: string): string[] {
  const rows = Object.entries(flags).map(([name, setting]) => ({ flag: flagWord(name, setting), setting }));
  const width = Math.max(0, ...rows.map(({ flag }) => flag.length));
  return rows.map(({ flag, setting }) => `${indent}${flag.padEnd(width)}  ${setting.help}${valueWords(setting)}`);
}

/** What is on anyway can only be switched off. */
function flagWord(name: string, setting: Setting): string {
  const flag = flagOf(name);
  return setting.type === 'boolean' && setting.default ? `--no-${flag.slice(2)}` : flag;
}

function valueWords(setting: Setting): string {
  const words = [rangeWords(setting), defaultWords(setting)].filter((word) => word !== '').join('; ');
  return words === '' ? '' : ` [${words}]`;
}

function rangeWords(setting: Setting): string {
  switch (setting.type) {
    case 'integer':
    case 'number':
      return `${setting.min} to ${setting.max}, ${setting.unit}`;
    case 'choice':
      return setting.choices.join(' or ');
    case 'string':
      return setting.form ?? '';
    default:
      return '';
  }
}

function defaultWords(setting: Setting): string {
  if (setting.type === 'boolean' || setting.type === 'structure' || setting.isSecret) return '';
  const text = String(setting.default ?? '');
  return text === '' ? '' : `default ${text}`;
}
