/** `npm run soak`: conversations for a long time, or one conversation that is very long. */
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Beat } from '../../../smoke/caller';
import { buildBot } from '../../processes';
import { table } from '../table';
import { runHandoffs } from './handoffs';
import { runLongCall } from './long-call';
import { runSoak, type SoakReport } from './soak';

const HELP = `npm run soak -- [options]

Many conversations: memory and handles must be flat after the first minutes.
  --minutes N        how long [30]
  --calls N          at the same time; half of them stay, the others change every 90 s [20]
  --settle N         minutes that do not count [5, or a third]

One conversation through every rotation of its streams:
  --long-call        this instead of the above
  --call-minutes N   its length in the call's own time [60]
  --time-scale N     how much faster the service's eight minutes pass [12; 1 is real time]

Two agents that hand every call to and fro:
  --handoffs N       this instead of the above: each of --calls is handed over every N seconds, for --minutes

  --seed N           pauses follow from it [1]
  --json FILE        write the report there, too
  --help

Exits with 1 when a call breaks, something grows, or a word is lost or repeated.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      calls: { type: 'string', default: '20' },
      settle: { type: 'string' },
      'long-call': { type: 'boolean', default: false },
      'call-minutes': { type: 'string', default: '60' },
      'time-scale': { type: 'string', default: '12' },
      handoffs: { type: 'string' },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const minutes = above0(values.minutes, '--minutes');
  const seed = above0(values.seed, '--seed');
  await buildBot();
  console.log(`Load before: ${loadavg()[0]?.toFixed(1) ?? '?'}`);
  if (values.handoffs !== undefined) {
    return handoffs(minutes, above0(values.calls, '--calls'), above0(values.handoffs, '--handoffs') * 1_000);
  }
  const report = values['long-call']
    ? await longCall(
        above0(values['call-minutes'], '--call-minutes'),
        above0(values['time-scale'], '--time-scale'),
        seed,
      )
    : await soak({
        minutes,
        calls: above0(values.calls, '--calls'),
        settleMinutes: values.settle === undefined ? Math.min(5, minutes / 3) : above0(values.settle, '--settle'),
        seed,
      });
  for (const failure of report.failures) console.log(`WRONG: ${failure}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  return report.failures.length === 0 ? 0 : 1;
}

async function handoffs(minutes: number, calls: number, everyMs: number): Promise<number> {
  const { gapMs, failures, ...counted } = await runHandoffs({ minutes, calls, everyMs, beat: new Beat() });
  console.log(table([{ ...counted, gapP50Ms: gapMs.p50, gapP99Ms: gapMs.p99, gapWorstMs: gapMs.worst }]));
  console.log(`Load after: ${loadavg()[0]?.toFixed(1) ?? '?'}`);
  for (const failure of failures) console.log(`WRONG: ${failure}`);
  return failures.length === 0 ? 0 : 1;
}

async function longCall(
  callMinutes: number,
  timeScale: number,
  seed: number,
): Promise<{ failures: readonly string[] }> {
  const report = await runLongCall({ callMinutes, timeScale, seed });
  const { answerMs, failures, ...figures } = report;
  const cells = { ...figures, answerP50Ms: answerMs.p50, answerWorstMs: answerMs.worst, failures: failures.length };
  console.log(`\nOne call of ${callMinutes} minutes, ${timeScale} times as fast\n`);
  for (const [name, value] of Object.entries(cells)) console.log(`${name.padStart(20)}  ${String(value)}`);
  return report;
}

async function soak(options: Parameters<typeof runSoak>[0]): Promise<SoakReport> {
  let lastMinute = -1;
  const report = await runSoak({
    ...options,
    onSample: ({ minute, rssMb, heapMb, handles, calls }) => {
      if (Math.floor(minute) === lastMinute) return;
      lastMinute = Math.floor(minute);
      console.error(
        `${minute.toFixed(1)} min: ${rssMb.toFixed(0)} MB, heap ${heapMb.toFixed(0)} MB, ${handles} handles, ${calls} calls`,
      );
    },
  });
  const { trends, samples, callsPlaced, turns, calls, minutes } = report;
  console.log(`\n${calls} calls at a time for ${minutes} minutes: ${callsPlaced} calls, ${turns} answers\n`);
  console.log(table(everyNth(samples, 12).map((sample) => ({ ...sample }))));
  console.log(`\nAfter the first ${options.settleMinutes.toFixed(1)} minutes\n`);
  console.log(table(trends.map((trend) => ({ ...trend, isFlat: String(trend.isFlat) }))));
  return report;
}

/** About `rows` of them, evenly, the last included. */
function everyNth<T>(list: readonly T[], rows: number): T[] {
  const step = Math.max(1, Math.ceil(list.length / rows));
  return list.filter((_, i) => (list.length - 1 - i) % step === 0);
}

function above0(text: string, name: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${name} takes a number above 0`);
  return value;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
