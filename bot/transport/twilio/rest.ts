import { z } from 'zod';
import { BotError } from '../../errors';
import type { Clock } from '../../time';

const API = '/2010-04-01/Accounts';
/** Twilio's number for what does not exist, as a call that has ended. Source: https://www.twilio.com/docs/api/errors/20404 */
const NOT_FOUND = 20_404;
const TRIES = 2;
/** All tries of a request. */
const WITHIN_MS = 3_000;

export interface TwilioRestOptions {
  readonly url: string;
  readonly accountSid: string;
  readonly user: string;
  readonly password: string;
  readonly clock: Clock;
}

interface RestRequest {
  readonly method: 'GET' | 'POST';
  /** Below the account, with its query. */
  readonly path: string;
  readonly form?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** One that makes something is not sent again when its answer was lost: it may have been obeyed. */
  readonly tries?: number;
  readonly withinMs?: number;
}

type Attempt =
  | { readonly kind: 'answered'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly status: number; readonly code: number }
  | { readonly kind: 'unreachable'; readonly cause: unknown };

const call = z.object({ sid: z.string(), status: z.string() });
const failed = z.object({ code: z.number() });
const conferences = z.object({ conferences: z.array(z.object({ sid: z.string() })) });
const participants = z.object({ participants: z.array(z.object({ call_sid: z.string() })) });

export interface DialRequest {
  readonly to: string;
  readonly from: string;
  /** The document itself; 4,000 characters at most. */
  readonly twiml?: string;
  /** Where it is asked for. */
  readonly url?: string;
  readonly ringSeconds: number;
  readonly statusUrl?: string;
  /** Told, without the callee waiting for it, who answered. */
  readonly machineUrl?: string;
  /** Waits for the end of a machine's greeting before it tells. */
  readonly untilMessage?: boolean;
  readonly maxSeconds?: number;
}

/** What is needed of Twilio's REST API. Source: https://www.twilio.com/docs/voice/api/call-resource */
export class TwilioRest {
  readonly #options: TwilioRestOptions;
  readonly #authorization: string;

