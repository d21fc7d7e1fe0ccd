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
  // Real processes on a busy machine: how long a test takes says nothing of whether it is right.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'suite',
      testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/__tests__/aws/', '<rootDir>/__tests__/engines/'],
    },
    // Minutes of waiting for Terraform: alone with `npm run test:deploy`.
    {
      ...common,
      displayName: 'deploy',
      testMatch: ['<rootDir>/__tests__/aws/**/*.test.ts'],
    },
    // Of its own, so that real search nodes are started once, and only where one of these tests runs.
    {
      ...common,
      displayName: 'engines',
      testMatch: ['<rootDir>/__tests__/engines/**/*.test.ts'],
      globalSetup: '<rootDir>/__tests__/support/engines/set-up.ts',
      globalTeardown: '<rootDir>/__tests__/support/engines/tear-down.ts',
    },
  ],
};
