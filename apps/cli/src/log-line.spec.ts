import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatLogLine } from './log-line.js';
import { LineSplitter } from './line-splitter.js';

describe('formatLogLine', () => {
  it('shows warnings and errors with the name of the process', () => {
    const line = JSON.stringify({ level: 'warn', instance: 'gateway-1', msg: 'Lost it.', err: { message: 'why' } });
    expect(formatLogLine('gateway-0', line, false)).toBe('gateway-1 warn: Lost it. why');
    expect(formatLogLine('gateway-0', line, true)).toContain('\u001b[33m');
  });

  it('shows the numbers of a warning', () => {
    const line = JSON.stringify({ level: 'warn', instance: 'a', skippedTicks: 3, latenessMs: 77, msg: 'Late.' });
    expect(formatLogLine('a', line, false)).toBe('a warn: Late. (skippedTicks 3, latenessMs 77)');
  });

  it.each([
    ['{"level":"info","msg":"x"}'],
    ['{"level":"debug","msg":"x"}'],
    ['[7] 2026/01/01 00:00:00.000000 [INF] Server is ready'],
  ])('does not show %s', (line) => {
    expect(formatLogLine('a', line, false)).toBeUndefined();
  });

  it.each([
    ['Error: out of memory', 'a: Error: out of memory'],
    ['{broken', 'a: {broken'],
    ['[7] 2026/01/01 00:00:00 [ERR] no space', 'a: [7] 2026/01/01 00:00:00 [ERR] no space'],
  ])('shows what is no log line of ours: %s', (line, shown) => {
    expect(formatLogLine('a', line, false)).toBe(shown);
  });

  it('lets nobody steer the terminal', () => {
    const evil = JSON.stringify({ level: 'warn', instance: 'a', msg: 'x\u001b[2J\ny\u009b' });
    expect(formatLogLine('a', evil, false)).toBe('a warn: x [2J y ');
    expect(formatLogLine('a', 'x\u001b]0;y\u0007', false)).toBe('a: x ]0;y ');
  });
});

describe('formatLogLine, whatever a role writes', () => {
  it('does not stumble over fields that cannot become text', () => {
    const line = JSON.stringify({ level: 'warn', msg: 'x', instance: { toString: 0 }, err: '' });
    expect(formatLogLine('gateway-0', line, false)).toBe('gateway-0 warn: x');
    expect(formatLogLine('gateway-0', JSON.stringify({ level: { toString: 0 } }), false)).toBeUndefined();
  });

  it('gives nothing or one line without control characters', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue());
    const json = fc.record({
      level: fc.constantFrom('warn', 'error', 'info'),
      msg: value,
      instance: value,
      err: value,
    });
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      json.map((fields) => JSON.stringify(fields)),
    );
    fc.assert(
      fc.property(line, (text) => {
        const shown = formatLogLine('gateway-0', text, false);

        return shown === undefined || !/[\u0000-\u001f\u007f-\u009f]/.test(shown);
      }),
    );
  });
});

describe('LineSplitter', () => {
  it('joins chunks to lines, and tells the last one at the end', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => void lines.push(line));
    for (const chunk of ['a', 'b\nc', '\n\nd']) splitter.add(chunk);
    expect(lines).toEqual(['ab', 'c']);
    splitter.end();
    splitter.end();
    expect(lines).toEqual(['ab', 'c', 'd']);
  });

  it('holds no more of an endless line than fits', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => void lines.push(line));
    for (let index = 0; index < 100; index++) splitter.add('x'.repeat(10_000));
    splitter.add('\n');
    expect(lines[0].length).toBeLessThanOrEqual(16_384);
  });
});
