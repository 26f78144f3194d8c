import { type AddressInfo, createServer } from 'node:net';
import { hasMoto, INSTALL_MOTO } from '../../fakes/aws';
import { coverage, isInstalled, missing, RESOURCES, TERRAFORM } from '../../fakes/terraform';
import { buildBot } from '../../processes';
import { EmulatedAccount } from './account';
import { everyType } from './every-type';
import { CloudRehearsal, type Problems } from './rehearsal';
import { ALL_STOPS, nameOf, SOME_STOPS } from './stops';

/*
 * `npm run rehearse:cloud`: `ops deploy` and `ops destroy` from a fresh folder of settings and an empty account, offline:
 * real terraform, whose provider makes the calls of each resource in an emulated AWS, and a real bot that is called.
 */
const USAGE = `usage: npm run rehearse:cloud [-- --all] [-- --or-skip]
  --all      stops it everywhere by both signals, kills all its processes, deploys twice at once and from an older version,
             and makes every type of resource that settings can ask for
  --or-skip  ends well, saying why, where terraform or moto_server is missing`;
const FLAGS = ['--all', '--or-skip'];
const COMMIT = 'c0ffee'.padEnd(40, '0');

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

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

interface Check {
  readonly name: string;
  readonly act: () => Promise<Problems>;
  /** Of minutes: for `--all` alone. */
  readonly isLong?: boolean;
}

/** In order: each finds what those before it have left. */
const checksOf = (rehearsal: CloudRehearsal): readonly Check[] => [
  { name: 'run to its end: a spoken call, one of everything, nothing locked', act: () => rehearsal.complete() },
  { name: 'run again: nothing is written', act: () => rehearsal.again() },
  {
    name: 'killed with all its processes while it applies: its lock is taken over',
    act: () => rehearsal.killedWhole(),
    isLong: true,
  },
  { name: 'two at once: one waits for the other', act: () => rehearsal.twoAtOnce(), isLong: true },
  { name: 'A6: an untouched environment has no drift', act: () => rehearsal.untouched() },
  { name: 'a change behind terraform is found as drift', act: () => rehearsal.touched() },
  { name: 'deployed, no secret in outputs, arguments, files, plans, states, logs', act: () => rehearsal.secrecy() },
  { name: 'destroyed: nothing is left but what it says', act: () => rehearsal.destroy() },
  { name: 'destroyed again: nothing is written', act: () => rehearsal.destroyAgain() },
  { name: 'destroyed, no secret in outputs, arguments, files, logs', act: () => rehearsal.secrecy() },
  {
    name: 'an environment of an older version: nothing that holds data is replaced, and it is called',
    act: () => rehearsal.upgraded(),
    isLong: true,
  },
];

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
  const rehearsal = new CloudRehearsal(account, COMMIT);
  try {
    const isAll = args.includes('--all');
    for (const stop of isAll ? ALL_STOPS : SOME_STOPS) {
      await verdicts.check(nameOf(stop), () => rehearsal.stopped(stop));
    }
    for (const { name, act, isLong = false } of checksOf(rehearsal)) {
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
