/**
 * A jest project, whose tests are counted one by one. Suites that drive browsers and sound in real time share two cores
 * with all else: where a few have failed, they are run once more with the machine to themselves, and named. A fault fails
 * twice. `node scripts/jest-project.mjs slow` builds, and runs one by itself.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** With more of them the change is at fault, not the machine. */
const MAX_SECOND_TRIES = 4;

/** More than cores: tests of real time wait for most of theirs. */
const SLOW_WORKERS = 4;

/** @returns the exit code of jest, and what it reports of each file */
async function runOnce(project, folder, args) {
  const report = path.join(folder, `${project}-${Date.now()}.json`);
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      'node_modules/jest/bin/jest.js',
      '--selectProjects',
      project,
      '--json',
      `--outputFile=${report}`,
      ...args,
    ],
    { stdio: 'inherit' },
  );
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('close', (exit) => resolve(exit ?? 1));
  });
  try {
    return { code, files: JSON.parse(readFileSync(report, 'utf8')).testResults };
  } catch {
    console.error(`jest wrote no report for ${project}`);
    return { code, files: [] };
  }
}

function countOf({ code, files }) {
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const count = (...states) => tests.filter(({ status }) => states.includes(status)).length;
  const failed = count('failed');
  // A suite that does not load fails without a failed test.
  return {
    passed: count('passed'),
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: count('pending', 'todo', 'skipped'),
  };
}

/** Runs the tests of `project`. @returns `settle()`, which gives the counts, after a second try of what may deserve it */
export async function runProject(project, { workers, folder, args = [] }) {
  const first = await runOnce(project, folder, [`--maxWorkers=${workers}`, ...args]);
  return async function settle() {
    const bad = first.files.filter(({ status }) => status === 'failed').map(({ name }) => name);
    if (bad.length === 0 || bad.length > MAX_SECOND_TRIES) return countOf(first);
    console.log(
      `\n== tests: ${project}, a second try, alone\n${bad.map((file) => path.relative('.', file)).join('\n')}`,
    );
    const second = await runOnce(project, folder, ['--runInBand', '--runTestsByPath', ...bad]);
    const kept = first.files.filter(({ name }) => !bad.includes(name));
    return countOf({ code: second.code, files: [...kept, ...second.files] });
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [project = 'slow', ...args] = process.argv.slice(2);
  const folder = mkdtempSync(path.join(tmpdir(), 'voice-agent-test-'));
  try {
    execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
    // testbed/processes/build-bot.ts: a suite that builds writes what another one's bot is read from.
    process.env.VOICE_AGENT_IS_BUILT = 'true';
    const settle = await runProject(project, { workers: SLOW_WORKERS, folder, args });
    const { passed, failed, skipped } = await settle();
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
