import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { renderEntitiesPage } from './entities-page.js';

const PAGE = new URL('../docs/entities.md', import.meta.url);

describe('docs/entities.md', () => {
  it('says what the definitions say', () => {
    const page = renderEntitiesPage();
    if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });
});
