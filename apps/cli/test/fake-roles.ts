import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Stands in for every role: writes its pid where the test finds it, stops on SIGTERM, exits when its supervisor is gone.
 * The domain-server answers /readyz. Files in the folder of the roles tell it to misbehave:
 * `crash-<role>` exits at once, `refuse-<role>` exits as for wrong settings, `deaf-<role>` ignores SIGTERM.
 */
const SCRIPT = `
const { appendFileSync, existsSync, realpathSync } = require('node:fs');
const { createServer } = require('node:http');
const { dirname, join, basename } = require('node:path');
const home = dirname(dirname(dirname(realpathSync(__filename))));
const role = basename(dirname(dirname(__filename)));
const flag = (name) => process.argv[process.argv.indexOf(name) + 1];
if (existsSync(join(home, 'refuse-' + role))) {
  process.stderr.write('The flag --gain must be a number.\\n');
  process.exitCode = 78;
} else if (existsSync(join(home, 'crash-' + role))) {
  process.exitCode = 1;
} else {
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {
    if (existsSync(join(home, 'deaf-' + role))) return;
    appendFileSync(join(home, 'stops'), role + '\\n');
    process.exit(0);
  });
  process.on('disconnect', () => process.exit(1));
  if (role === 'domain-server') createServer((_, response) => response.end('{}')).listen(Number(flag('--http-port')), '127.0.0.1');
  else setInterval(() => {}, 1000);
  console.log(JSON.stringify({ level: 'warn', instance: flag('--instance-id'), msg: 'hello' }));
}
// Written down when it has become able to stop.
appendFileSync(join(home, 'starts'), JSON.stringify({ role, pid: process.pid, atMs: Date.now(), args: process.argv.slice(2) }) + '\\n');
`;

export const FAKE_ROLES = [
  'gateway',
  'audio-mixer',
  'avatar-mixer',
  'messaging',
  'entity-server',
  'asset-server',
  'domain-server',
] as const;

/** Writes the fake roles below a folder, which can then be given as --apps-dir. */
export function writeFakeRoles(folder: string): void {
  for (const role of FAKE_ROLES) {
    mkdirSync(join(folder, role, 'src'), { recursive: true });
    writeFileSync(join(folder, role, 'src/main.js'), SCRIPT);
  }
}
