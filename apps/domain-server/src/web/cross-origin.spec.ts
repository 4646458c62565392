import { describe, expect, it } from '@jest/globals';
import { crossOriginHeaders } from './cross-origin.js';

const page = 'https://page.example';
const letIn = (url: string, origin: string | undefined, allowed: string[]): string | undefined =>
  crossOriginHeaders(url, origin, allowed)['Access-Control-Allow-Origin'];

describe('Pages of other hosts', () => {
  it.each(['/api/join', '/api/join?world=main', '/sdk.js', '/assets/three-B1x2y3z4.js'])(
    'may read %s when the operator allows them, and only then',
    (url) => {
      expect(letIn(url, page, [page])).toBe(page);
      expect(letIn(url, page, ['*'])).toBe(page);
      expect(letIn(url, page, [])).toBeUndefined();
      expect(letIn(url, 'https://other.example', [page])).toBeUndefined();
      expect(letIn(url, undefined, ['*'])).toBeUndefined();
      expect(crossOriginHeaders(url, undefined, [])).toEqual({ Vary: 'Origin' });
    },
  );

  it.each(['/metrics', '/api/status', '/api/joined', '/', '/healthz'])('may never read %s', (url) => {
    expect(crossOriginHeaders(url, page, ['*'])).toEqual({});
  });
});
