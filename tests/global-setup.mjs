// Tells the tests where the media worker, the broker and the browser are, when `npm test` has not done it already.
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export default function setUp() {
  const ensure = join(dirname(dirname(fileURLToPath(import.meta.url))), 'tools/bootstrap/ensure.mjs');
  const output = execFileSync(process.execPath, [ensure, 'worker', 'broker', 'browser', '--print-env'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for (const [, name, value] of output.matchAll(/^export ([A-Z_]+)='(.*)'$/gm)) process.env[name] ??= value;
}
