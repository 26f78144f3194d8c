/** Calls by telephone: what they cost beside calls over WebRTC, and what the bot adds to their latency. */
import path from 'node:path';
import { metric, readMetrics, startBot } from '../testbed/processes/started-bot';
import { type Load, span, Worker } from '../testbed/processes/worker';
import type { PhoneFigures } from './phone-worker';
import { quantiles, type Quantiles } from './quantiles';
import { benchWhole } from './whole';

/** One row: the whole bot in conversation, half of the time spoken by the caller, half by the bot. */
export interface PhoneCost {
  readonly way: 'webrtc' | 'phone';
  readonly calls: number;
  readonly cpuPercentPerCall: number;
  readonly mbPerCall: number;
  readonly turns: number;
  readonly worstBeatLatenessMs: number;
}

/** What Twilio saw of the calls that were measured. */
export interface PhoneQuality {
  readonly calls: number;
  readonly mostUnheardMs: number;
  /** Gaps within speech, of a thousand frames. */
  readonly gapsPerMille: number;
  readonly webhookP95Ms: number;
  readonly upgradeP95Ms: number;
  readonly ended: number;
  readonly brokenRules: number;
  readonly twilioCpuPercent: number;
  readonly twilioWorstLagMs: number;
}

/**
 * callerToModel: the caller's frame sent to the model having its first sample; modelToTwilio: the model's first audio sent to
 * Twilio having the first frame; bargeInToClear: the model's word of it to Twilio having `clear`; takenBack: what that took
 * back; greeting: the start of the stream to the first audio, the model's own delay in it.
 */
export type PhoneLatency = Readonly<
  Record<
    'callerToModel' | 'modelToTwilio' | 'bargeInToClear' | 'takenBack' | 'webhook' | 'upgrade' | 'greeting',
    Quantiles
  >
>;

const SHORT_CALLS = 40;

/** The same number of calls over WebRTC and by telephone, one after the other on the same machine. */
export async function benchPhoneCost(
  calls: number,
  seconds: number,
): Promise<{ cost: PhoneCost[]; quality: PhoneQuality }> {
  const { cpuPercentPerCall, mbPerCall, turns, worstBeatLatenessMs } = await benchWhole(calls, seconds);
  const phone = await whole(calls, seconds);
  const webrtc: PhoneCost = { way: 'webrtc', calls, cpuPercentPerCall, mbPerCall, turns, worstBeatLatenessMs };
  return { cost: [webrtc, phone.cost], quality: phone.quality };
}

async function whole(calls: number, seconds: number): Promise<{ cost: PhoneCost; quality: PhoneQuality }> {
  return within(calls, async ({ botUrl, phones }) => {
    const emptyBytes = await metric(botUrl, 'process_resident_memory_bytes');
    await phones.ask('connect', { botUrl, count: calls });
    await phones.ask('talk');
    await span(5_000);
    await phones.ask('measureLoad');
    const turnsBefore = (await phones.ask<PhoneFigures>('figures')).turns;
    const before = await readMetrics(botUrl);
    const startedMs = performance.now();
    await span(seconds * 1000);
    const after = await readMetrics(botUrl);
    const wallSeconds = (performance.now() - startedMs) / 1000;
    const load = await phones.ask<Load>('load');
    const figures = await phones.ask<PhoneFigures>('figures');
    await phones.ask('stopTalking');
    const cpuSeconds = after('process_cpu_seconds_total') - before('process_cpu_seconds_total');
    return {
      cost: {
        way: 'phone',
        calls,
        cpuPercentPerCall: (100 * cpuSeconds) / wallSeconds / calls,
        mbPerCall: (after('process_resident_memory_bytes') - emptyBytes) / 1_048_576 / calls,
        turns: figures.turns - turnsBefore,
        worstBeatLatenessMs: 1000 * after('audio_beat_lateness_max_seconds'),
      },
      quality: {
        calls,
        mostUnheardMs: figures.mostUnheardMs,
        gapsPerMille: (1000 * figures.underruns) / figures.framesTaken,
        webhookP95Ms: quantiles(figures.webhookMs).p95,
        upgradeP95Ms: quantiles(figures.upgradeMs).p95,
        ended: figures.ended,
        brokenRules: figures.brokenRules.length,
        twilioCpuPercent: load.cpuPercent,
        twilioWorstLagMs: load.worstLagMs,
      },
    };
  });
}

/** One call after another; each latency is measured `times` times. */
export async function benchPhoneLatency(times: number): Promise<PhoneLatency> {
  return within(2, async ({ botUrl, phones, sandbox }) => {
    await phones.ask('connect', { botUrl, count: 1 });
    const answers = await phones.ask<{ askedMs: number; heardMs: number }[]>('ask', { times });
    const spokenMs = await sandbox.ask<number[]>('eventTimes', 'audioOutput');
    const cuts = await phones.ask<{ spokeMs: number; clearedMs: number; unheardMs: number }[]>('bargeIn', {
      times: Math.ceil(times / 3),
    });
    const toldMs = await sandbox.ask<number[]>('eventTimes', 'userSpeechStart');
    // Last, because the model may take the tones for speech and answer them.
    const beepsMs = await phones.ask<number[]>('beep', { times });
    const onsetsMs = await sandbox.ask<number[]>('onsets');
    await phones.ask('hangUp');
    await phones.ask('shortCalls', { botUrl, times: SHORT_CALLS });
    const { webhookMs, upgradeMs, greetingMs } = await phones.ask<PhoneFigures>('figures');
    return {
      callerToModel: quantiles(beepsMs.map((sentMs) => firstAt(onsetsMs, sentMs) - sentMs)),
      modelToTwilio: quantiles(answers.map(({ askedMs, heardMs }) => heardMs - firstAt(spokenMs, askedMs))),
      bargeInToClear: quantiles(
        cuts.map(({ spokeMs, clearedMs }) => Math.max(0, clearedMs - firstAt(toldMs, spokeMs))),
      ),
      takenBack: quantiles(cuts.map(({ unheardMs }) => unheardMs)),
      webhook: quantiles(webhookMs),
      upgrade: quantiles(upgradeMs),
      greeting: quantiles(greetingMs),
    };
  });
}

interface Bench {
  readonly botUrl: string;
  readonly phones: Worker;
  readonly sandbox: Worker;
}

async function within<T>(maxCalls: number, run: (bench: Bench) => Promise<T>): Promise<T> {
  const sandbox = await Worker.startBedrock();
  const phones = await Worker.start(path.join(__dirname, 'phone-worker.ts'));
  const environment = await phones.ask<Record<string, string>>('open');
  const bot = await startBot(await sandbox.ask<string>('start'), maxCalls, environment);
  try {
    return await run({ botUrl: bot.url, phones, sandbox });
  } finally {
    await phones.stop();
    await bot.stop();
    await sandbox.stop();
  }
}

/** The first of these moments at or after `ms`. */
function firstAt(momentsMs: readonly number[], ms: number): number {
  return momentsMs.find((momentMs) => momentMs >= ms) ?? Infinity;
}
