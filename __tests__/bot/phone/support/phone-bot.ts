import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Bot } from '../../../../bot/bot';
import type { AgentFiles } from '../../../../bot/agents/agent-files';
import { openBot } from '../../../../bot/compose';
import { type AgentDefinition, defineAgent } from '../../../../contract/agent';
import type { Tracing } from '../../../../bot/telemetry/tracing';
import { type FakeTwilio, openTwilio } from '../../../../testbed/fakes/twilio';
import type { FakeCall, RingOptions, SignatureForm, TwilioOptions } from '../../../../testbed/fakes/twilio/types';
import { testConfig } from '../../../support/config';
import { eventually } from '../../../support/eventually';
import { ScriptedModel, type ScriptedSession } from '../../../support/scripted-model';
import { testTelemetry, type TestTelemetry } from '../../../support/telemetry';

export const PUBLIC_URL = 'https://voice.example.com';
const CALLER = '+14155550142';

/** What a webhook says of a call. */
export const webhook = (callSid: string, accountSid: string, more: Record<string, string> = {}) => ({
  CallSid: callSid,
  AccountSid: accountSid,
  From: CALLER,
  To: '+14155550100',
  CallStatus: 'ringing',
  Direction: 'inbound',
  ApiVersion: '2010-04-01',
  CallerName: '',
  ...more,
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A bot with a telephone at the stand-in for Twilio, and a model that a test plays by hand. */
export class PhoneBot {
  #toolCalls = 0;

  private constructor(
    readonly bot: Bot,
    readonly url: string,
    readonly twilio: FakeTwilio,
    readonly model: ScriptedModel,
    readonly telemetry: TestTelemetry,
  ) {}

  static async open(
    env: NodeJS.ProcessEnv = {},
    options: TwilioOptions & { readonly tools?: AgentDefinition['tools']; readonly tracing?: Tracing } = {},
  ): Promise<PhoneBot> {
    const { tools, tracing, ...others } = options;
    const host = new URL(PUBLIC_URL).host;
    const twilio = await openTwilio({ hosts: { [host]: [] }, ...others });
    const model = new ScriptedModel();
    const telemetry = testTelemetry('trace', tracing === undefined ? {} : { tracing });
    const config = testConfig({ ...twilio.environment, PUBLIC_URL, UNANSWERED_STARTS_PER_CALLER: '1000', ...env });
    const agentFiles: AgentFiles = {
      importAgent: () => Promise.resolve({ default: defineAgent({ prompt: 'Be brief.', tools: tools ?? {} }) }),
      folderOf: () => '/nonexistent',
    };
    const bot = await openBot(config, telemetry, tools === undefined ? { model } : { model, agentFiles });
    const { port } = await bot.start();
    const url = `http://127.0.0.1:${port}`;
    twilio.landOn(host, [url]);
    for (const number of twilio.numbers) number.voiceUrl = `${PUBLIC_URL}/phone/twilio/voice`;
    return new PhoneBot(bot, url, twilio, model, telemetry);
  }

  async close(): Promise<void> {
    await this.bot.stop(0);
    await this.twilio.close();
  }

  /** The newest one. */
  get session(): ScriptedSession {
    const session = this.model.sessions.at(-1);
    if (session === undefined) throw new Error('no session');
    return session;
  }

  /** Somebody calls, and is greeted. */
  async greeted(options: RingOptions = {}): Promise<FakeCall> {
    const sessions = this.model.sessions.length;
    const call = this.twilio.ring(options);
    await this.until(() => (this.model.sessions[sessions]?.texts.length ?? 0) > 0, 'the greeting is asked for');
    this.session.speak('Hello!', 100);
    await call.waitFor('audio');
    return call;
  }

  /** The model calls a tool. @returns what it is told */
  async use(name: string, args: object = {}): Promise<Record<string, unknown>> {
    const { session } = this;
    const toolUseId = `tool-${(this.#toolCalls += 1)}`;
    session.events.onToolUse({ toolUseId, name, argumentsJson: JSON.stringify(args) });
    const result = () => session.toolResults.find((one) => one.toolUseId === toolUseId);
    await this.until(() => result() !== undefined, `an answer to ${name}`);
    return JSON.parse(result()?.json ?? '') as Record<string, unknown>;
  }

  /** A call has ended so, and its place is free. */
  async ended(reason: string): Promise<void> {
    const isEnd = (line: Record<string, unknown>) => line['msg'] === 'call ended' && line['reason'] === reason;
    await this.until(() => this.telemetry.logged().some(isEnd), `the end by ${reason}`);
    await this.until(() => this.activeCalls === 0, 'the place is free');
  }

  /** A signed webhook, in Twilio's name. */
  async post(
    path: string,
    fields: Record<string, string>,
    { form = 'plain', headers = {} }: { form?: SignatureForm; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const signature = this.twilio.sign(PUBLIC_URL + path, fields, form);
    const response = await fetch(this.url + path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { ...(signature === '' ? {} : { 'X-Twilio-Signature': signature }), ...headers },
    });
    return { status: response.status, text: await response.text() };
  }

  /** Somebody calls. @returns the path of the stream that is offered */
  async offered(callSid: string, more: Record<string, string> = {}): Promise<string> {
    const { text } = await this.post('/phone/twilio/voice', webhook(callSid, this.twilio.accountSid, more));
    return streamPath(text);
  }

  /** Knocks at a stream's address. @returns the status; an open socket where it is 101 */
  async knock(
    path: string,
    { form = 'plain', headers = {} }: { form?: SignatureForm; headers?: Record<string, string> } = {},
  ): Promise<{ readonly status: number; readonly socket: WebSocket }> {
    const signature = this.twilio.sign(PUBLIC_URL.replace('https', 'wss') + path, {}, form);
    const socket = new WebSocket(this.url.replace('http', 'ws') + path, {
      headers: { ...(signature === '' ? {} : { 'X-Twilio-Signature': signature }), ...headers },
    });
    socket.on('error', () => undefined);
    const status = await Promise.race([
      once(socket, 'open').then(() => 101),
      once(socket, 'unexpected-response').then(([, response]) => (response as { statusCode: number }).statusCode),
    ]);
    return { status, socket };
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`voice_agent_${name}`));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  get activeCalls(): number {
    return this.bot.calls.status.activeCalls;
  }

  until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    return eventually(condition, what, 10_000);
  }
}

/** The path of the stream in a document. */
export function streamPath(twiml: string): string {
  const url = /<Stream url="([^"]+)"/.exec(twiml)?.[1];
  if (url === undefined) throw new Error(`no stream in ${twiml}`);
  return new URL(url).pathname;
}

let count = 0;
/** Another call at each asking. */
export const newCallSid = (): string => `CA${(count += 1).toString(16).padStart(32, '0')}`;
