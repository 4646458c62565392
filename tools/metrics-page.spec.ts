import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import 'reflect-metadata';
import { renderMetricsPage } from './metrics-page.js';

const PAGE = new URL('../docs/metrics.md', import.meta.url);

describe('docs/metrics.md', () => {
  it('says what the processes tell', async () => {
    const page = await renderMetricsPage();
    if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });

  it('knows every number that operating.md speaks of', () => {
    const operating = readFileSync(new URL('../docs/operating.md', import.meta.url), 'utf8');
    const page = readFileSync(PAGE, 'utf8');
    const spoken = [...operating.matchAll(/\b(?:vicinity_|nodejs_)[a-z0-9_]+/g)].map(([name]) => name);
    expect(spoken.length).toBeGreaterThan(5);
    expect(spoken.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
