import type { Setting, SettingsSchema } from './setting.js';
import { flagOf, variableOf } from './settings-schema.js';

/** One section of docs/settings.md: a heading, a sentence, and a table with a row for each setting. */
export function describeSettings(title: string, introduction: string, schema: SettingsSchema): string {
  const rows = Object.entries(schema).map(([name, setting]) => {
    const variables = [variableOf(name), ...(setting.variables ?? [])].map((variable) => `\`${variable}\``).join(', ');
    const cells = [`\`${flagOf(name)}\``, variables, describeRange(setting), describeDefault(setting), setting.help];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  const header = ['| flag | variable | value | default | meaning |', '| --- | --- | --- | --- | --- |'];
  return [`## ${title}`, '', introduction, '', ...header, ...rows, ''].join('\n');
}

function describeRange(setting: Setting): string {
  switch (setting.type) {
    case 'integer':
      return `whole number, ${setting.min} to ${setting.max}, ${setting.unit}`;
    case 'number':
      return `${setting.min} to ${setting.max}, ${setting.unit}`;
    case 'boolean':
      return 'true or false';
    case 'choice':
      return setting.choices.map((choice) => `\`${choice}\``).join(', ');
    case 'list':
      return 'list, with commas';
    case 'structure':
      return 'JSON, or `@` and the path of a file with it';
    default:
      if (setting.form) return setting.form;
      return setting.pattern ? `text, \`${setting.pattern.source}\`` : 'text';
  }
}

function describeDefault(setting: Setting): string {
  if (setting.default === undefined) return 'none';
  if (setting.isSecret) return 'secret';
  if (setting.type === 'structure') return `\`${JSON.stringify(setting.default)}\``;
  const text = Array.isArray(setting.default) ? setting.default.join(',') : String(setting.default);
  return text === '' ? 'empty' : `\`${text}\``;
}
