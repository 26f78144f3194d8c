import { z } from 'zod';
import { OpsError, type OpsErrorCode } from '../cli/ops-error';
import { ask } from '../http/ask';

const ANSWER_WITHIN_MS = 10_000;

/** How Twilio's REST API is asked: by an API key, which belongs to a region, or by the account's auth token. */
export interface TwilioAccess {
  /** An origin. */
  readonly url: string;
  readonly accountSid: string;
  readonly user: string;
  readonly password: string;
}

const accountSchema = z.looseObject({ status: z.string(), type: z.string().default('Full') });

const textOrNone = z
  .string()
  .nullish()
  .transform((text) => text ?? '');
const numberSchema = z
  .looseObject({
    sid: z.string().regex(/^PN[0-9a-f]{32}$/),
    phone_number: z.string(),
    voice_url: textOrNone,
    voice_method: textOrNone,
    voice_fallback_url: textOrNone,
    voice_fallback_method: textOrNone,
    status_callback: textOrNone,
    status_callback_method: textOrNone,
    voice_application_sid: textOrNone,
    trunk_sid: textOrNone,
  })
  .transform((number) => ({
    sid: number.sid,
    phoneNumber: number.phone_number,
    settings: {
      VoiceUrl: number.voice_url,
      VoiceMethod: number.voice_method,
      VoiceFallbackUrl: number.voice_fallback_url,
      VoiceFallbackMethod: number.voice_fallback_method,
      StatusCallback: number.status_callback,
      StatusCallbackMethod: number.status_callback_method,
      // With either of these Twilio does not look at VoiceUrl.
      VoiceApplicationSid: number.voice_application_sid,
      TrunkSid: number.trunk_sid,
    },
  }));
const numbersSchema = z.looseObject({ incoming_phone_numbers: z.array(numberSchema) });
const errorSchema = z.looseObject({ code: z.number() });

/** A number of the account. Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource */
export type NumberAtTwilio = z.output<typeof numberSchema>;
/** What becomes of its calls, by the names of the API's parameters. */
export type NumberSettings = NumberAtTwilio['settings'];

/** Twilio's REST API, as an operator needs it. */
export class TwilioApi {
  readonly #access: TwilioAccess;
  readonly #signal: AbortSignal;

  constructor(access: TwilioAccess, signal: AbortSignal) {
    this.#access = access;
    this.#signal = signal;
  }

  /** @throws OpsError; Interrupted */
  async account(): Promise<z.output<typeof accountSchema>> {
    return this.#read(accountSchema, await this.#ask('GET', ''));
  }

  /** @returns undefined where the account has no such number @throws OpsError; Interrupted */
  async number(phoneNumber: string): Promise<NumberAtTwilio | undefined> {
    const query = new URLSearchParams({ PhoneNumber: phoneNumber });
    const found = this.#read(numbersSchema, await this.#ask('GET', `/IncomingPhoneNumbers`, query));
    // The filter also finds longer numbers.
    return found.incoming_phone_numbers.find((number) => number.phoneNumber === phoneNumber);
  }

  /** Changes these settings of a number, and no other. @throws OpsError; Interrupted */
  async configure(sid: string, settings: Partial<NumberSettings>): Promise<NumberAtTwilio> {
    return this.#read(numberSchema, await this.#ask('POST', `/IncomingPhoneNumbers/${sid}`, settings));
  }

  async #ask(
    method: 'GET' | 'POST',
    resource: string,
    values: URLSearchParams | Partial<NumberSettings> = new URLSearchParams(),
  ): Promise<unknown> {
    const { url, accountSid, user, password } = this.#access;
    const form = new URLSearchParams(values instanceof URLSearchParams ? values : Object.entries(values));
    const query = method === 'GET' && form.size > 0 ? `?${form}` : '';
    const answer = await ask(`${url}/2010-04-01/Accounts/${accountSid}${resource}.json${query}`, {
      signal: this.#signal,
      method,
      headers: { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
      withinMs: ANSWER_WITHIN_MS,
      ...(method === 'POST' ? { body: form } : {}),
    });
    const { host } = new URL(url);
    if (typeof answer === 'string') {
      throw new OpsError('no_network', `Twilio (${host}) cannot be reached`, 'Check the network and DNS.', answer);
    }
    if (answer.status === 200) return answer.body;
    throw refusal(answer.status, errorSchema.safeParse(answer.body).data?.code);
  }

  #read<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
    const { data, success } = schema.safeParse(body);
    if (success) return data;
    throw new OpsError('unexpected', `${new URL(this.#access.url).host} answers, but not as Twilio does`);
  }
}

const FIX_KEYS =
  'Copy account SID and API key from console.twilio.com into .env, then: npm run ops -- secrets rotate twilio-credentials';

/** @param code Twilio's number of the error, see twilio.com/docs/api/errors */
function refusal(status: number, code: number | undefined): OpsError {
  const named = code === undefined ? String(status) : `error ${code}`;
  const is = (kind: OpsErrorCode, text: string, fix: string): OpsError => new OpsError(kind, text, fix);
  switch (status) {
    case 401:
      return is('credentials_refused', `Twilio does not accept the API key (${named})`, FIX_KEYS);
    case 403:
      return is('access_denied', `Twilio knows the API key and refuses it (${named})`, 'Take a key of type Standard.');
    case 404:
      return is('not_found', `Twilio knows no such account or number (${named})`, FIX_KEYS);
    case 429:
      return is('throttled', 'Twilio throttles requests of this account', 'Wait a few seconds.');
    default:
      return status < 500
        ? is('refused', `Twilio refuses it (${named})`, `https://www.twilio.com/docs/api/errors/${code ?? ''}`)
        : is('service_unavailable', `Twilio answers ${status}`, 'https://status.twilio.com says what Twilio knows.');
  }
}
