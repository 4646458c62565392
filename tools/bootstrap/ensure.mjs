// `node tools/bootstrap/ensure.mjs [part ...] [--print-env]`: what other scripts call before their own work.
//
// Prints nothing when all is there. With --print-env, prints what to `eval` in a shell to find the programs.

import { runMain } from './bootstrap.errors.mjs';
import { prepare } from './prepare.mjs';

await runMain(async () => {
  const args = process.argv.slice(2);
  const names = args.filter((arg) => !arg.startsWith('--'));
  const environment = await prepare(names.length > 0 ? names : ['deps', 'worker', 'broker', 'build']);
  if (args.includes('--print-env')) {
    for (const [name, value] of Object.entries(environment)) {
      process.stdout.write(`export ${name}='${value.replaceAll("'", "'\\''")}'\n`);
    }
  }
  return 0;
});
