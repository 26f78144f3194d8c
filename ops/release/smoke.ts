import { z } from 'zod';
import { HEALTH_PATH, NEXT_RELEASE_HEADER } from '../../contract/http';
import { START_KEY } from '../../contract/secrets';
import { TRANSPORT_NAMES, type TransportName } from '../../contract/transports';
import { callThroughDaily } from '../calls/daily-call';
import { inconclusive, onSteadyMachine, silent } from '../calls/inconclusive';
import { callOverWebRtc } from '../calls/webrtc-call';
import type { CliIo, Context } from '../cli/context';
import type { Settings } from '../../stacks/settings';
import { OpsError } from '../cli/ops-error';
import { ask, type HttpAnswer } from '../http/ask';
import { pause } from '../service/wait';

export interface SmokeOptions {
  readonly url: string;
  /** What `/health` must say: a healthy answer of the release before proves nothing. Undefined: any. */
  readonly version: string | RegExp | undefined;
  /** How long the load balancer may take to have the new tasks. */
  readonly withinMs?: number;
}

/** What a smoke test needs of a command. */
export interface SmokeContext extends Pick<Context, 'io' | 'progress'> {
  readonly settings: Pick<Settings, 'environment'> & {
    readonly loadBalancer: Pick<Settings['loadBalancer'], 'internal' | 'allowedCidrs'>;
  };
}

/** Everything is asked of the release on its way; without one the load balancer takes no notice. */
const NEXT_RELEASE = { [NEXT_RELEASE_HEADER.name]: NEXT_RELEASE_HEADER.value };
/** For the load balancer to have the new tasks. */
const WITHIN_MS = 120_000;
const ASK_EVERY_MS = 500;
const NOT_CALLED = 'The release is applied; it has not been called.';
const look = ({ environment }: Pick<Settings, 'environment'>): string =>
  `npm run ops -- monitor --once --environment ${environment}`;
const fromInside = ({ environment }: Pick<Settings, 'environment'>): string =>
  `npm run ops -- release smoke --here --environment ${environment}, from a machine inside it, calls it`;

const healthSchema = z.looseObject({ status: z.string(), version: z.string(), transport: z.enum(TRANSPORT_NAMES) });
const readySchema = z.looseObject({ reason: z.string() });

/** A call over each transport that a call can be placed through from here; resolves with what was heard. */
const CALLS: Partial<Record<TransportName, (url: string, io: CliIo) => Promise<string>>> = {
  webrtc: async (url, { env, signal }) => {
    const apiKey = env[START_KEY] || undefined;
    const call = await callOverWebRtc({
      baseUrl: url,
      headers: NEXT_RELEASE,
      apiKey,
      signal,
      done: 'The call was hung up.',
    });
    call.caller.hangUp();
    const [greetingMs, answerMs] = [Math.round(call.greetingMs), Math.round(call.answerMs)];
    return `a call was greeted after ${greetingMs} ms and answered after ${answerMs} ms`;
  },
  daily: async (url, { env }) => {
    const startKey = env[START_KEY] || undefined;
    const heardMs = await callThroughDaily({
      url,
      headers: NEXT_RELEASE,
      startKey,
      bundleUrl: env['DAILY_BUNDLE_URL'],
    });
    return `a call through Daily heard the bot after ${Math.round(heardMs)} ms`;
  },
};

/**
 * Is the release really there, and does it really talk: `/health` with the release's version, `/ready`, and a call in
 * which the bot is heard. The start key opens the call.
 * @returns what came of the call
 * @throws OpsError `bot_failed`; `call_inconclusive` where nothing is proved against the bot; Interrupted
 */
export async function smokeTest(context: SmokeContext, options: SmokeOptions): Promise<Smoked> {
  const { url } = options;
  const found = await untilOneStays(context, options);
  if (found === undefined) {
    return notCalled(`not called: only its own network reaches ${url}; ${fromInside(context.settings)}`);
  }
  const { transport, ready } = found;
  if (typeof ready === 'string') throw await silent(`${url}/ready`, ready, look(context.settings));
  if (ready.status !== 200) {
    const reason = reasonOf(ready);
    // What callers keep busy is not broken: no call can be placed, and none needs to.
    if (reason === 'full') return notCalled('every place is taken by callers: no call is placed');
    if (reason === 'busy') return notCalled('one more call is too many for it now: no call is placed');
    if (reason === undefined && ready.status < 500)
      throw anothers(`${url}/ready answers ${ready.status}, not as the bot does`);
    throw new OpsError('bot_failed', `/ready says ${reason ?? ready.status}`, look(context.settings));
  }
  const heard = await onSteadyMachine(async () => CALLS[transport]?.(url, context.io));
  return heard === undefined
    ? notCalled(`no call is placed: there is none to be placed through ${transport} from here`)
    : { isCalled: true, text: heard };
}

