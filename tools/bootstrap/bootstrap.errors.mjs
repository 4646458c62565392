// The one kind of failure that the bootstrap expects.

/** Something the person can act on: its message is a sentence for them, so it is printed without a stack. */
export class BootstrapError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = 'BootstrapError';
    this.code = 'BOOTSTRAP_FAILED';
  }
}

/** Runs a command's main function; an expected failure ends the process with its message, any other with its stack. */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`${error instanceof BootstrapError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}
