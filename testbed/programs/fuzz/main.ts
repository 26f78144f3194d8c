/** `npm run fuzz`: structured inputs on every way into the bot. */
import { parseArgs } from 'node:util';
import { buildBot } from '../../processes';
import { table } from '../table';
import { FuzzBot } from './fuzz-bot';
import { runPhoneFuzz } from './phone/run-phone';
import { runTarget, type TargetReport } from './run-target';
import { Finding, type Target } from './target';
import { dailyBridge } from './targets/daily-bridge';
import { http } from './targets/http';
import { dataChannel, rtcp, rtp } from './targets/keyed';
import { modelEvents } from './targets/model-events';
import { rtvi } from './targets/rtvi';
import { sdp } from './targets/sdp';

const TARGETS: readonly Target[] = [sdp, rtcp, rtp, dataChannel, rtvi, http, dailyBridge, modelEvents];

const HELP = `npm run fuzz -- [options]

Attacks the built bot on loopback, with the stand-in for its model, by structured inputs: valid ones with something
changed. Meanwhile a neighbour is in a call, and afterwards somebody calls. The bot must not end, freeze, disturb them,
or grow.
  --seconds N    in all, shared by the targets [60]
  --seed N       inputs follow from it [1]
  --target NAME  only this one: ${TARGETS.map(({ name }) => name).join(', ')}
  --count N      so many inputs and no more, to make a finding again
  --from N       and only from this one on, to narrow it down [0]
  --phone        the telephone alone: so many forged requests, then malformed messages of streams
  --forged N     [1000]
  --messages N   [10000]
  --help

Exits with 1 when something was found; the line of a finding says how to make it again.`;

/**
 * What the bot may hold more than after the first target, in which a few hundred connections load its code and fill its
 * pools: memory that is not collected yet. It is flat from then on, however long the run.
 */
const MOST_GROWTH_MB = 128;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      target: { type: 'string' },
      from: { type: 'string', default: '0' },
      count: { type: 'string' },
      phone: { type: 'boolean', default: false },
      forged: { type: 'string', default: '1000' },
      messages: { type: 'string', default: '10000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const seed = number(values.seed, '--seed');
  if (values.phone) {
    return fuzzPhone(seed, number(values.forged, '--forged'), number(values.messages, '--messages'));
  }
  const seconds = number(values.seconds, '--seconds');
  const from = number(values.from, '--from');
  const count = values.count === undefined ? Infinity : number(values.count, '--count');
  const targets = TARGETS.filter(({ name }) => values.target === undefined || name === values.target);
  if (targets.length === 0) throw new Error(`--target takes one of ${TARGETS.map(({ name }) => name).join(', ')}`);

  await buildBot();
  const reports: (TargetReport & { readonly grewMb: number })[] = [];
  let bot = await FuzzBot.start();
  try {
    for (const target of targets) {
      const beforeMb = bot.rssMb;
      const report = await runTarget(bot, target, { seed, seconds: seconds / targets.length, from, count });
      const { finding } = report;
      reports.push({ ...report, grewMb: finding === undefined ? bot.rssMb - beforeMb : 0 });
      if (finding === undefined) continue;
      await bot.stop();
      bot = await FuzzBot.start();
    }
  } finally {
    await bot.stop();
  }
  return tell(reports, seed);
}

async function fuzzPhone(seed: number, forged: number, messages: number): Promise<number> {
  await buildBot();
  const beganMs = performance.now();
  try {
    await runPhoneFuzz({ seed, forged, messages });
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    console.log(`FOUND phone: ${error.message}`);
    console.log(`  npm run fuzz -- --phone --seed ${seed} --forged ${forged} --messages ${messages}`);
    return 1;
  }
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
  console.log(`phone: ${forged} forged requests and ${messages} malformed messages in ${seconds} s, nothing found`);
  return 0;
}

function tell(reports: readonly (TargetReport & { readonly grewMb: number })[], seed: number): number {
  console.log(
    table(
      reports.map(({ target, inputs, perSecond, grewMb, finding }) => ({
        target,
        inputs,
        'a second': Math.round(perSecond),
        'MB more': Math.round(grewMb),
        found: finding?.what ?? '-',
      })),
    ),
  );
  for (const { target, finding } of reports) {
    if (finding === undefined) continue;
    console.log(`FOUND ${target}: ${finding.what} (seen among the inputs ${finding.from} to ${finding.to})`);
    console.log(`  npm run fuzz -- --seed ${seed} --target ${target} --count ${finding.to + 1}`);
  }
  // The first one warms code and caches up.
  const grownMb = reports.slice(1).reduce((sum, { grewMb }) => sum + grewMb, 0);
  const isFlat = grownMb <= MOST_GROWTH_MB;
  console.log(`memory: ${grownMb.toFixed(0)} MB more since the first target${isFlat ? '' : ', which is too much'}`);
  return isFlat && reports.every(({ finding }) => finding === undefined) ? 0 : 1;
}

function number(text: string, name: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new Error(`${name} takes a number`);
  return value;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    process.exit(1);
  },
);
