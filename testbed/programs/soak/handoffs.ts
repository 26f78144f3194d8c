import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Beat, Caller } from '../../../smoke/caller';
import { type FakeBedrock, startFakeBedrock } from '../../fakes/bedrock';
import { metric, span, startBot } from '../../processes';

export interface HandoffsOptions {
  readonly minutes: number;
  readonly calls: number;
  /** Each call is handed over about so often. */
  readonly everyMs: number;
  readonly beat: Beat;
}

export interface HandoffsReport {
  readonly calls: number;
  readonly handoffs: number;
  /** How long nobody listened to a caller. */
  readonly gapMs: { readonly p50: number; readonly p99: number; readonly worst: number };
  readonly failures: readonly string[];
}

const WITHIN_MS = 30_000;
/** What a caller's words may wait for the next stream: a beat of the model's, and what the clock rounds. */
const GAP_AT_MOST_MS = 40;

/** An agent that says its name and gives calls to the other one. */
const agent = (own: string, other: string): string =>
  `exports.default = ${JSON.stringify({
    prompt: `You are ${own}.`,
    greeting: `You are with ${own}.`,
    tools: { [`to_${other}`]: { kind: 'handoff', to: other, description: `Gives the call to ${other}.` } },
  })};\n`;

/** Calls that two agents hand to and fro, all at the same time: no caller is left unheard, and nothing said is forgotten. */
export async function runHandoffs({ minutes, calls, everyMs, beat }: HandoffsOptions): Promise<HandoffsReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'handoffs-'));
  writeFileSync(path.join(folder, 'one.cjs'), agent('one', 'two'));
  writeFileSync(path.join(folder, 'two.cjs'), agent('two', 'one'));
  const sandbox = await startFakeBedrock({ voice: 'tone', keepAudioOf: 0 });
  const bot = await startBot(sandbox.url, calls + 2, { AGENT: 'one', AGENTS_FOLDER: folder });
  const failures: string[] = [];
  try {
    const untilMs = performance.now() + minutes * 60_000;
    const handed = await Promise.all(
      Array.from({ length: calls }, async (_, call) => {
        await span((everyMs * call) / calls);
        try {
          return await holdCall(
            await Caller.connect({ baseUrl: bot.url, record: false, beat }),
            call,
            everyMs,
            untilMs,
          );
        } catch (error) {
          failures.push(`call ${call} broke: ${error instanceof Error ? error.message : String(error)}`);
          return 0;
        }
      }),
    );
    const handoffs = handed.reduce((sum, count) => sum + count, 0);
    const gaps = bot.log.filter(({ msg }) => msg === 'call handed over').map(({ gapMs }) => Number(gapMs));
    const late = gaps.filter((gapMs) => gapMs > GAP_AT_MOST_MS).length;
    if (late > 0) failures.push(`${late} of ${gaps.length} gaps were longer than ${GAP_AT_MOST_MS} ms`);
    const finished = await metric(bot.url, 'handover_gap_seconds_count');
    if (finished < handoffs) failures.push(`${handoffs - finished} handoffs were not finished`);
    failures.push(...forgotten(sandbox));
    const sorted = gaps.sort((one, other) => one - other);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { calls, handoffs, gapMs: { p50: at(0.5), p99: at(0.99), worst: at(1) }, failures };
  } finally {
    await bot.stop();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  }
}

/** @returns how often the call was handed over */
async function holdCall(caller: Caller, call: number, everyMs: number, untilMs: number): Promise<number> {
  const ask = async (text: string): Promise<void> => {
    const from = caller.messages.length;
    caller.sendText(text);
    await caller.waitForMessage('bot-started-speaking', WITHIN_MS, from);
    await caller.waitForMessage('bot-stopped-speaking', WITHIN_MS, from);
  };
  try {
    await caller.waitForMessage('bot-stopped-speaking', WITHIN_MS);
    let turn = 0;
    for (; performance.now() < untilMs; turn += 1) {
      const nextMs = performance.now() + everyMs;
      await ask(`Say exactly: "Call ${call} turn ${turn}."`);
      await ask(`call to_${turn % 2 === 0 ? 'two' : 'one'} {"reason":"It is turn ${turn}."}`);
      await span(Math.max(0, Math.min(nextMs, untilMs) - performance.now()));
    }
    return turn;
  } finally {
    caller.hangUp();
  }
}

/** Each stream that took a call over must have been told every turn before its own. */
function forgotten({ sessions }: FakeBedrock): string[] {
  return sessions.flatMap(({ texts }) => {
    const told = texts.map(({ text }) => text).join('\n');
    const turns = [...told.matchAll(/Call (\d+) turn (\d+)\./g)];
    const [, call = ''] = turns[0] ?? [];
    const last = Math.max(-1, ...turns.map(([, , turn]) => Number(turn)));
    const missing = Array.from({ length: last + 1 }, (_, turn) => turn).filter(
      (turn) => !told.includes(`Call ${call} turn ${turn}.`),
    );
    return missing.length === 0 ? [] : [`a stream of call ${call} was not told of turns ${missing.join(', ')}`];
  });
}
