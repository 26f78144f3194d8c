const { statSync } = require('node:fs');

/** Suites that take a minute and are small files: others would have ended, and their workers be idle, long before them. */
const LONGEST = ['__tests__/ops/on-aws.slow.test.ts', '__tests__/slow/evals/seeded-faults.test.ts'];

const rankOf = (path) => LONGEST.findIndex((suite) => path.endsWith(suite)) >>> 0;

/** Jest's order of suites: the longest first, then by size, the same on every machine, whatever it has run before. */
class LongestFirst {
  sort(tests) {
    const sizeOf = new Map(tests.map(({ path }) => [path, statSync(path).size]));
    return tests.toSorted((a, b) => rankOf(a.path) - rankOf(b.path) || sizeOf.get(b.path) - sizeOf.get(a.path));
  }

  /** Nothing is remembered between runs: `--onlyFailures` runs all. */
  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
}

module.exports = LongestFirst;
