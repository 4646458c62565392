// One runner for every kind of test. Jest 30 runs ES modules as they are (--experimental-vm-modules),
// so what is tested is what is shipped: the same compiler, the same module system.
import { readFileSync } from 'node:fs';

const swc = JSON.parse(readFileSync(new URL('./.swcrc', import.meta.url), 'utf8'));
delete swc.jsc.paths;
delete swc.jsc.baseUrl;
delete swc.$schema;
delete swc.exclude;
swc.module = { type: 'es6' };
swc.swcrc = false;

export default {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/tests/global-setup.mjs',
  setupFiles: ['<rootDir>/tests/fuzz-runs.mjs'],
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/web', '<rootDir>/tests', '<rootDir>/tools'],
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts', '**/*.fuzz-spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: {
    '^@app/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@vicinity/sdk$': '<rootDir>/web/sdk/src/index.ts',
    // Sources import each other with the extension that exists at run time.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  // Integration and end-to-end suites measure delays: nothing else may run beside them.
  maxWorkers: 1,
  // Modules of finished suites stay in the memory of the process that ran them, and every suite takes longer with them:
  // a process that has grown to this size is replaced by a fresh one.
  workerIdleMemoryLimit: '700MB',
  testTimeout: 20_000,
  // A failed suite may leave a process behind; the run must end and say so all the same.
  forceExit: true,
};
