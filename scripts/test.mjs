/**
 * `npm test`: everything that proves that this works, in the order in which a failure is cheapest to find.
 * The last line is `N passed, N failed` (and `N skipped`, each with its reason printed above), for people and CI alike.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { holdsFloor } from './coverage.mjs';

const startedMs = Date.now();
const folder = mkdtempSync(path.join(tmpdir(), 'voice-agent-test-'));
const counts = { passed: 0, failed: 0, skipped: 0 };

/**
 * Runs a command. Its output is shown as it comes; one that runs `beside` others leaves them the right of way on the
 * processors, and shows its output when it has ended.
 */
function run(title, command, args, { beside = false } = {}) {
  if (!beside) console.log(`\n== ${title}`);
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', beside ? 'pipe' : 'inherit', beside ? 'pipe' : 'inherit'] });
    if (beside && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    const output = [];
    child.stdout?.on('data', (data) => output.push(data));
    child.stderr?.on('data', (data) => output.push(data));
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (code) => {
      if (beside) console.log(`\n== ${title}\n${Buffer.concat(output).toString()}`);
      resolve(code ?? 1);
    });
  });
}

/** A check that passes or fails as a whole. */
async function check(title, args, options) {
  const code = await run(title, process.execPath, args, options);
  counts[code === 0 ? 'passed' : 'failed'] += 1;
}

/** What reads the sources and runs nothing: beside the tests, which wait as much as they compute. */
async function readSources() {
  const read = (title, bin, ...args) => check(title, [`node_modules/${bin}`, ...args], { beside: true });
  // It takes as long as all others together.
  const code = read('lint: code', 'eslint/bin/eslint.js', '.', '--max-warnings', '0');
  await read('lint: rooms', 'dependency-cruiser/bin/dependency-cruise.mjs', '.');
  await read('lint: unused', 'knip/bin/knip.js', '--no-config-hints');
  await read('lint: only tested', 'knip/bin/knip.js', '--no-config-hints', '--production');
  await read('types', 'typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json');
  await read('format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.');
  await code;
}

/** All of jest, unit and end-to-end; its tests are counted one by one. */
async function jest() {
  const report = path.join(folder, 'report.json');
  const code = await run('tests', process.execPath, [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${report}`,
    // Twice as many as the smallest machine of CI has cores: more than half of the time they wait.
    '--maxWorkers=4',
    '--coverage',
    '--coverageReporters=json-summary',
    `--coverageDirectory=${folder}`,
  ]);
  let result = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numFailedTestSuites: 1 };
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    console.error('jest wrote no report');
  }
  counts.passed += result.numPassedTests;
  counts.failed += result.numFailedTests;
  counts.skipped += result.numPendingTests;
  // A suite that does not load fails without a failed test.
  if (code !== 0 && result.numFailedTests === 0) counts.failed += 1;
}

try {
  await check('build', ['scripts/build.mjs']);
  // testbed/processes/build-bot.ts: by whatever the tests start.
  process.env.VOICE_AGENT_IS_BUILT = 'true';
  await Promise.all([jest(), readSources()]);
  console.log('\n== coverage of bot/');
  counts[holdsFloor(path.join(folder, 'coverage-summary.json')) ? 'passed' : 'failed'] += 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(`\n${Math.round((Date.now() - startedMs) / 1000)} s`);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
