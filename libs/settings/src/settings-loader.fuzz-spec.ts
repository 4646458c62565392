import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { loadSettings } from './settings-loader.js';
import { defineSettings, flagOf, variableOf } from './settings-schema.js';
import { SettingsError } from './settings.errors.js';

const schema = defineSettings({
  count: { type: 'integer', unit: 'x', min: 1, max: 10, default: 5, help: 'h' },
  word: { type: 'string', pattern: /^[a-z]{1,4}$/, default: 'a', help: 'h' },
  isOn: { type: 'boolean', default: false, help: 'h' },
  items: { type: 'list', default: [], itemsMax: 3, help: 'h' },
});
const names = Object.keys(schema);

/** Whatever is given: either a value within its declaration, or a SettingsError. */
function holds(flags: string[], variables: Record<string, string>): boolean {
  try {
    const { count, word, items } = loadSettings(schema, { flags, variables });
    return Number.isInteger(count) && count >= 1 && count <= 10 && /^[a-z]{1,4}$/.test(word) && items.length <= 3;
  } catch (error) {
    return error instanceof SettingsError;
  }
}

describe('Settings from anywhere', () => {
  it('are within their declaration or refused, whatever flags say', () => {
    const flag = fc.oneof(fc.constantFrom(...names.map(flagOf)), fc.string());
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            flag,
            fc.string(),
            fc.tuple(flag, fc.string()).map((p) => p.join('=')),
          ),
        ),
        (flags) => holds(flags, {}),
      ),
    );
  });

  it('are within their declaration or refused, whatever variables say', () => {
    const variables = fc.dictionary(fc.constantFrom(...names.map(variableOf)), fc.string());
    fc.assert(fc.property(variables, (given) => holds([], given)));
  });
});
