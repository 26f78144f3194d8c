import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { callOverWebRtc } from '../calls/webrtc-call';
import { type ReleaseContext, ReleaseError } from './context';
import { callThroughDaily } from '../calls/daily-call';

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

const healthSchema = z.looseObject({ status: z.string(), version: z.string(), transport: z.enum(['daily', 'webrtc']) });

/**
 * Is the release really there, and does it really talk: `/health` with the release's version, `/ready`, and a call in
 * which the bot is heard.
 * @throws ReleaseError, OpsError
 */
export async function smoke(context: ReleaseContext, options: SmokeOptions): Promise<void> {
  const { say, signal } = context;
  const transport = await untilItAnswers(context, options);
  say(`/health answers with version ${options.version}`);
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
  if (transport === 'webrtc') {
    const { caller, greetingMs, answerMs } = await callOverWebRtc(options.url, options.startKey, signal);
    caller.hangUp();
    say(`a call was greeted after ${Math.round(greetingMs)} ms and answered after ${Math.round(answerMs)} ms`);
    return;
  }
  const heardMs = await callThroughDaily({
    url: options.url,
    startKey: options.startKey,
    bundleUrl: context.env['DAILY_BUNDLE_URL'],
  });
  say(`a call through Daily heard the bot after ${Math.round(heardMs)} ms`);
}

async function untilItAnswers(context: ReleaseContext, options: SmokeOptions): Promise<'daily' | 'webrtc'> {
  const { url, version, withinMs = WITHIN_MS } = options;
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const found = await askHealth(url, context.signal);
    if (typeof found !== 'string' && found.version === version && found.status === 'ok') return found.transport;
    const problem = typeof found === 'string' ? found : `says ${found.status}, version ${found.version}`;
    if (performance.now() > untilMs || context.signal.aborted) {
      throw new ReleaseError(
        `${url}/health ${problem}; wanted: ok, version ${version}`,
        'npm run ops -- monitor --once',
      );
    }
    await sleep(Math.min(ASK_EVERY_MS, withinMs), undefined, { signal: context.signal }).catch(() => undefined);
  }
}

async function askHealth(url: string, signal: AbortSignal): Promise<z.infer<typeof healthSchema> | string> {
  try {
    const response = await fetch(`${url}/health`, { signal: limit(signal) });
    return healthSchema.safeParse(await response.json()).data ?? `answers ${response.status}, not as the bot does`;
  } catch (error) {
    return `does not answer (${error instanceof Error ? error.name : 'failed'})`;
  }
}

const limit = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
