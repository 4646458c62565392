import { get } from 'node:http';

/** What the domain-server says about the domain. */
export interface Readiness {
  isReady: boolean;
  /** What there is none of yet; the domain-server itself while it does not answer. */
  missing: readonly string[];
}

const NO_ANSWER: Readiness = { isReady: false, missing: ['domain-server'] };
const ANSWER_BYTES_MAX = 65_536;

/** Asks the domain-server on this port whether everything is there. Never fails, answers within a second or so. */
export function askReadiness(port: number): Promise<Readiness> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/readyz', timeout: 1_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        if (text.length < ANSWER_BYTES_MAX) text += chunk;
      });
      response.once('error', () => resolve(NO_ANSWER));
      response.once('end', () => resolve({ isReady: response.statusCode === 200, missing: readMissing(text) }));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(NO_ANSWER));
  });
}

function readMissing(text: string): string[] {
  try {
    const { missing } = JSON.parse(text) as { missing?: unknown };
    return Array.isArray(missing) ? missing.map(String) : [];
  } catch {
    return [];
  }
}
