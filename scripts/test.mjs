/**
 * `npm test`: everything that proves that this works, in the order in which a failure is cheapest to find.
 * The last line is `N passed, N failed` (and `N skipped`, each with its reason printed above), for people and CI alike.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { holdsFloor } from './coverage.mjs';
import { runProject } from './jest-project.mjs';
import { nodeAdvice } from '../testbed/programs/node-advice.cjs';

const startedMs = Date.now();
const folder = mkdtempSync(path.join(tmpdir(), 'voice-agent-test-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
const advice = nodeAdvice();
if (advice !== undefined) console.log(advice);

/**
 * Runs a command. Its output is shown as it comes; one that runs `beside` others takes only what these leave of the
 * processors, and shows its output when it has ended.
 */
function run(title, command, args, { beside = false } = {}) {
  if (!beside) console.log(`\n== ${title}`);
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', beside ? 'pipe' : 'inherit', beside ? 'pipe' : 'inherit'] });
    if (beside && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
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

/* What reads the sources and runs nothing: beside the tests, which wait as much as they compute. */

async function readSources() {
  await check('format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'], {
    beside: true,
  });
  await check('types', ['node_modules/typescript-7/bin/tsc', '--noEmit', '-p', 'tsconfig.json'], { beside: true });
}

async function lint() {
  await check('lint: rooms', ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '.'], { beside: true });
  await check('lint: unused', ['node_modules/knip/bin/knip.js', '--no-config-hints'], { beside: true });
  await check('lint: only tested', ['node_modules/knip/bin/knip.js', '--no-config-hints', '--production'], {
    beside: true,
  });
  await check('lint: code', ['node_modules/oxlint/bin/oxlint'], { beside: true });
}

/** More workers than cores are of use where tests wait: those that drive browsers and calls do so most of their time. */
async function jest(project, workers, beside, more = []) {
  console.log(`\n== tests: ${project}`);
  const args = ['--coverage', '--coverageReporters=json', `--coverageDirectory=${path.join(folder, project)}`, ...more];
  const [settle] = await Promise.all([runProject(project, { workers, folder, args }), beside()]);
  for (const [kind, count] of Object.entries(await settle())) counts[kind] += count;
}

try {
  await check('build', ['scripts/build.mjs']);
  // testbed/processes/build-bot.ts: by whatever the tests start.
  process.env.VOICE_AGENT_IS_BUILT = 'true';
  // What no test loads counts, too: it is enough that one report says so.
  await jest('unit', 3, readSources, ['--collectCoverageFrom=bot/**/*.ts']);
  await jest('e2e', 4, lint);
  console.log('\n== coverage of bot/');
  const reports = ['unit', 'e2e'].map((project) => path.join(folder, project, 'coverage-final.json'));
  counts[holdsFloor(reports) ? 'passed' : 'failed'] += 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(`\n${Math.round((Date.now() - startedMs) / 1000)} s`);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
