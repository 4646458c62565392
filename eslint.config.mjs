import tseslint from 'typescript-eslint';

// Fences of the house. tools/check-boundaries.ts holds the arrows between rooms; here are the words that only one room
// may say, because that is what makes the simulation with a virtual clock possible.
const timeAndChance = [
  { name: 'setTimeout', message: 'Time goes through @app/clock.' },
  { name: 'setInterval', message: 'Time goes through @app/clock.' },
];
const timeAndChanceProperties = [
  { object: 'Date', property: 'now', message: 'Time goes through @app/clock.' },
  { object: 'performance', property: 'now', message: 'Time goes through @app/clock.' },
  { object: 'Math', property: 'random', message: 'Chance goes through @app/clock.' },
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'libs/*/src/generated/**', 'coverage/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      'no-restricted-globals': ['error', ...timeAndChance],
      'no-restricted-properties': ['error', ...timeAndChanceProperties],
    },
  },
  {
    // Nest reads constructor types at run time, so type-only imports would take them away.
    files: ['apps/*/src/**/*.controller.ts', 'apps/*/src/**/*.module.ts', 'libs/runtime/src/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    // The clock itself, programs that talk to a person on a terminal, the browser, and tests of real processes.
    files: [
      'libs/clock/src/**',
      'apps/cli/src/**',
      'web/**',
      'tests/**',
      'bench/**',
      'tools/**',
      'libs/testing/src/**',
      '**/*.spec.ts',
      '**/*.e2e-spec.ts',
      '**/*.fuzz-spec.ts',
      '**/*.contract.ts',
    ],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off', 'no-console': 'off' },
  },
);
