import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { renderSettingsPage } from './settings-page.js';

const PAGE = new URL('../docs/settings.md', import.meta.url);

describe('docs/settings.md', () => {
  it('says what the schemas say', () => {
    const page = renderSettingsPage();
    if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });
});
