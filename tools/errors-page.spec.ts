import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function catalogues(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'generated' ? [] : catalogues(path);
    return /(^|\.)errors\.ts$/.test(entry.name) ? [path] : [];
  });
}

/** The codes of a catalogue: its string literals of that shape, in code and not in comments. */
function codesOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
  const words = [...code.matchAll(/'([a-z]+(?:-[a-z0-9]+)*)'/g)].map(([, found]) => found);
  // What `typeof` answers is no code.
  return words.filter((word) => word !== 'string' && word !== 'number');
}

describe('docs/errors.md', () => {
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \| [^|]+ \| [^|]+ \| (?:yes|no) \|$/gm)].map(([, code]) => code);
  const inCode = new Set(
    ['apps', 'libs', 'web'].flatMap(catalogues).flatMap((file) => codesOf(readFileSync(join(root, file), 'utf8'))),
  );

  it('has a complete row for every code that the catalogues know', () => {
    expect([...inCode].filter((code) => !rows.includes(code)).sort()).toEqual([]);
    expect(inCode.size).toBeGreaterThan(20);
  });

  it('has no code that nothing gives any more, and none twice', () => {
    expect(rows.filter((code) => !inCode.has(code))).toEqual([]);
    expect(new Set(rows).size).toBe(rows.length);
  });
});
