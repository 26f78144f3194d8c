import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bringLoopbackChromium, checkCall, checkNotReady } from './calls';
import { ReplayError } from './chroot';
import { checkContents, checkInventory, checkReadOnly, checkSameBuild } from './contents';
import { lacksForDebian } from './debian-root';
import { parseDockerfile } from './dockerfile';
import { fetchNode, makeNodeImage, parseNodeImage } from './node-image';
import { replay, type Image } from './replay';
import { Report } from './report';
import { makeReadOnly } from './run';
import { checkBillOfMaterials } from './sbom-validator';
import { checkSizes } from './sizes';
import { checkDebugger, checkStarts } from './starts';
import { TARGETS } from './targets';

/*
 * `npm run image:check`: replays the Dockerfile in a clean folder, with Debian's packages and Node's own build, and checks
 * the images that come out: for machines without Docker.
 */
const ROOT = path.join(__dirname, '../..');
const USAGE = `usage: npm run image:check

Makes the images of the Dockerfile without Docker, as root on Debian or Ubuntu, and looks at them: what is in them, their
sizes, how soon they answer, a spoken call on each. About 4 minutes. Exit 0: as they must be; 1: not; 75: cannot be made here.`;
/** EX_TEMPFAIL of sysexits.h: nothing was found, good or bad. */
const EXIT_NOT_HERE = 75;

async function checkImages(work: string, report: Report): Promise<void> {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const commit = execFileSync('git', ['-c', 'safe.directory=*', 'rev-parse', 'HEAD'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).trim();
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, env: { ...process.env, GIT_COMMIT: commit } });
  const startedAtMs = Date.now();
  const { version: nodeVersion } = parseNodeImage(
    parseDockerfile(readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8'))[0]?.base ?? '',
  );
  const node = fetchNode(nodeVersion, path.join(work, 'node'));
  const images = replay({
    context: ROOT,
    work: path.join(work, 'stages'),
    args: { GIT_COMMIT: commit, VERSION: version },
    nodeFolder: path.join(node, 'bin'),
    makeBase: (base, root) => makeNodeImage(parseNodeImage(base), node, root),
    say: (line) => report.say(line),
  });
  report.say(`built in ${Math.round((Date.now() - startedAtMs) / 1000)} s`);

  const labels = { 'org.opencontainers.image.version': version, 'org.opencontainers.image.revision': commit };
  for (const target of TARGETS) {
    report.say(`\n${target.name}`);
    const image = images.get(target.name) ?? missing(target.name);
    checkContents(image, labels, report);
    checkInventory(image, report);
    checkSameBuild(image, path.join(ROOT, 'dist'), report);
    checkBillOfMaterials(path.join(image.root, 'app/sbom.cdx.json'), report);
    checkSizes(image.root, path.join(node, 'bin/node'), target, report);
    checkReadOnly(image, report);
    makeReadOnly(image.root);
    await checkStarts(image, `${version}+${commit.slice(0, 7)}`, report);
    await checkDebugger(image, report);
    const isDaily = target.transport === 'daily';
    const chromium = isDaily ? bringLoopbackChromium(image, path.join(work, 'stages/system')) : undefined;
    await checkCall(image, target, chromium, report);
    if (isDaily) await checkNotReady(image, report);
  }
}

function missing(name: string): Image {
  throw new ReplayError(`the Dockerfile has no target ${name}`);
}

async function main(): Promise<number> {
  const lacks = lacksForDebian();
  if (lacks !== undefined) {
    console.error(`The images cannot be made here: ${lacks}.`);
    return EXIT_NOT_HERE;
  }
  const work = mkdtempSync(path.join(tmpdir(), 'image-check-'));
  const report = new Report();
  try {
    await checkImages(work, report);
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    report.check(false, error.message);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  report.say(
    report.problems.length === 0 ? 'The images are as they must be.' : `${report.problems.length} problem(s).`,
  );
  return report.problems.length === 0 ? 0 : 1;
}

if (process.argv.length > 2) {
  console.log(USAGE);
  process.exitCode = process.argv[2] === '--help' ? 0 : 2;
} else {
  main().then(
    // The caller's WebRTC library keeps threads of its own.
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
