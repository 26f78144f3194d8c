import { z } from 'zod';
import { OpsError } from '../cli/ops-error';
import { errorName, refusalOf } from '../daily/check-key';
import { ask } from '../http/ask';

const ANSWER_WITHIN_MS = 10_000;
const CONFIGS = '/domain-dialin-config';

const dialInSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  config: z.looseObject({
    phone_number: z.string().optional(),
    room_creation_api: z.string().optional(),
    hmac: z.string().optional(),
  }),
});
const listSchema = z.looseObject({ data: z.array(dialInSchema) });

/** What Daily does with calls to a number of the domain. */
export type DialIn = z.infer<typeof dialInSchema>;
type DialInSettings = Readonly<Record<string, unknown>>;

export interface DailyAccess {
  /** Such as `https://api.daily.co/v1`. */
  readonly apiUrl: string;
  readonly apiKey: string;
}

/** Dial-in of a Daily domain. Source: docs.daily.co/reference/rest-api/dial-in. All of it throws OpsError, and Interrupted. */
export class DailyDialIns {
  readonly #access: DailyAccess;
  readonly #signal: AbortSignal;

  constructor(access: DailyAccess, signal: AbortSignal) {
    this.#access = access;
    this.#signal = signal;
  }

  async list(): Promise<readonly DialIn[]> {
    return (await this.#request('GET', `${CONFIGS}?limit=100`, listSchema)).data;
  }

  create(settings: DialInSettings): Promise<DialIn> {
    return this.#request('POST', CONFIGS, dialInSchema, settings);
  }

  update(id: string, settings: DialInSettings): Promise<DialIn> {
    return this.#request('PUT', `${CONFIGS}/${encodeURIComponent(id)}`, dialInSchema, settings);
  }

  async #request<T>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    schema: z.ZodType<T>,
    body?: DialInSettings,
  ): Promise<T> {
    const { apiUrl, apiKey } = this.#access;
    const host = new URL(apiUrl).host;
    const answer = await ask(apiUrl.replace(/\/+$/, '') + path, {
      signal: this.#signal,
      method,
      headers: { Authorization: `Bearer ${apiKey}`, Accept: 'application/json' },
      withinMs: ANSWER_WITHIN_MS,
      ...(body === undefined ? {} : { body }),
    });
    if (typeof answer === 'string') {
      throw new OpsError('no_network', `Daily (${host}) cannot be reached`, 'Check the network and DNS.', answer);
    }
    if (answer.status !== 200) throw new OpsError(...refusalOf(host, answer.status, errorName(answer)));
    const read = schema.safeParse(answer.body);
    if (read.success) return read.data;
    throw new OpsError('unexpected', `${host} answers, but not as Daily does`, 'Check DAILY_API_URL.');
  }
}
