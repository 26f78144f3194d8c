import type { ErrorCode } from '../../bot/errors';
import { START_KEY } from '../../contract/secrets';
import { OpsError } from '../cli/ops-error';
import { whyUnreachable } from '../http/reach';

/*
 * A call that fails says something of the bot only where whoever placed it did his own part. What he lacks (a key, a
 * network, a library, time) is told apart here: nothing is taken back for it. docs/releases.md has the list.
 */

/** @param fix what to do before the same is tried again */
export const inconclusive = (text: string, fix: string, cause?: unknown): OpsError =>
  new OpsError('call_inconclusive', text, fix, cause);

const AGAIN = 'Run the same command again in a minute.';

/** Refusals that a bot in good health gives, and what the caller can do. */
const REFUSALS: ReadonlyMap<string | undefined, string> = new Map<ErrorCode, string>([
  [
    'unauthorized',
    `Set ${START_KEY} to the environment's start key and run the same command again; npm run ops -- secrets list names the secret.`,
  ],
  ['origin_refused', 'Call it by the name that it is known by: look at SERVICE_URL.'],
  ['rate_limited', AGAIN],
  ['too_many_unanswered', AGAIN],
  ['caller_limit_reached', 'Call from another address, or raise limits.callsPerCallerPerDay.'],
  ['day_quota_reached', 'Run the same command again after midnight UTC, or raise limits.'],
  ['at_capacity', AGAIN],
  ['draining', AGAIN],
]);
/** What a firewall or a proxy on the way answers in the bot's place. */
const STATUSES_ON_THE_WAY: ReadonlySet<number> = new Set([401, 403, 429, 511]);

export interface Refusal {
  readonly status: number | undefined;
  /** As the bot's problem+json has it; undefined where something else has answered. */
  readonly code: string | undefined;
  readonly text: string;
}

/** What a call that was refused says: something of the bot, or of who called. */
export function refused({ status, code, text }: Refusal): OpsError {
  const fix = REFUSALS.get(code);
  if (fix !== undefined) return inconclusive(`the call was refused: ${text}`, fix);
  if (code === undefined && status !== undefined && STATUSES_ON_THE_WAY.has(status)) {
    return inconclusive(
      `something on the way to the bot answered ${status}: ${text}`,
      'Look at proxies, and at the rules of the firewall (loadBalancer.waf), or call from elsewhere.',
    );
  }
  return new OpsError('bot_failed', `the call was refused: ${text}`);
}

/** Node's and OpenSSL's names for a connection that was made, and not trusted. */
const NOT_TRUSTED = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO)/;
const WRONG_TIME: ReadonlySet<string> = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']);

/**
 * What it says that a request got no answer: where this machine can connect, the bot is silent; else it is this machine.
 * @param reason the error's code, or words
 * @param fix where it is the bot
 */
export async function silent(url: string, reason: string, fix: string): Promise<OpsError> {
  if (WRONG_TIME.has(reason)) {
    return inconclusive(
      `the certificate of ${url} is not valid at ${new Date().toISOString()}, by this machine's clock: ${reason}`,
      'Compare the clock (date -u), then the certificate.',
    );
  }
  if (NOT_TRUSTED.test(reason)) {
    return inconclusive(
      `this machine does not trust ${url}: ${reason}`,
      'Look for a proxy that opens TLS (NODE_EXTRA_CA_CERTS names its certificate), and at the name in SERVICE_URL.',
    );
  }
  const why = await whyUnreachable(url);
  if (why === undefined) return new OpsError('bot_failed', `${url} does not answer: ${reason}`, fix);
  return inconclusive(
    `this machine does not reach ${url}: ${why}`,
    'Look at its network, its DNS and its proxies, and at SERVICE_URL; or call from elsewhere.',
  );
}

/** For which any wait of a call is too short, if the machine stands still within it. */
const STOOD_STILL_MS = 5_000;
const LOOK_EVERY_MS = 100;

/**
 * Makes a call; that it failed says nothing where this process stood still meanwhile.
 * @throws what `call` threw, or OpsError `call_inconclusive` for it
 */
export async function onSteadyMachine<T>(call: () => Promise<T>, limitMs = STOOD_STILL_MS): Promise<T> {
  let [lastMs, longestMs] = [performance.now(), 0];
  const look = (): void => {
    const nowMs = performance.now();
    [lastMs, longestMs] = [nowMs, Math.max(longestMs, nowMs - lastMs)];
  };
  const looking = setInterval(look, LOOK_EVERY_MS);
  try {
    return await call();
  } catch (error) {
    look();
    if (!(error instanceof OpsError) || error.code !== 'bot_failed' || longestMs < limitMs) throw error;
    const text = `${error.message}; but this machine stood still for ${Math.round(longestMs)} ms meanwhile`;
    throw inconclusive(text, AGAIN, error);
  } finally {
    clearInterval(looking);
  }
}
