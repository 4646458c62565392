import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkKey, isPattern, isSubject, subjectMatcher } from './subject-match.js';

const token = fc.constantFrom('a', 'b', 'vw', 'audio-mixer-7f3a', 'd29ybGQ');
const subjects = fc.array(token, { minLength: 1, maxLength: 5 }).map((tokens) => tokens.join('.'));

describe('subjectMatcher', () => {
  it('matches a subject with itself, with * for any token and with > for any rest', () => {
    fc.assert(
      fc.property(subjects, fc.nat(), (subject, at) => {
        const tokens = subject.split('.');
        const index = at % tokens.length;
        const starred = tokens.with(index, '*').join('.');
        const cut = [...tokens.slice(0, index), '>'].join('.');
        for (const pattern of [subject, starred, cut]) {
          expect(isPattern(pattern)).toBe(true);
          expect(subjectMatcher(pattern)(subject)).toBe(true);
        }
        expect(subjectMatcher(`${subject}.>`)(subject)).toBe(false);
        expect(subjectMatcher(`${subject}.*`)(subject)).toBe(false);
      }),
    );
  });

  it('does not match another token where none may vary', () => {
    fc.assert(
      fc.property(subjects, subjects, (pattern, subject) => {
        expect(subjectMatcher(pattern)(subject)).toBe(pattern === subject);
      }),
    );
  });
});

describe('isSubject', () => {
  it('takes a pattern without wildcards, and nothing else', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', '*', '>', '.', ' ', '\0', '\x7f', '\u2003', '😀'),
      maxLength: 6,
    });
    fc.assert(
      fc.property(text, (subject) => {
        expect(isSubject(subject)).toBe(isPattern(subject) && !/(^|\.)[*>](\.|$)/.test(subject));
      }),
    );
  });

  it('lets nothing through that could end a line of the protocol or be taken for a wildcard', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (isSubject(text)) expect(text).not.toMatch(/[\s*>\0]|^\.|\.$|\.\.|^$/);
        else expect(() => checkKey(`${text} `)).toThrow();
      }),
    );
  });
});
