import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { replay, ReplayError } from './replay';
import { HOW, makeReadOnly, makeWritable, seen, start, startBot } from './run';
import { bytesOf, differences, treeOf } from './tree';

/*
 * `npm run image:check`: replays the Dockerfile in a clean folder and checks the result, for machines without Docker. It
 * reports what cannot be done here (Debian's packages).
 */
const ROOT = path.join(__dirname, '../..');
const STARTS = 3;
const HEALTH_WITHIN_MS = 1_000;
/** The commit of a build whose sources are not committed yet. */
const COMMIT = 'c0ffee0c0ffee0c0ffee0c0ffee0c0ffee0c0ffe';

/** Loads the packages that are not plain JavaScript, as the bot does. */
const LOAD_PACKAGES =
  "const vm = require('node:vm'); const load = { filename: process.argv[1], " +
  'importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER };' +
  "new vm.Script(`Promise.all([import('node-datachannel'), import('libopus-wasm')])`, load).runInThisContext()" +
  '.catch((error) => { console.error(error); process.exit(1); })';

const problems: string[] = [];
const say = (line: string): void => console.log(line);
const check = (holds: boolean, problem: string): void => {
  say(`${holds ? '  ok      ' : '  PROBLEM '} ${problem}`);
  if (!holds) problems.push(problem);
};
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Does what this machine can of a RUN that is not npm's. @throws ReplayError for an unknown command */
function standIn(command: string, root: string): void {
  if (command.startsWith('apt-get update')) {
    say("    not here: Debian's packages (Chromium, a font, tini) come with a real build only");
    return;
  }
  const [, mode = '', files = ''] = /^chmod (\d+) (.*)$/.exec(command) ?? [];
  if (mode !== '') {
    const here = files.split(' ').map((file) => path.join(root, file));
    for (const file of here.filter((one) => existsSync(one))) chmodSync(file, parseInt(mode, 8));
    return;
  }
  const [, script = '', target = '', rest = ''] = /^sh (\S+) (\S+) (.*)$/.exec(command) ?? [];
  if (script === '') throw new ReplayError(`image:check does not know what to do for: RUN ${command}`);
  // Only what this machine has; its node stands in for the image's.
  const wanted = rest.split(/\s+/).filter((word) => word.startsWith('/') && word !== '/usr/local/bin/node');
  const there = wanted.filter((file) => existsSync(file));
  const absent = wanted.filter((file) => !existsSync(file));
  mkdirSync(path.join(root, target, 'usr/local/bin'), { recursive: true });
  execFileSync('sh', [path.join(root, script), path.join(root, target), process.execPath, ...there]);
  renameSync(path.join(root, target, process.execPath), path.join(root, target, 'usr/local/bin/node'));
  if (absent.length > 0) say(`    not on this machine, so not in this copy: ${absent.join(' ')}`);
}

async function main(): Promise<void> {
  const work = mkdtempSync(path.join(tmpdir(), 'image-check-'));
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const startedAtMs = Date.now();
  try {
    const args = { GIT_COMMIT: COMMIT, VERSION: version };
    const image = replay({ context: ROOT, work, args, standIn, say });
    say(`built in ${Math.round((Date.now() - startedAtMs) / 1000)} s; run ${HOW}`);

    const app = path.join(image.root, 'app');
    check(
      readdirSync(app).sort().join(' ') === 'LICENSE dist node_modules',
      'only dist, node_modules and LICENSE are in /app',
    );
    const secretive = [...treeOf(app).keys()].filter((name) => /(^|\/)\.env|\.(pem|key|tfstate)$/.test(name));
    check(secretive.length === 0, `no file that could hold a secret${secretive.map((name) => ` ${name}`).join('')}`);
    check(image.labels['org.opencontainers.image.version'] === version, `label version ${version}`);
    check(image.labels['org.opencontainers.image.revision'] === COMMIT, 'label revision');
    check(/^[1-9]\d*:[1-9]\d*$/.test(image.user), `user ${image.user} is a number, and not root`);

    makeReadOnly(image.root);
    const writable = spawnSync('find', [image.root, '-xdev', '-perm', '/222', '!', '-type', 'l', '-print'], {
      encoding: 'utf8',
    });
    const others = writable.stdout.split('\n').filter((name) => name !== '' && name !== path.join(image.root, 'tmp'));
    check(others.length === 0, `nothing can be written but /tmp ${others.slice(0, 3).join(' ')}`);

    const isTmp = (relative: string): boolean => relative === 'tmp';
    const before = treeOf(image.root, isTmp);
    const timesMs: number[] = [];
    for (let i = 0; i < STARTS; i++) {
      const bot = await startBot(image);
      timesMs.push(bot.healthMs);
      if (i === 0) {
        const wanted = `${version}+${COMMIT.slice(0, 7)}`;
        check(bot.health.version === wanted, `/health says version ${bot.health.version}, which is this build`);
        check(bot.health.status === 'ok', `/health says ${bot.health.status}`);
      }
      const code = await bot.stop();
      if (i === 0) check(code === 0, `SIGTERM ends it with 0 (${String(code)})`);
    }
    const fastestMs = Math.min(...timesMs);
    check(
      fastestMs < HEALTH_WITHIN_MS,
      `/health answers ${timesMs.map((ms) => `${Math.round(ms)} ms`).join(', ')} after the start (fastest under a second)`,
    );
    check(differences(before, treeOf(image.root, isTmp)).length === 0, 'it wrote nothing outside of /tmp');

    const packages = start(image, ['-e', LOAD_PACKAGES, path.posix.join(seen(image.root), 'app/dist/bot/main.js')], {});
    packages.stderr?.pipe(process.stderr);
    const code = await new Promise<number | null>((resolve) => packages.once('exit', resolve));
    check(code === 0, 'its native and WebAssembly packages load');

    say('size, without what is not on this machine:');
    for (const part of ['app/dist', 'app/node_modules', 'usr/local/bin']) {
      const folder = path.join(image.root, part);
      if (existsSync(folder)) say(`  ${part.padEnd(20)} ${mb(bytesOf(folder)).padStart(9)}`);
    }
    say(`  ${'all'.padEnd(20)} ${mb(bytesOf(image.root)).padStart(9)}`);
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    problems.push(error.message);
    console.error(error.message);
  } finally {
    makeWritable(work);
    rmSync(work, { recursive: true, force: true });
  }
  say(problems.length === 0 ? 'The image is as it must be.' : `${problems.length} problem(s).`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

if (process.argv.length > 2) {
  console.log('usage: npm run image:check    (replays the Dockerfile and checks what comes out; about a minute)');
  process.exitCode = process.argv[2] === '--help' ? 0 : 2;
} else void main();