  constructor(options: TwilioRestOptions) {
    this.#options = options;
    const { user, password } = options;
    this.#authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }

  /** Ends a call; one that has ended is what was wanted. @throws BotError `carrier_refused`, `carrier_unavailable` */
  async hangUp(callSid: string): Promise<void> {
    await this.#update(callSid, { Status: 'completed' });
  }

  /** Gives a call another document. @returns whether the call is still there @throws BotError as `hangUp` does */
  redirect(callSid: string, twiml: string): Promise<boolean> {
    return this.#update(callSid, { Twiml: twiml });
  }

  /** @returns the new call's name and state @throws BotError as `hangUp` does */
  async dial(request: DialRequest): Promise<{ readonly callSid: string; readonly status: string }> {
    const { to, from, twiml, url, ringSeconds, statusUrl, machineUrl, untilMessage, maxSeconds } = request;
    const body = await this.#request({
      method: 'POST',
      path: '/Calls.json',
      tries: 1,
      withinMs: 8_000,
      form: {
        To: to,
        From: from,
        Twiml: twiml,
        Url: url,
        Method: url === undefined ? undefined : 'POST',
        Timeout: String(ringSeconds),
        TimeLimit: maxSeconds === undefined ? undefined : String(maxSeconds),
        StatusCallback: statusUrl,
        StatusCallbackMethod: statusUrl === undefined ? undefined : 'POST',
        StatusCallbackEvent: statusUrl === undefined ? undefined : ['initiated', 'ringing', 'answered', 'completed'],
        MachineDetection: machineUrl === undefined ? undefined : untilMessage === true ? 'DetectMessageEnd' : 'Enable',
        AsyncAmd: machineUrl === undefined ? undefined : 'true',
        AsyncAmdStatusCallback: machineUrl,
        AsyncAmdStatusCallbackMethod: machineUrl === undefined ? undefined : 'POST',
      },
    });
    const { sid, status } = readAs(call, body);
    return { callSid: sid, status };
  }

  /** Such as `ringing`, `in-progress`, `busy`. @throws BotError as `hangUp` does */
  async statusOf(callSid: string): Promise<string> {
    return readAs(call, await this.#request({ method: 'GET', path: `/Calls/${callSid}.json` })).status;
  }

  /** Whether a call is in a conference by now. @throws BotError as `hangUp` does */
  async isInConference(name: string, callSid: string): Promise<boolean> {
    const query = new URLSearchParams({ FriendlyName: name });
    const found = readAs(conferences, await this.#request({ method: 'GET', path: `/Conferences.json?${query}` }));
    const [conference] = found.conferences;
    if (conference === undefined) return false;
    const path = `/Conferences/${conference.sid}/Participants.json`;
    const there = readAs(participants, await this.#request({ method: 'GET', path }));
    return there.participants.some((one) => one.call_sid === callSid);
  }

  /** @returns false for a call that has ended */
  async #update(callSid: string, form: NonNullable<RestRequest['form']>): Promise<boolean> {
    try {
      await this.#request({ method: 'POST', path: `/Calls/${callSid}.json`, form });
      return true;
    } catch (error) {
      if (error instanceof CallIsGone) return false;
      throw error;
    }
  }

  async #request(request: RestRequest): Promise<unknown> {
    const { clock } = this.#options;
    const { tries = TRIES, withinMs = WITHIN_MS } = request;
    const deadlineMs = clock.nowMs() + withinMs;
    let attempt: Attempt = { kind: 'unreachable', cause: undefined };
    for (let count = 1; count <= tries && clock.nowMs() < deadlineMs; count += 1) {
      // Half of the time, so that there is a second try where the first one hangs.
      attempt = await this.#attempt(request, (deadlineMs - clock.nowMs()) / (tries - count + 1));
      if (attempt.kind === 'answered') return attempt.body;
      if (attempt.kind === 'refused' && attempt.status < 500 && attempt.status !== 429) break;
    }
    throw failureOf(attempt);
  }

  async #attempt({ method, path, form }: RestRequest, limitMs: number): Promise<Attempt> {
    const { url, accountSid, clock } = this.#options;
    const late = new AbortController();
    const timer = clock.after(limitMs, () => late.abort());
    try {
      const response = await fetch(`${url}${API}/${accountSid}${path}`, {
        method,
        headers: { Authorization: this.#authorization },
        ...(form === undefined ? {} : { body: encoded(form) }),
        signal: late.signal,
        redirect: 'error', // the key is for this host
      });
      const body: unknown = await response.json().catch(() => undefined);
      if (response.ok) return { kind: 'answered', body };
      return { kind: 'refused', status: response.status, code: failed.safeParse(body).data?.code ?? 0 };
    } catch (error) {
      return { kind: 'unreachable', cause: error };
    } finally {
      timer.cancel();
    }
  }
}

/** What was asked of a call that has ended. */
class CallIsGone extends BotError {}

function failureOf(attempt: Exclude<Attempt, { kind: 'answered' }>): BotError {
  if (attempt.kind === 'unreachable') {
    return new BotError('carrier_unavailable', "Twilio's API cannot be reached.", { cause: attempt.cause });
  }
  const { status, code } = attempt;
  if (code === NOT_FOUND) return new CallIsGone('carrier_refused', 'Twilio knows no such call.');
  const detail = `Twilio refused (${status}, error ${code}: see https://www.twilio.com/docs/api/errors/${code}).`;
  return new BotError(status >= 500 || status === 429 ? 'carrier_unavailable' : 'carrier_refused', detail);
}

function readAs<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new BotError('carrier_unavailable', "Twilio's answer is not as documented.");
}

function encoded(form: NonNullable<RestRequest['form']>): URLSearchParams {
  const fields = Object.entries(form).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => [name, one]),
  );
  return new URLSearchParams(fields);
}
