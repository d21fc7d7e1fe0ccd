const common = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

/** @type {import('jest').Config} */
module.exports = {
  watchman: false,
  // Tests start real processes, which take long on a busy machine.
  testTimeout: 180_000,
  projects: [
    {
      ...common,
      displayName: 'suite',
      globalSetup: '<rootDir>/__tests__/support/require-build.ts',
      testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/__tests__/aws/',
        '<rootDir>/__tests__/engines/',
        '<rootDir>/__tests__/faults/',
      ],
    },
    // Takes minutes: pipelines are killed, stopped and starved. `npm run test:faults` runs it alone.
    {
      ...common,
      displayName: 'faults',
      globalSetup: '<rootDir>/__tests__/support/require-build.ts',
      testMatch: ['<rootDir>/__tests__/faults/**/*.test.ts'],
    },
    // Takes minutes, mostly Terraform's; `npm run test:deploy` runs it alone.
    {
      ...common,
      displayName: 'deploy',
      globalSetup: '<rootDir>/__tests__/support/require-build.ts',
      testMatch: ['<rootDir>/__tests__/aws/**/*.test.ts'],
    },
    // A project of its own, so that the search nodes are started once, and only if one of these tests runs.
    {
      ...common,
      displayName: 'engines',
      testMatch: ['<rootDir>/__tests__/engines/**/*.test.ts'],
      globalSetup: '<rootDir>/__tests__/support/engines/set-up.ts',
      globalTeardown: '<rootDir>/__tests__/support/engines/tear-down.ts',
    },
  ],
};
