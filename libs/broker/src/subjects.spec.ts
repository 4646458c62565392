import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { isPattern, isSubject } from './subject-match.js';
import { parseSubject, type SubjectName, subjectOf, SUBJECTS } from './subjects.js';

const names = Object.keys(SUBJECTS) as SubjectName[];

describe('subjectOf', () => {
  it.each(names)('makes a subject of %s that parseSubject understands', (name) => {
    const subject = subjectOf(name, { world: 'main', who: 'gateway-1' });
    expect(isSubject(subject)).toBe(true);
    const { template } = SUBJECTS[name];
    expect(parseSubject(subject)).toEqual({
      name,
      world: template.includes('{world}') ? 'main' : '',
      who: template.includes('{who}') ? 'gateway-1' : '',
    });
  });

  it.each(names)('makes a pattern of %s when tokens are left out', (name) => {
    expect(isPattern(subjectOf(name))).toBe(true);
  });
});

describe('parseSubject', () => {
  it.each([
    '',
    'vw',
    'vw.main',
    'vw.main.audio',
    'vw.main.audio.sideways.x',
    'other.main.audio.up.x',
    'vw.main.audio.up',
    'vw.main.audio.up.x.y',
    'vw._domain.nothing',
  ])('knows that %p is none of ours', (subject) => {
    expect(parseSubject(subject)).toBeUndefined();
  });
});

describe('SUBJECTS', () => {
  const folder = new URL('../../../proto/vicinity/v1/', import.meta.url);
  const proto = readdirSync(folder)
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n');

  it.each(names)('names messages that proto/ defines: %s', (name) => {
    const row: { message: string; reply?: string } = SUBJECTS[name];
    for (const message of [row.message, row.reply]) {
      if (message) expect(proto).toMatch(new RegExp(`^message ${message} \\{`, 'm'));
    }
  });

  it('has a different shape for each row, so that a subject says what is in it', () => {
    const shapes = names.map((name) => subjectOf(name));
    expect(new Set(shapes).size).toBe(shapes.length);
  });
});
