#!/usr/bin/env node
import { exitCodeOf, runCommandLine, wordsOf } from './command-line.js';

runCommandLine(process.argv.slice(2), (text) => void process.stdout.write(`${text}\n`)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${wordsOf(error, process.argv[2])}\n`);
    process.exit(exitCodeOf(error));
  },
);
