import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergeMetrics } from './merge-metrics.js';

const process = (instanceId: string, text: string) => ({ instanceId, role: 'gateway', text });

describe('mergeMetrics', () => {
  it('labels each sample and keeps one header for each family', () => {
    const text = (count: number): string =>
      `# HELP a_total Things.\n# TYPE a_total counter\na_total{kind="x"} ${count}\n`;
    expect(mergeMetrics([process('g1', text(1)), process('g2', text(2))])).toBe(
      [
        '# HELP a_total Things.',
        '# TYPE a_total counter',
        'a_total{kind="x",role="gateway",instance="g1"} 1',
        'a_total{kind="x",role="gateway",instance="g2"} 2',
        '',
      ].join('\n'),
    );
  });

  it('keeps the samples of a histogram in its family', () => {
    const text =
      '# HELP h H.\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 0.5\nh_count 1\n# TYPE other gauge\nother 3\n';
    const lines = mergeMetrics([process('g1', text), process('g2', text)]).split('\n');
    expect(lines.filter((line) => line.startsWith('# TYPE'))).toHaveLength(2);
    expect(lines.findIndex((line) => line.startsWith('# TYPE other'))).toBe(8);
    expect(lines).toContain('h_bucket{le="1",role="gateway",instance="g2"} 1');
    expect(lines).toContain('h_sum{role="gateway",instance="g1"} 0.5');
  });

  it('leaves out what is neither a comment nor a sample', () => {
    expect(mergeMetrics([process('g1', 'hello world how are you\n# EOF\n\u0000\nok 1\n')])).toBe(
      'ok{role="gateway",instance="g1"} 1\n',
    );
  });

  it('gives lines of the format only, whatever processes say', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 5 }), (texts) =>
        mergeMetrics(texts.map(([name, text]) => process(name, `${text}\nm{a="b"} 1`)))
          .split('\n')
          .every((line) => line === '' || /^# (HELP|TYPE) [a-zA-Z_:]|^[a-zA-Z_:][a-zA-Z0-9_:]*\{.*\} /.test(line)),
      ),
    );
  });
});
