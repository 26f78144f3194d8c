import { SpokenNotices } from '../../bot/notices';
import type { RtviMessage } from '../../bot/rtvi/messages';
import { LOG_LINES } from '../../contract/telemetry/catalogue';
import { releaseWebRtc } from '../support/release-webrtc';
import type { Caller } from '../../smoke/caller';
import { lastSound } from '../../testbed/speech/audio-analysis';
import type { Fault, FaultTrigger } from '../../testbed/fakes/bedrock/server';
import { Environment } from './support/environment';

/** A fault, and when it strikes. */
type Case = readonly [name: string, fault: Fault, when: FaultTrigger];

const retryable: readonly Case[] = [
  ['the stream is reset', { kind: 'rst-stream' }, 'during-speech'],
  ['the connection is closed', { kind: 'tcp-fin' }, 'during-speech'],
  ['the connection is reset', { kind: 'tcp-rst' }, 'during-speech'],
  ['the response ends cleanly in mid-call', { kind: 'end-stream' }, 'during-speech'],
  ['the server goes away with an error', { kind: 'goaway', code: 2 }, 'during-speech'],
  ['a message is damaged', { kind: 'bad-crc' }, 'during-speech'],
  ['throttling', { kind: 'exception', type: 'throttlingException' }, 'during-speech'],
  ['service unavailable', { kind: 'exception', type: 'serviceUnavailableException' }, 'during-speech'],
  ['an internal error', { kind: 'exception', type: 'internalServerException' }, 'during-speech'],
  ['a model stream error', { kind: 'exception', type: 'modelStreamErrorException' }, 'during-speech'],
  ['the end of the eight minutes', { kind: 'exception', type: 'modelTimeoutException' }, 'during-speech'],
  ['an unmodelled error', { kind: 'error-message', code: 'InternalFailure', message: 'oops' }, 'during-speech'],
  ['a payload that is not JSON', { kind: 'garbage-json', layer: 'payload' }, 'during-speech'],
  ['an exception nobody knows', { kind: 'exception', type: 'brandNewException' }, 'during-speech'],
  ['throttled at once', { kind: 'http-error', status: 429 }, 'at-open'],
  ['unavailable at once', { kind: 'http-error', status: 503 }, 'at-open'],
  ['a peer that never says a word', { kind: 'no-settings' }, 'at-open'],
];

const harmless: readonly Case[] = [
  ['the server goes away politely', { kind: 'goaway', code: 0 }, 'during-speech'],
  ['an event nobody knows', { kind: 'unknown-event' }, 'during-speech'],
  ['an event that is not JSON', { kind: 'garbage-json', layer: 'event' }, 'during-speech'],
  ['every event is late', { kind: 'slow', delayMs: 150 }, 'at-open'],
];

describe('when the model fails, the caller is not left alone', () => {
  let environment: Environment;
  beforeAll(async () => {
    // A short greeting, in two sentences: a fault in the middle of speech needs a middle.
    environment = await Environment.start({
      env: { GREETING_PROMPT: 'Say exactly: "Good day. How are you?"' },
      sandbox: { speechScale: 2 },
    });
  });
  afterEach(() => {
    environment.sandbox.clearFaults();
  });
  afterAll(async () => {
    await environment.stop();
    expect(environment.sandbox.connections).toBe(0);
    releaseWebRtc();
  });

  /** Types a question and waits until the answer to it begins to be heard. */
  async function ask(caller: Caller, text: string): Promise<void> {
    const from = caller.messages.length;
    caller.sendText(text);
    const isAnswer = ({ type, data }: RtviMessage): boolean =>
      type === 'bot-llm-text' && JSON.stringify(data).includes(`You said: ${text}`);
    const answer = await caller.waitForMessage(isAnswer, 30_000, from);
    await caller.waitForMessage('bot-started-speaking', 30_000, caller.messages.indexOf(answer));
  }

  async function hangUp(caller: Caller): Promise<void> {
    caller.hangUp();
    await environment.log.waitFor('call ended', { callId: caller.sessionId, reason: 'caller-left' });
  }

  it.each(retryable)('%s: the call goes on', async (_name, fault, when) => {
    environment.sandbox.failNext(fault, when);
    const caller = await environment.call();
    if (when === 'during-speech') await environment.log.waitFor('model reconnected', { callId: caller.sessionId });
    await ask(caller, 'Are you with me again?');
    await hangUp(caller);
  });

  it('access denied at once: the caller is told aloud, and the call ends', async () => {
    environment.sandbox.failNext({ kind: 'http-error', status: 403 }, 'at-open', 3);
    // A client that the bot is never ready for gives up when the bot has said why and left.
    await expect(environment.call()).rejects.toThrow('error, server-message, bot-started-speaking');
    expect(await environment.log.waitFor('model failed', { code: 'model_access_denied' })).toMatchObject({
      level: 'error',
    });
  });

  it('access taken away in mid-call: the caller is told aloud, and the call ends', async () => {
    environment.sandbox.failNext({ kind: 'exception', type: 'accessDeniedException' }, 'during-speech');
    const caller = await environment.call();
    const { arrivedMs } = await caller.waitForMessage('error', 30_000);
    expect(await caller.ended).toBe('bot-left');
    const { 'model-lost': notice } = await new SpokenNotices().in('en-US');
    const spokenMs = (lastSound(caller.heard) ?? 0) - arrivedMs;
    // Not all of it: a busy machine delivers the error late.
    expect(spokenMs).toBeGreaterThan(notice.length / 24 / 2);
    await environment.log.waitFor('call ended', { callId: caller.sessionId, reason: 'model-failed' });
  });

  it.each(harmless)('%s: nobody notices', async (_name, fault, when) => {
    environment.sandbox.failNext(fault, when);
    const caller = await environment.call();
    await caller.waitForMessage('bot-started-speaking', 30_000);
    await ask(caller, 'Did anything happen?');
    await hangUp(caller);
    expect(environment.log.of('model reconnected').some((line) => line['callId'] === caller.sessionId)).toBe(false);
  });

  it.each(['callStarted', 'callEnded', 'modelFailed', 'modelReconnected', 'httpRequest'] as const)(
    'the log says %s as the alarms and queries of the infrastructure read it',
    (name) => {
      const { message = '', bound = [], fields = [] } = LOG_LINES.find(({ event }) => event === name) ?? {};
      const [line] = environment.log.of(message);
      // Traces are off here.
      const missing = [...bound, ...fields].filter((field) => line?.[field] === undefined && field !== 'traceId');
      expect(line).toBeDefined();
      expect(missing).toEqual([]);
    },
  );
});
