import { afterAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const toolOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

describe('The programs of the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vicinity-bin-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('can be run, also when the compiler has written them anew', () => {
    const program = join(folder, 'dist/main.js');
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ bin: { vicinity: 'dist/main.js' } }));
    writeFileSync(program, '', { mode: 0o644 });
    execFileSync(process.execPath, [toolOf('make-executable.mjs'), folder]);
    expect(statSync(program).mode & 0o111).toBe(0o111);
    expect(readFileSync(toolOf('build.mjs'), 'utf8')).toContain('tools/make-executable.mjs');
  });
});
