import { setMaxListeners } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { randomUUID } from 'node:crypto';
import { RuleBroken } from '../errors';
import { signatureHeaders } from '../signatures';
import type { Clock } from '../time';
import type { Action } from '../twiml/verbs';
import type { SignatureForm } from '../types';
import type { Landing } from './landing';

/** What came back from a webhook. */
export interface WebhookAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
  readonly ms: number;
}

/** How a webhook is asked. */
export interface WebhookRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly form: SignatureForm;
  /** Laid over Twilio's own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides */
interface ConnectionOverrides {
  readonly connectMs: number;
  readonly totalMs: number;
  readonly retries: number;
}

const MAX_BYTES = 8 * 1024 * 1024;

/** Asks URLs of a customer as Twilio does: signed, in bounded time, once more where no connection came about. */
export class Webhooks {
  readonly #tokens: () => readonly [string, ...string[]];
  readonly #landing: Landing;
  readonly #clock: Clock;
  readonly #closing = new AbortController();

  constructor(options: { tokens: () => readonly [string, ...string[]]; landing: Landing; clock: Clock }) {
    this.#tokens = options.tokens;
    this.#landing = options.landing;
    this.#clock = options.clock;
    // As many requests as there are calls.
    setMaxListeners(0, this.#closing.signal);
  }

  /** For requests that only the end of all things ends. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Idempotent. */
  close(): void {
    this.#closing.abort();
  }

  /** @throws RuleBroken 11200 or 11205 when there is no answer to go by; any status is one */
  async ask(action: Action, asked: WebhookRequest): Promise<WebhookAnswer> {
    const [address = '', fragment = ''] = action.url.split('#');
    const overrides = overridesOf(fragment);
    const startedMs = this.#clock.nowMs();
    const query = new URLSearchParams(asked.parameters).toString();
    const url =
      action.method === 'GET' && query !== '' ? `${address}${address.includes('?') ? '&' : '?'}${query}` : address;
    const late = new AbortController();
    const stop = (): void => late.abort();
    const cancel = this.#clock.after(overrides.totalMs, stop);
    asked.signal.addEventListener('abort', stop);
    try {
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await this.#once(new URL(url), action.method, asked, overrides, late.signal, startedMs);
        } catch (error) {
          if (late.signal.aborted) throw new RuleBroken(11205, `no answer within ${overrides.totalMs} ms`);
          if (error instanceof RuleBroken) throw error;
          if (attempt >= overrides.retries) throw new RuleBroken(11205, `no connection in ${attempt + 1} tries`);
        }
      }
    } finally {
      cancel();
      asked.signal.removeEventListener('abort', stop);
    }
  }

  /** For callbacks of which nobody waits for the answer: its status, 0 where there is none. */
  async tell(action: Action, asked: WebhookRequest): Promise<number> {
    try {
      return (await this.ask(action, asked)).status;
    } catch {
      return 0;
    }
  }

  #once(
    url: URL,
    method: Action['method'],
    { parameters, form, headers }: WebhookRequest,
    { connectMs }: ConnectionOverrides,
    signal: AbortSignal,
    startedMs: number,
  ): Promise<WebhookAnswer> {
    const origin = this.#landing.of(url, 'http');
    if (origin === undefined) throw new RuleBroken(11200, 'nobody is at this address');
    const signed = method === 'POST' ? parameters : {};
    const body = method === 'POST' ? new URLSearchParams(parameters).toString() : undefined;
    return new Promise((resolve, reject) => {
      const sent = request(
        `${origin}${url.pathname}${url.search}`,
        {
          method,
          agent: false,
          signal,
          headers: {
            Host: url.host,
            'User-Agent': 'TwilioProxy/1.1',
            Accept: '*/*',
            'I-Twilio-Idempotency-Token': randomUUID(),
            'X-Forwarded-Proto': url.protocol.slice(0, -1),
            'X-Forwarded-For': '203.0.113.7',
            ...(body === undefined
              ? {}
              : {
                  'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
                  'Content-Length': String(Buffer.byteLength(body)),
                }),
            ...signatureHeaders(this.#tokens(), url.href, signed, form),
            ...headers,
          },
        },
        (response) => {
          read(response).then(
            (bytes) =>
              resolve({
                status: response.statusCode ?? 0,
                type: (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
                body: bytes,
                ms: this.#clock.nowMs() - startedMs,
              }),
            reject,
          );
        },
      );
      const cancel = this.#clock.after(connectMs, () => {
        if (sent.socket?.connecting !== false) sent.destroy(new Error('no connection in time'));
      });
      sent.once('close', cancel);
      sent.once('error', reject);
      sent.end(body);
    });
  }
}

async function read(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BYTES) throw new RuleBroken(11200, `the answer has over ${MAX_BYTES} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** `#ct=2000&tt=10000&rc=2` behind a URL. */
function overridesOf(fragment: string): ConnectionOverrides {
  const given = new URLSearchParams(fragment);
  const number = (name: string, otherwise: number, to: number): number => {
    const value = given.get(name);
    return value === null ? otherwise : Math.min(to, Math.max(0, Number(value)));
  };
  return { connectMs: number('ct', 5_000, 10_000), totalMs: number('tt', 15_000, 15_000), retries: number('rc', 1, 5) };
}
