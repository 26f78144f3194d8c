import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { HEALTH_PATH } from '../../contract/http';
import { TRANSPORT_NAMES, type TransportName } from '../../contract/transports';
import { placeCall } from '../rehearse/call';
import { type ReleaseContext, ReleaseError } from './context';
import { callThroughDaily } from './daily-call';

export interface SmokeOptions {
  readonly url: string;
  /** What `/health` must say: a healthy answer of the release before proves nothing. */
  readonly version: string;
  readonly startKey: string | undefined;
  /** For the load balancer to have the new tasks, in ms. */
  readonly withinMs?: number;
}

const WITHIN_MS = 120_000;
const ASK_EVERY_MS = 500;
const ANSWER_WITHIN_MS = 5_000;

const healthSchema = z.looseObject({ status: z.string(), version: z.string(), transport: z.enum(TRANSPORT_NAMES) });

/** A call over each transport that a call can be placed through from here; resolves with what was heard. */
const CALLS: Partial<Record<TransportName, (context: ReleaseContext, options: SmokeOptions) => Promise<string>>> = {
  webrtc: async ({ signal }, { url, startKey }) => {
    const { caller, greetingMs, answerMs } = await placeCall(url, startKey, signal);
    caller.hangUp();
    return `a call was greeted after ${Math.round(greetingMs)} ms and answered after ${Math.round(answerMs)} ms`;
  },
  daily: async ({ env }, { url, startKey }) => {
    const heardMs = await callThroughDaily({ url, startKey, bundleUrl: env['DAILY_BUNDLE_URL'] });
    return `a call through Daily heard the bot after ${Math.round(heardMs)} ms`;
  },
};

/**
 * Is the release really there, and does it really talk: `/health` with the release's version, `/ready`, and a call in
 * which the bot is heard.
 * @throws ReleaseError, OpsError
 */
export async function smoke(context: ReleaseContext, options: SmokeOptions): Promise<void> {
  const { say, signal } = context;
  const transport = await untilItAnswers(context, options);
  say(`${HEALTH_PATH} answers with version ${options.version}`);
  const ready = await fetch(`${options.url}/ready`, { signal: limit(signal) });
  // A full house is busy, not broken: no call can be placed, and none needs to.
  if (!ready.ok) {
    const { reason } = (await ready.json()) as { reason?: string };
    if (reason === 'full') {
      say('every place is taken by callers: no call is placed');
      return;
    }
    throw new ReleaseError(`/ready says ${reason ?? String(ready.status)}`, 'npm run ops -- monitor --once');
  }
  const heard = await CALLS[transport]?.(context, options);
  say(heard ?? `no call is placed: there is none to be placed through ${transport} from here`);
}

async function untilItAnswers(context: ReleaseContext, options: SmokeOptions): Promise<TransportName> {
  const { url, version, withinMs = WITHIN_MS } = options;
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const found = await askHealth(url, context.signal);
    if (typeof found !== 'string' && found.version === version && found.status === 'ok') return found.transport;
    const problem = typeof found === 'string' ? found : `says ${found.status}, version ${found.version}`;
    if (performance.now() > untilMs || context.signal.aborted) {
      throw new ReleaseError(
        `${url}${HEALTH_PATH} ${problem}; wanted: ok, version ${version}`,
        'npm run ops -- monitor --once',
      );
    }
    await sleep(Math.min(ASK_EVERY_MS, withinMs), undefined, { signal: context.signal }).catch(() => undefined);
  }
}

async function askHealth(url: string, signal: AbortSignal): Promise<z.infer<typeof healthSchema> | string> {
  try {
    const response = await fetch(`${url}${HEALTH_PATH}`, { signal: limit(signal) });
    return healthSchema.safeParse(await response.json()).data ?? `answers ${response.status}, not as the bot does`;
  } catch (error) {
    return `does not answer (${error instanceof Error ? error.name : 'failed'})`;
  }
}

const limit = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
