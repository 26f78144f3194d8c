import { setTimeout as pause } from 'node:timers/promises';
import { Call } from '../../bot/call/call';
import type { CallDeps } from '../../bot/call/call-deps';
import { callsInRooms } from '../../bot/call-services';
import { openBot } from '../../bot/compose';
import { readConfig } from '../../bot/config';
import { createLogger, createTelemetry } from '../../bot/telemetry';
import { noRooms } from '../../bot/transport/no-rooms';
import { FAKE_CREDENTIALS } from '../../testbed/fakes/bedrock';
import { span, Worker } from '../../testbed/processes/worker';
import { quantiles } from '../quantiles';
import { GreetedCaller } from './caller';
import { drawDelays, RANGES, type RangeName } from './delays';

/** Calls whose model takes as long as the live one was seen to take. */
export interface GreetingResult {
  /** What the model's delays were drawn from, in ms. */
  readonly model: string;
  readonly calls: number;
  readonly greeted: number;
  /** From the start of a call to the first sound of its greeting, the model's delay taken out. */
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** The longest that anybody heard nothing at all: a greeting that takes long is announced. */
  readonly silentMax: number;
}

/** Both from the start of a call, in ms; no greeting came where it is missing. */
interface Greeting {
  readonly greetedMs: number | undefined;
  readonly silentMs: number;
}

const AT_ONCE = 20;
/** The first ones come this far apart; later ones when another call is over. */
const APART_MS = 100;
/** Later than any delay and anything that the bot does about a slow model. */
const GREETED_WITHIN_MS = 30_000;

/** Starts `count` calls, twenty at once, in a bot that is whole but for its transport and its HTTP server. */
export async function benchGreeting(count: number): Promise<GreetingResult[]> {
  const calls = drawDelays(count).map((delay, i) => ({ ...delay, words: `Hello, caller ${i}.` }));
  const sandbox = await Worker.startBedrock();
  try {
    const delaysMs = Object.fromEntries(calls.map(({ words, ms }) => [promptFor(words), ms]));
    const { deps, stop } = await startBotWithoutCallers(await sandbox.ask<string>('start', delaysMs));
    try {
      const waiting = [...calls.entries()];
      const greetings: Greeting[] = [];
      const oneByOne = async (place: number): Promise<void> => {
        await span(place * APART_MS);
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const [i, { words }] = next;
          greetings[i] = await greetOne(`greeting-${i}`, words, deps);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, (_, place) => oneByOne(place)));
      return (Object.keys(RANGES) as RangeName[]).map((name) => {
        const own = calls.flatMap(({ range, ms }, i) => {
          const greeting = greetings[i];
          return range === name && greeting !== undefined ? [{ ...greeting, ms }] : [];
        });
        const addedMs = own.flatMap(({ greetedMs, ms }) => (greetedMs === undefined ? [] : [greetedMs - ms]));
        const { p50, p95, max, count: greeted } = quantiles(addedMs);
        const silentMax = Math.max(...own.map(({ silentMs }) => silentMs));
        return { model: `${name}, ${RANGES[name].join('–')}`, calls: own.length, greeted, p50, p95, max, silentMax };
      });
    } finally {
      await stop();
    }
  } finally {
    await sandbox.stop();
  }
}

const promptFor = (words: string): string => `Say exactly: "${words}"`;

/** Starts one call and ends it when it has been greeted. */
async function greetOne(id: string, words: string, deps: CallDeps): Promise<Greeting> {
  const caller = new GreetedCaller(words, deps.ticker);
  const agent = { ...(await deps.agents.prepare()), greetingPrompt: promptFor(words) };
  const call = new Call(id, caller, deps, agent);
  const abandon = new AbortController();
  const startedMs = performance.now();
  void call.start();
  try {
    const tooLong = pause(GREETED_WITHIN_MS, undefined, { signal: abandon.signal }).catch(() => undefined);
    const greetedAtMs = await Promise.race([caller.greeted, tooLong]);
    return {
      greetedMs: greetedAtMs === undefined ? undefined : greetedAtMs - startedMs,
      silentMs: (caller.firstSoundAtMs ?? Infinity) - startedMs,
    };
  } finally {
    abandon.abort();
    await call.close('operator');
  }
}

/** @returns what calls need, as the composition root makes it */
async function startBotWithoutCallers(sandboxUrl: string): Promise<{ deps: CallDeps; stop: () => Promise<void> }> {
  const { accessKeyId, secretAccessKey } = FAKE_CREDENTIALS;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
  const config = readConfig({
    HOST: '127.0.0.1',
    AWS_REGION: 'eu-north-1',
    BEDROCK_ENDPOINT_URL: sandboxUrl,
    MAX_CALLS: '100',
    LOG_LEVEL: 'silent',
  });
  let deps: CallDeps | undefined;
  const telemetry = createTelemetry({ logger: createLogger({ level: 'silent', version: 'bench' }) });
  const bot = await openBot(config, telemetry, {
    openCallService: (_config, made) => {
      deps = made;
      return Promise.resolve(callsInRooms(made, noRooms('the bench places its calls itself')));
    },
  });
  if (deps === undefined) throw new Error('the bot has no calls');
  return { deps, stop: () => bot.stop(0) };
}
