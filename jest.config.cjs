/* One transform for all (swc: no type check, which `npm run typecheck` does), three projects: `unit` may run in
   parallel, `e2e` drives browsers and real media and wants the machine for itself, and `slow` is what `npm test` has no
   time for, or what needs more than Node: terraform, the AWS emulator (`npm run test:slow`, which .ci/run calls). */
const common = {
  // One cache for all: what one project has compiled and instrumented is the next one's, too.
  id: 'voice-agent',
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs', ignoreDynamic: true },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/cdktf.out', '<rootDir>/release.out'],
  /* Only the bot is measured (scripts/coverage.mjs holds the floor). What runs in the browser's page is bundled for it, or
     handed to it by host-page.ts, and out of reach here. */
  coveragePathIgnorePatterns: [
    '<rootDir>/(?!bot/)',
    '<rootDir>/bot/main.ts',
    '<rootDir>/bot/transport/daily/page/',
    '<rootDir>/bot/transport/daily/browser/host-page.ts',
  ],
};

/** For tests of real time: a failure says whether this machine had time for it. */
const SLOW_MACHINE = '<rootDir>/__tests__/support/slow-machine-environment.cjs';

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/__tests__/e2e/',
        '<rootDir>/__tests__/slow/',
        '\\.slow\\.test\\.ts$',
      ],
    },
    {
      ...common,
      displayName: 'e2e',
      testEnvironment: SLOW_MACHINE,
      testMatch: ['<rootDir>/__tests__/e2e/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.slow\\.test\\.ts$'],
    },
    {
      ...common,
      displayName: 'slow',
      testEnvironment: SLOW_MACHINE,
      testMatch: ['<rootDir>/__tests__/slow/**/*.test.ts', '<rootDir>/__tests__/**/*.slow.test.ts'],
    },
  ],
  /* Ends what hangs; it measures nothing, so that a machine that runs much else at once fails no test. */
  testTimeout: 90_000,
  testSequencer: '<rootDir>/scripts/longest-first.cjs',
  coverageDirectory: 'coverage',
};
