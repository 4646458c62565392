import { readFileSync } from 'node:fs';

/** The version in the package.json next to libs/, in the sources as in dist/. */
export function readSoftwareVersion(): string {
  const json = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version?: string;
  };
  return json.version ?? '0.0.0';
}
