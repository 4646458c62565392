import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { renderSubjectsPage } from './subjects-page.js';
import { SUBJECTS } from './subjects.js';

describe('docs/subjects.md', () => {
  it('says what the code says', () => {
    const page = readFileSync(new URL('../../../docs/subjects.md', import.meta.url), 'utf8');
    expect(page).toBe(renderSubjectsPage(SUBJECTS));
  });
});

describe('renderSubjectsPage', () => {
  it('keeps a bar in a cell from ending it', () => {
    const row = { ...SUBJECTS.roster, purpose: 'this | that' };
    expect(renderSubjectsPage({ row })).toContain('| this \\| that |');
  });
});