/** What came of a smoke call that is no failure. */
export interface Smoked {
  readonly isCalled: boolean;
  readonly text: string;
}

const notCalled = (text: string): Smoked => ({ isCalled: false, text });

/** A load balancer that this machine need not be able to reach. */
const isClosed = ({ loadBalancer }: SmokeContext['settings']): boolean =>
  loadBalancer.internal || !loadBalancer.allowedCidrs.includes('0.0.0.0/0');

/** What a task says that leaves: one of before, by the same name where a release changes settings alone. */
const LEAVING: ReadonlySet<string | undefined> = new Set(['draining', 'outdated']);

const reasonOf = ({ body }: HttpAnswer): string | undefined => readySchema.safeParse(body).data?.reason;

/** What answers `/health` as it must, and `/ready` not as one that leaves; as `untilItAnswers` where nothing answers. */
async function untilOneStays(
  context: SmokeContext,
  { url, version, withinMs = WITHIN_MS }: SmokeOptions,
): Promise<{ readonly transport: TransportName; readonly ready: HttpAnswer | string } | undefined> {
  const { signal } = context.io;
  const untilMs = performance.now() + withinMs;
  let told: string | undefined;
  for (;;) {
    const health = await untilItAnswers(context, url, version, untilMs);
    if (health === undefined) return undefined;
    if (told !== health.version) context.progress(`${HEALTH_PATH} answers with version ${health.version}`);
    told = health.version;
    const ready = await ask(`${url}/ready`, { signal, headers: NEXT_RELEASE, followsRedirects: true });
    const isLeaving = typeof ready !== 'string' && ready.status !== 200 && LEAVING.has(reasonOf(ready));
    if (!isLeaving || performance.now() > untilMs) return { transport: health.transport, ready };
    await pause(ASK_EVERY_MS, signal, NOT_CALLED);
  }
}

/** What `/health` says; undefined where nothing answers at all and the settings let nobody in from everywhere. */
async function untilItAnswers(
  context: SmokeContext,
  url: string,
  version: SmokeOptions['version'],
  untilMs: number,
): Promise<z.infer<typeof healthSchema> | undefined> {
  const { io, settings } = context;
  const wanted = version instanceof RegExp ? version.source : (version ?? 'of any kind');
  for (;;) {
    const answer = await ask(`${url}${HEALTH_PATH}`, {
      signal: io.signal,
      headers: NEXT_RELEASE,
      followsRedirects: true,
    });
    const found = typeof answer === 'string' ? undefined : healthSchema.safeParse(answer.body).data;
    if (found?.status === 'ok' && isVersion(found.version, version)) return found;
    if (performance.now() > untilMs) {
      if (typeof answer === 'string' && isClosed(settings)) return undefined;
      throw await unhealthy(context, url, answer, wanted);
    }
    await pause(ASK_EVERY_MS, io.signal, NOT_CALLED);
  }
}

const isVersion = (found: string, wanted: SmokeOptions['version']): boolean =>
  wanted === undefined || (wanted instanceof RegExp ? wanted.test(found) : wanted === found);

/** What a last answer of `/health` proves that is not the one that is waited for. */
async function unhealthy(
  { io, settings }: SmokeContext,
  url: string,
  answer: HttpAnswer | string,
  wanted: string,
): Promise<OpsError> {
  const health = `${url}${HEALTH_PATH}`;
  if (typeof answer === 'string') return silent(health, answer, look(settings));
  const found = healthSchema.safeParse(answer.body).data;
  const said =
    found === undefined
      ? `answers ${answer.status}, not as the bot does`
      : `says ${found.status}, version ${found.version}`;
  const text = `${health} ${said}; wanted: ok, version ${wanted}`;
  // The load balancer answers 5xx where no task does.
  const isAnothers =
    found === undefined ? answer.status < 500 : found.status === 'ok' && Boolean(io.env['SERVICE_URL']);
  return isAnothers ? anothers(text) : new OpsError('bot_failed', text, look(settings));
}

const anothers = (text: string): OpsError =>
  inconclusive(text, 'Something else answers there: look at SERVICE_URL, at proxies and firewalls on the way.');
