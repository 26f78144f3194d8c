/** `npm run chaos`: everything that can go wrong with the model, in many calls at once, and what becomes of them. */
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { buildBot } from '../../processes';
import { table } from '../table';
import type { ChaosRow } from './row';
import { runMixtures, type MixtureCall, type MixturesOptions } from './mixtures';
import { runChaos, type ChaosReport } from './run';

const HELP = `npm run chaos -- [options]

  --seed N       order, moments and pauses follow from it [1]
  --calls N      calls of each fault [4]
  --at-once N    calls at the same time [8]
  --rotate N     seconds after which a stream is replaced as a matter of course; 6 lets faults meet rotations, and hides
                 those that take longer to be noticed or that the next stream does not share [60]
  --only TEXT    only faults whose names contain it
  --mixtures N   instead: N calls with a service that behaves in any of its ways, mixed by the seed; calls that went wrong are told
                 by number, and repeated alone
  --from N       the first of these [0]; with --mixtures 1 one is repeated
  --keep FOLDER  with --mixtures: the bots keep their calls' streams there, words included
  --json FILE    write the report there, too
  --help

Exits with 1 when a call is lost, is told another end than it should be, a process dies, something is left behind, or
hearing again takes more than 2 s (p95); with --mixtures, when a call goes wrong, and with 75 when none did but on a machine
too slow to be judged by.`;

const EXIT_MACHINE_BUSY = 75;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      calls: { type: 'string', default: '4' },
      'at-once': { type: 'string', default: '8' },
      rotate: { type: 'string', default: '60' },
      only: { type: 'string' },
      mixtures: { type: 'string' },
      from: { type: 'string', default: '0' },
      keep: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [seed, calls, atOnce, rotateSeconds] = [values.seed, values.calls, values['at-once'], values.rotate].map(
    Number,
  );
  if (!isCount(seed) || !isCount(calls) || !isCount(atOnce) || !isCount(rotateSeconds))
    throw new Error('--seed, --calls, --at-once and --rotate take whole numbers above 0');
  await buildBot();
  if (values.mixtures !== undefined) {
    const { mixtures, from, keep: recordings } = values;
    return mix({ count: Number(mixtures), from: Number(from), seed, atOnce, recordings });
  }
  console.log(`Load before: ${loadavg()[0]?.toFixed(1) ?? '?'}`);
  const report = await runChaos({
    seed,
    calls,
    atOnce,
    rotateSeconds,
    ...(values.only === undefined ? {} : { only: values.only }),
    onRow: ({ fault, problems }) =>
      console.error(problems.length === 0 ? `ok    ${fault}` : `WRONG ${fault}: ${problems[0] ?? ''}`),
  });
  print(report);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  return report.failures.length === 0 ? 0 : 1;
}

/** 500 calls of some 25 s each; the exit code is that of the program. */
async function mix(options: Omit<MixturesOptions, 'onWrong'>): Promise<number> {
  const { count, from, seed } = options;
  if (!isCount(count) || !isCount(from + 1)) throw new Error('--mixtures and --from take whole numbers');
  const tell = ({ nth, problems, lateMs, callId }: MixtureCall): void =>
    console.error(
      `WRONG ${nth}: ${problems.join('; ')}   (call ${callId}, up to ${lateMs} ms late; --seed ${seed} --mixtures 1 --from ${nth})`,
    );
  const { calls, askedTwice, wrong, slow } = await runMixtures({ ...options, onWrong: tell });
  const having = (word: string): number => wrong.filter(({ problems }) => problems.join().includes(word)).length;
  console.log(
    `${calls} mixtures, seed ${seed}, from ${from}: ${having('lost')} lost, ${having('muted')} muted, ${having('talked over')} talked over, ${wrong.length} wrong in all; ${askedTwice} questions were asked twice.`,
  );
  const numbers = (made: readonly MixtureCall[]): string => made.map(({ nth }) => nth).join(', ');
  if (wrong.length > 0) console.log(`Wrong: ${numbers(wrong)}.`);
  if (slow.length > 0) console.log(`This machine was too slow to judge ${numbers(slow)} by: run them again.`);
  if (wrong.length > 0) return 1;
  return slow.length > 0 ? EXIT_MACHINE_BUSY : 0;
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value > 0;
}

function print({ rows, totals, hearingAgainP95Ms, longestSilenceMs, rotations, failures, seed }: ChaosReport): void {
  console.log(`\nChaos, seed ${seed}: the worst of each fault's calls (ms)\n\n${table(rows.map(cells))}`);
  console.log(
    `\n${totals.calls} calls: ${totals.recovered} recovered, ${totals.saidAloud} said aloud, ${totals.left} left by the caller, ${totals.lost} lost.`,
  );
  console.log(
    `Hearing again: p95 ${Math.round(hearingAgainP95Ms)} ms. Longest silence ${longestSilenceMs} ms. Planned rotations meanwhile: ${rotations}.`,
  );
  for (const failure of failures) console.log(`WRONG: ${failure}`);
}

function cells({ problems, ...row }: ChaosRow): Record<string, unknown> {
  const shown = Object.entries(row).map(([name, value]) => [name, value ?? '-']);
  return { ...(Object.fromEntries(shown) as Record<string, unknown>), problems: problems.length };
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
