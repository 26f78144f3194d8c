/** `npm run bench`: what a call costs and what the bot adds to its latency, side by side with a bare loop over the SDK. */
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildBot } from '../testbed/processes/build-bot';
import { benchBargeIn } from './barge-in';
import { benchDailyLatency } from './daily';
import { benchDailyRatio, dailyVerdict } from './daily-ratio';
import { benchEndurance } from './endurance';
import { benchGreeting } from './greeting';
import { benchJitter } from './jitter';
import { benchLatency } from './latency';
import { benchLeg } from './leg';
import { benchPhoneCost, benchPhoneLatency } from './phone';
import { table } from '../testbed/programs/table';
import { benchPinned, cleanUpTo, type PinnedResult, refusalsOf } from './pinned';
import { benchStart, startVerdict } from './start';
import { benchWhole } from './whole';

const HELP = `npm run bench -- [options]

  --only PARTS     of leg, whole, latency, phone, endurance, jitter, barge-in, greeting, start, with commas [leg,whole,latency]
  --calls LIST     concurrent calls for leg and whole [1,10,50], for phone [40]
  --seconds N      how long each is measured [20]
  --times N        samples of each latency [30]; calls for greeting; starts for start
  --short N        short calls for endurance [500]
  --faulty N       faulty calls for endurance [200]
  --trials N       sounds of each kind for barge-in [200]
  --daily          calls through Daily rooms, beside WebRTC, and nothing else [calls 1,4,8]
  --pin            the bot alone on one core, over TLS, in lifelike talk, and nothing else [calls 20,30,40,50]
  --repeats N      of each number of calls for --pin and --daily, in turn [2]
  --over           for --pin: the bot may refuse calls that find the others served late (BUSY_AT_LATENESS_MS) [calls 80,100]
  --against FILE   for --pin: the bot/main.js of another build, measured in turn with this one
  --json FILE      write the results there, too
  --help

Ratios and shares are worth comparing; absolute figures are those of this machine and its mood (load is printed).`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: 'leg,whole,latency' },
      calls: { type: 'string' },
      seconds: { type: 'string', default: '20' },
      times: { type: 'string', default: '30' },
      short: { type: 'string', default: '500' },
      faulty: { type: 'string', default: '200' },
      trials: { type: 'string', default: '200' },
      daily: { type: 'boolean', default: false },
      pin: { type: 'boolean', default: false },
      repeats: { type: 'string', default: '2' },
      over: { type: 'boolean', default: false },
      against: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const parts = new Set(values.pin ? ['pinned'] : values.daily ? ['daily'] : values.only.split(','));
  const calls = (
    values.calls ?? (values.over ? '80,100' : values.pin ? '20,30,40,50' : values.daily ? '1,4,8' : '1,10,50')
  )
    .split(',')
    .map(Number);
  const seconds = Number(values.seconds);
  if ([...calls, seconds].some((n) => !(n > 0))) throw new Error('--calls and --seconds take numbers above 0');
  // The lines and the sounds are made up, and what they need is run from source.
  if ([...parts].some((part) => part !== 'jitter' && part !== 'barge-in' && part !== 'greeting')) await buildBot();
  console.log(`Load before: ${loadavg()[0]?.toFixed(1) ?? '?'}`);
  const results: Record<string, unknown> = {};
  if (parts.has('leg')) {
    results['leg'] = await each(calls, (n) => benchLeg(n, seconds));
    show('Bedrock leg, both directions continuous (CPU in % of a core)', results['leg']);
  }
  if (parts.has('whole')) {
    results['whole'] = await each(calls, (n) => benchWhole(n, seconds));
    show('Whole bot in conversation over WebRTC', results['whole']);
  }
  if (parts.has('latency')) {
    const { cpuPercent, ...quantiles } = await benchLatency(Number(values.times));
    results['latency'] = quantiles;
    show(
      `What the bot adds (ms; CPU ${cpuPercent.toFixed(1)} % of a core)`,
      Object.entries(quantiles).map(([way, q]) => ({ way, ...q })),
    );
  }
  if (parts.has('phone')) {
    for (const n of values.calls === undefined ? [40] : calls) {
      const { cost, quality } = await benchPhoneCost(n, seconds);
      results[`phone${n}`] = { cost, quality };
      show('Whole bot in conversation, over WebRTC and by telephone (CPU in % of a core)', cost);
      show('What Twilio saw of it', [quality]);
    }
    const latency = await benchPhoneLatency(Number(values.times));
    results['phoneLatency'] = latency;
    show(
      'What the bot adds to a telephone call (ms)',
      Object.entries(latency).map(([way, q]) => ({ way, ...q })),
    );
  }
  if (parts.has('endurance')) {
    results['endurance'] = [await benchEndurance(Number(values.short), Number(values.faulty))];
    show('Endurance', results['endurance']);
  }
  if (parts.has('jitter')) {
    results['jitter'] = await benchJitter();
    show('Speech over lines of all kinds, as the model hears it', results['jitter']);
  }
  if (parts.has('barge-in')) {
    const result = benchBargeIn(Number(values.trials));
    results['bargeIn'] = result;
    show('Lowering the bot at the sound of the caller: sounds that are no barge-in, all synthetic', result.falseDucks);
    show('Recorded speech over the bot: from its first sound until the bot is quiet (ms)', result.timeToQuiet);
  }
  if (parts.has('greeting')) {
    const rows = await benchGreeting(Number(values.times));
    results['greeting'] = rows;
    show("From the start of a call to its greeting, without the model's own delay (ms)", rows);
  }
  if (parts.has('start')) {
    const starts = await benchStart(Number(values.times));
    results['start'] = starts;
    show('From the start of the process to /health', starts);
    console.log(`\n${startVerdict(starts)}`);
  }
  if (parts.has('daily')) {
    const rows = await each(calls, (n) => benchDailyRatio(n, seconds, Number(values.repeats)));
    results['daily'] = rows;
    show('Calls through Daily rooms beside bare call objects, medians (CPU in % of a core per call)', rows);
    for (const row of rows) console.log(dailyVerdict(row));
    results['dailyLatency'] = await benchDailyLatency(Math.min(10, Number(values.times)));
    show('The same client in the same browser (ms)', results['dailyLatency']);
  }
  if (parts.has('pinned')) {
    const { against } = values;
    const builds = [{ name: 'this', program: 'dist/bot/main.js' }];
    if (against !== undefined) builds.unshift({ name: 'other', program: path.resolve(against) });
    const rows = await benchPinned(builds, calls, seconds, Number(values.repeats), values.over);
    results['pinned'] = rows;
    show('The bot alone on one core, TLS to the model, lifelike talk (CPU in % of that core)', rows);
    for (const { name } of builds) {
      const ofBuild = rows.filter(({ build }) => build === name);
      for (const verdict of values.over ? refusalsOf(ofBuild) : [verdictOf(ofBuild)])
        console.log(`${name}: ${verdict}`);
    }
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
}

function verdictOf(rows: readonly PinnedResult[]): string {
  const disturbed = rows.filter(({ verdict }) => verdict === 'disturbed').length;
  return `clean up to ${cleanUpTo(rows)} calls${disturbed === 0 ? '' : `; ${disturbed} of ${rows.length} runs were disturbed and say nothing`}`;
}

async function each<T>(calls: readonly number[], run: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const n of calls) results.push(await run(n));
  return results;
}

function show(title: string, rows: unknown): void {
  console.log(`\n${title}\n\n${table(rows as Record<string, unknown>[])}`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
