import path from 'node:path';
import { metric, startBot } from '../testbed/processes/started-bot';
import { Worker } from '../testbed/processes/worker';
import type { BargeIn } from './callers-worker';
import { quantiles, type Quantiles } from './quantiles';

/** What the bot itself adds; the model's and the network's shares are taken out. */
export interface LatencyResult {
  /** Caller's packet sent to the model having its first sample. */
  readonly callerToModelMs: Quantiles;
  /** Model's first audio sent to the caller having its packet. */
  readonly modelToCallerMs: Quantiles;
  /** Model's word of the barge-in to the caller's message that the bot is interrupted: from here nothing but a fade is sent. */
  readonly bargeInToCutMs: Quantiles;
  /** Model's word of the barge-in to the last packet with sound, which is the next of one each 20 ms: it fades what was cut. */
  readonly bargeInToSilenceMs: Quantiles;
  /** Caller's first packet of a barge-in to the last packet with sound: the stand-in's delay, and ours. */
  readonly voiceToSilenceMs: Quantiles;
  readonly cpuPercent: number;
}

export async function benchLatency(times: number): Promise<LatencyResult> {
  const sandbox = await Worker.startBedrock();
  const callers = await Worker.start(path.join(__dirname, 'callers-worker.ts'));
  const bot = await startBot(await sandbox.ask<string>('start'), 10);
  try {
    await callers.ask('connect', { baseUrl: bot.url, count: 1, record: true });
    const startedMs = performance.now();
    const cpuBefore = await metric(bot.url, 'process_cpu_seconds_total');
    const answers = await callers.ask<{ askedMs: number; heardMs: number }[]>('ask', { times });
    const spokenMs = await sandbox.ask<number[]>('eventTimes', 'audioOutput');
    const modelToCaller = answers.map(({ askedMs, heardMs }) => heardMs - after(spokenMs, askedMs));

    // Not before, because the model may take the tones for speech and answer them.
    const beepsMs = await callers.ask<number[]>('beep', { times });
    const onsetsMs = await sandbox.ask<number[]>('onsets');
    const callerToModel = beepsMs.map((sentMs) => after(onsetsMs, sentMs) - sentMs);

    const cuts = await callers.ask<BargeIn[]>('bargeIn', { baseUrl: bot.url, times });
    const toldMs = await sandbox.ask<number[]>('eventTimes', 'userSpeechStart');
    const cut = cuts.map(({ spokeMs, cutMs }) => cutMs - told(toldMs, spokeMs));
    const silence = cuts.map(({ spokeMs, silentMs }) => Math.max(0, silentMs - told(toldMs, spokeMs)));
    const voiceToSilence = cuts.map(({ spokeMs, silentMs }) => silentMs - spokeMs);
    const cpuSeconds = (await metric(bot.url, 'process_cpu_seconds_total')) - cpuBefore;
    return {
      callerToModelMs: quantiles(callerToModel),
      modelToCallerMs: quantiles(modelToCaller),
      bargeInToCutMs: quantiles(cut),
      bargeInToSilenceMs: quantiles(silence),
      voiceToSilenceMs: quantiles(voiceToSilence),
      cpuPercent: (100_000 * cpuSeconds) / (performance.now() - startedMs),
    };
  } finally {
    await callers.stop();
    await bot.stop();
    await sandbox.stop();
  }
}

/** The first of these moments at or after `ms`. */
function after(momentsMs: readonly number[], ms: number): number {
  return momentsMs.find((momentMs) => momentMs >= ms) ?? Infinity;
}

/** When the model told of the barge-in that began at `spokeMs`; one that it never told of would pass for silence at once. */
function told(momentsMs: readonly number[], spokeMs: number): number {
  const momentMs = after(momentsMs, spokeMs);
  if (momentMs === Infinity) throw new Error('the model told of no barge-in');
  return momentMs;
}
