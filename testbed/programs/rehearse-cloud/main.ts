import { hasMoto, INSTALL_MOTO } from '../../fakes/aws';
import { coverage, isInstalled, missing, RESOURCES, TERRAFORM } from '../../fakes/terraform';
import { buildBot, freePort } from '../../processes';
import { EmulatedAccount } from './account';
import { checksOf } from './checks';
import { everyType } from './every-type';
import type { Problems } from './rehearsal';

/*
 * `npm run rehearse:cloud`: `ops deploy` and `ops destroy` from a fresh folder of settings and an empty account, offline:
 * real terraform, whose provider makes the calls of each resource in an emulated AWS, and a real bot that is called.
 */
const USAGE = `usage: npm run rehearse:cloud [-- --all] [-- --or-skip]
  --all      stops it everywhere by both signals, kills all its processes, deploys twice at once, without Daily, and from an
             older version, and makes every type of resource that settings can ask for
  --or-skip  ends well, saying why, where terraform or moto_server is missing`;
const FLAGS = ['--all', '--or-skip'];
const COMMIT = 'c0ffee'.padEnd(40, '0');

/** Prints a verdict a check. */
class Verdicts {
  failures = 0;

  async check(name: string, act: () => Promise<Problems>): Promise<void> {
    const startedMs = performance.now();
    const problems = await act();
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    console.log(`${problems.length === 0 ? 'ok      ' : 'PROBLEM '} ${seconds.padStart(5)} s  ${name}`);
    for (const problem of problems) console.error(problem);
    this.failures += problems.length;
  }
}

async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => !FLAGS.includes(arg))) {
    console.log(USAGE);
    return args[0] === '--help' ? 0 : 2;
  }
  if (!isInstalled(TERRAFORM) || !hasMoto()) {
    const what = isInstalled(TERRAFORM) ? `moto_server is not on PATH: ${INSTALL_MOTO}` : missing(TERRAFORM);
    console.error(`skipped, because ${what}`);
    return args.includes('--or-skip') ? 0 : 2;
  }
  const verdicts = new Verdicts();
  for (const [how, types] of Object.entries(coverage(Object.keys(RESOURCES)))) {
    console.log(`${how}: ${types.length} types\n  ${types.join(', ')}`);
  }
  if (args.includes('--all')) {
    await verdicts.check('every type is made, found as it was left, and removed', everyType);
  }
  await buildBot();
  const account = await EmulatedAccount.start(await freePort());
  try {
    const isAll = args.includes('--all');
    for (const { name, act, isLong = false } of checksOf(account, COMMIT, isAll)) {
      if (isAll || !isLong) await verdicts.check(name, act);
    }
  } finally {
    await account.close();
  }
  console.log(verdicts.failures === 0 ? 'The deployment is rehearsed.' : `${verdicts.failures} problem(s).`);
  return verdicts.failures === 0 ? 0 : 1;
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
