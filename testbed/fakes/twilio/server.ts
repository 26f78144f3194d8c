import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Conferences } from './call/conferences';
import { LiveCall } from './call/live-call';
import type { NewCall } from './call/new-call';
import type { RuleBroken, TwilioError } from './errors';
import { newSid } from './ids';
import type { Network } from './network';
import { RestApi } from './rest/api';
import { signatureOf } from './signatures';
import { Beats, realClock } from './time';
import type {
  Callee,
  FakeCall,
  FakeTwilio,
  OwnNumber,
  RestFault,
  RingOptions,
  SeenRequest,
  SignatureForm,
  TwilioOptions,
} from './types';
import { Landing, type Tasks } from './web/landing';
import { Webhooks } from './web/webhook';

/** Nobody's: https://en.wikipedia.org/wiki/555_(telephone_number) */
const NUMBER = '+14155550100';
const CALLER = '+14155550142';
const ACCOUNT = 'AC00000000000000000000000000000001';
const TOKENS = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210'] as const;
const KEY = { sid: 'SK00000000000000000000000000000001', secret: 'stand-in-api-key-secret-0123456789' };
const STREAM_KEY = Buffer.alloc(32, 'stand-in').toString('base64');

/** Starts a strict stand-in for Twilio's Programmable Voice on 127.0.0.1. */
export async function openTwilio(options: TwilioOptions = {}): Promise<FakeTwilio> {
  const twilio = new Twilio(options);
  await twilio.listen(options.port ?? 0);
  return twilio;
}

class Twilio implements FakeTwilio {
  readonly accountSid: string;
  readonly calls: LiveCall[] = [];
  readonly errors: TwilioError[] = [];
  readonly numbers: readonly OwnNumber[];
  readonly #options: TwilioOptions;
  readonly #network: Network;
  readonly #landing: Landing;
  readonly #webhooks: Webhooks;
  readonly #callees = new Map<string, Callee>();
  readonly #rest: RestApi;
  readonly #server: Server;
  readonly #waiters = new Set<() => void>();
  #tokens: readonly [string, ...string[]];
  #closing: Promise<void> | undefined;

  constructor(options: TwilioOptions) {
    this.#options = options;
    this.accountSid = options.accountSid ?? ACCOUNT;
    this.#tokens = options.authTokens ?? TOKENS;
    this.numbers = (options.numbers ?? [NUMBER]).map(newNumber);
    const clock = options.clock ?? realClock;
    const tokens = (): readonly [string, ...string[]] => this.#tokens;
    this.#landing = new Landing({ hosts: options.hosts ?? {}, allowsLoopback: options.allowsLoopback ?? true });
    this.#webhooks = new Webhooks({ tokens, landing: this.#landing, clock });
    this.#network = {
      accountSid: this.accountSid,
      clock,
      beats: new Beats(clock),
      landing: this.#landing,
      webhooks: this.#webhooks,
      conferences: new Conferences(),
      tokens,
      calleeAt: (to) => this.#callees.get(to),
      newCall: (call) => this.#newCall(call),
      report: (callSid, { code, message }: RuleBroken) =>
        this.errors.push({ atMs: clock.nowMs(), code, callSid, about: message }),
    };
    this.#rest = new RestApi({
      network: this.#network,
      calls: this.calls,
      numbers: this.numbers,
      credentials: () => [
        ...this.#apiKeys.map(({ sid, secret }) => [sid, secret] as const),
        ...this.#tokens.map((token) => [this.accountSid, token] as const),
      ],
    });
    this.#server = createServer((req, res) => void this.#rest.answer(req, res));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get authTokens(): readonly string[] {
    return this.#tokens;
  }

  get requests(): readonly SeenRequest[] {
    return this.#rest.seen;
  }

  get environment(): Readonly<Record<string, string>> {
    const [token, other] = this.#tokens;
    const [key] = this.#apiKeys;
    return {
      PHONE_PROVIDER: 'twilio',
      PHONE_STREAM_KEY: STREAM_KEY,
      TWILIO_ACCOUNT_SID: this.accountSid,
      TWILIO_AUTH_TOKEN: token,
      ...(other === undefined ? {} : { TWILIO_AUTH_TOKEN_OTHER: other }),
      ...(key === undefined ? {} : { TWILIO_API_KEY_SID: key.sid, TWILIO_API_KEY_SECRET: key.secret }),
      TWILIO_API_URL: this.url,
    };
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
  }

  ring(options: RingOptions = {}): FakeCall {
    const to = options.to ?? this.numbers[0]?.phoneNumber ?? NUMBER;
    const number = this.numbers.find(({ phoneNumber }) => phoneNumber === to);
    if (number === undefined) throw new Error('nobody has this number');
    if (number.voiceApplicationSid + number.trunkSid !== '') throw new Error('the number does not ask its webhook');
    const url = options.webhook ?? number.voiceUrl;
    if (url === '') throw new Error('the number has no webhook: set voiceUrl, or give one');
    const fallback = number.voiceFallbackUrl;
    const call = this.#newCall({
      direction: 'inbound',
      from: options.from ?? CALLER,
      to,
      line: options.line ?? {},
      faults: options.faults ?? {},
      records: options.records ?? true,
      fallback: fallback === '' ? undefined : { url: fallback, method: methodOf(number.voiceFallbackMethod) },
      subscription:
        number.statusCallback === ''
          ? undefined
          : {
              action: { url: number.statusCallback, method: methodOf(number.statusCallbackMethod) },
              events: ['completed'],
            },
    });
    call.proceed('ringing');
    call.run({ kind: 'ask', action: { url, method: methodOf(number.voiceMethod) } });
    return call;
  }

  callee(to: string, callee: Callee): void {
    this.#callees.set(to, callee);
  }

  waitForCall(fits: (call: FakeCall) => boolean = () => true, timeoutMs = 20_000): Promise<FakeCall> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.calls.find(fits);
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiters.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(look);
        reject(new Error(`no such call within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiters.add(look);
      look();
    });
  }

  landOn(host: string, tasks: Tasks): void {
    this.#landing.set(host, tasks);
  }

  failRest(fault: RestFault): void {
    this.#rest.fail(fault);
  }

  sign(url: string, parameters: Readonly<Record<string, string>> = {}, form: SignatureForm = 'plain'): string {
    return signatureOf(this.#tokens, url, parameters, form) ?? '';
  }

  promoteSecondToken(): void {
    const [first, second, ...more] = this.#tokens;
    if (second === undefined) throw new Error('the account has one auth token only');
    this.#tokens = [second, first, ...more];
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async #shutDown(): Promise<void> {
    for (const call of this.calls) call.end({ status: 'completed', by: 'person' });
    this.#webhooks.close();
    await Promise.all(this.calls.map(({ ended }) => ended));
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get #apiKeys(): readonly { readonly sid: string; readonly secret: string }[] {
    return this.#options.apiKeys ?? [KEY];
  }

  #newCall(options: NewCall): LiveCall {
    const call = new LiveCall(this.#network, options);
    this.calls.push(call);
    for (const look of [...this.#waiters]) look();
    return call;
  }
}

function newNumber(phoneNumber: string): OwnNumber {
  return {
    sid: newSid('PN'),
    phoneNumber,
    voiceUrl: '',
    voiceMethod: 'POST',
    voiceFallbackUrl: '',
    voiceFallbackMethod: 'POST',
    statusCallback: '',
    statusCallbackMethod: 'POST',
    voiceApplicationSid: '',
    trunkSid: '',
  };
}

const methodOf = (text: string): 'GET' | 'POST' => (text === 'GET' ? 'GET' : 'POST');
