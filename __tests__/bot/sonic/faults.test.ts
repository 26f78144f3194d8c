import type { Fault, FaultTrigger } from '../../../testbed/fakes/bedrock/server';
import { eventually } from '../../support/eventually';
import { FreezableProxy } from './support/freezable-proxy';
import { BedrockEnvironment } from './support/environment';

/** Long enough to be broken in the middle. */
const STORY = 'Say exactly: "Once there was a bot. It was broken off. The end."';

const EXCEPTIONS = [
  ['throttlingException', 'model_throttled'],
  ['serviceUnavailableException', 'model_unavailable'],
  ['internalServerException', 'model_unavailable'],
  ['modelStreamErrorException', 'model_stream_broken'],
  ['modelTimeoutException', 'model_timed_out'],
  ['somethingNewException', 'model_stream_broken'],
] as const;

/** Each fault that ends a stream but not the call, and the code under which it is told. */
const SURVIVABLE: readonly (readonly [string, Fault, string])[] = [
  ...EXCEPTIONS.map(([type, code]) => [type, { kind: 'exception', type }, code] as const),
  [
    'validationException: idle',
    {
      kind: 'exception',
      type: 'validationException',
      message: 'Timed out waiting for audio bytes or interactive content.',
    },
    'model_timed_out',
  ],
  ['an unmodelled error', { kind: 'error-message', code: 'OutOfLuck', message: 'bad luck' }, 'model_stream_broken'],
  ['a wrong checksum', { kind: 'bad-crc' }, 'model_stream_broken'],
  ['RST_STREAM, NO_ERROR', { kind: 'rst-stream', code: 0 }, 'model_stream_broken'],
  ['RST_STREAM, INTERNAL_ERROR', { kind: 'rst-stream', code: 2 }, 'model_stream_broken'],
  ['RST_STREAM, CANCEL', { kind: 'rst-stream', code: 8 }, 'model_stream_broken'],
  ['GOAWAY, INTERNAL_ERROR', { kind: 'goaway', code: 2 }, 'model_stream_broken'],
  ['FIN', { kind: 'tcp-fin' }, 'model_stream_broken'],
  ['RST', { kind: 'tcp-rst' }, 'model_stream_broken'],
  ['END_STREAM', { kind: 'end-stream' }, 'model_stream_broken'],
];

describe('a fault in the middle of a call', () => {
  let environment: BedrockEnvironment;

  beforeAll(async () => {
    environment = await BedrockEnvironment.start({ sandbox: { speechScale: 8 } });
  });

  afterAll(() => environment.close());

  afterEach(() => environment.expectNothingLeft());

  const triggers: readonly FaultTrigger[] = ['after-first-event', 'during-speech'];

  it.each(SURVIVABLE)('%s is survived, and told once', async (_, fault, code) => {
    for (const when of triggers) {
      environment.sandbox.failNext(fault, when);
      const { session, events } = await environment.open();
      session.sendText(STORY);
      await events.waitFor('reconnected');
      expect(events.errors.map((error) => error.code)).toEqual([code]);
      // The turn that was broken has ended, one way or the other, before anything else begins.
      const broken = events.take();
      expect(broken.filter((line) => line === 'turn started').length).toBe(
        broken.filter((line) => line === 'turn ended' || line === 'interrupted').length,
      );
      session.sendText('Say exactly: "Well again."');
      await events.waitFor('speculative: Well again.');
      await session.close();
      expect(events.ends).toEqual([{ kind: 'closed' }]);
      expect(environment.sandbox.sessions.at(-1)?.violations).toEqual([]);
    }
  });

  it.each([
    ['accessDeniedException', 'model_access_denied'],
    ['resourceNotFoundException', 'model_not_found'],
    ['serviceQuotaExceededException', 'model_quota_exceeded'],
  ])('%s ends the session with its reason, once', async (type, code) => {
    environment.sandbox.failNext({ kind: 'exception', type }, 'during-speech');
    const { session, events } = await environment.open();
    session.sendText(STORY);
    await events.waitFor(`failed ${code}`);
    await session.close();
    expect(events.ends).toHaveLength(1);
    expect(events.lines).toContain('turn ended');
    expect(events.lines.at(-1)).toBe(`failed ${code}`);
  });

  it('rule 7: "Invalid input request" is doubted, and the conversation goes on on another stream', async () => {
    environment.sandbox.failNext({ kind: 'exception', type: 'validationException' }, 'during-speech');
    const { session, events } = await environment.open();
    session.sendText(STORY);
    await events.waitFor('reconnected');
    session.sendText('Say exactly: "Well again."');
    await events.waitFor('speculative: Well again.');
    await session.close();
    expect(events.ends).toEqual([{ kind: 'closed' }]);
  });

  it('GOAWAY with NO_ERROR is no fault: the stream goes on', async () => {
    environment.sandbox.failNext({ kind: 'goaway', code: 0 }, 'during-speech');
    const { session, events } = await environment.open();
    session.sendText(STORY);
    await events.waitFor('turn ended');
    await session.close();
    expect(events.errors).toEqual([]);
  });

  it.each([
    ['JSON that is none, in the event', { kind: 'garbage-json', layer: 'event' }, 'malformedEvents'],
    ['an event of an unknown name', { kind: 'unknown-event' }, 'unknownEvents'],
  ] as const)('%s is counted, and the stream goes on', async (_, fault, counter) => {
    const before = environment.model.counters.get(counter);
    environment.sandbox.failNext(fault, 'during-speech');
    const { session, events } = await environment.open();
    session.sendText(STORY);
    await events.waitFor('turn ended');
    await session.close();
    expect(events.errors).toEqual([]);
    expect(environment.model.counters.get(counter)).toBe(before + 1);
  });

  it('a payload that the SDK cannot read costs the stream, not the call', async () => {
    environment.sandbox.failNext({ kind: 'garbage-json', layer: 'payload' }, 'during-speech');
    const { session, events } = await environment.open();
    session.sendText(STORY);
    await events.waitFor('reconnected');
    await session.close();
    expect(events.ends).toEqual([{ kind: 'closed' }]);
  });

  it('a service that is slow is waited for', async () => {
    environment.sandbox.failNext({ kind: 'slow', delayMs: 200 });
    const { session, events } = await environment.open();
    session.sendText('Greet the caller.');
    await events.waitFor('turn ended');
    await session.close();
    expect(events.errors).toEqual([]);
  });

  it('arguments of a tool that are not JSON are passed on as they are', async () => {
    environment.sandbox.failNext({ kind: 'bad-tool-arguments' });
    const { session, events } = await environment.open();
    session.sendText('What time is it in Paris?');
    await events.waitFor('tool get_time');
    expect(() => JSON.parse(events.tools[0]?.argumentsJson ?? '') as unknown).toThrow();
    session.sendToolResult(events.tools[0]?.toolUseId ?? '', '{"error":"arguments"}');
    await events.waitFor('turn ended');
    await session.close();
  });

  it('a stream that breaks while a tool is at work: its answer comes late and is told in words', async () => {
    environment.sandbox.failNext({ kind: 'tcp-rst' }, 'on-tool-use');
    const { session, events } = await environment.open();
    session.sendText('What time is it in Paris?');
    await events.waitFor('reconnecting');
    session.sendToolResult(events.tools[0]?.toolUseId ?? '', '{"time":"noon"}');
    await events.waitFor('reconnected');
    const words = () => environment.sandbox.sessions.at(-1)?.texts.map(({ text }) => text) ?? [];
    await eventually(() => words().length > 1, 'the question, asked again');
    await session.close();
    expect(words().join(' ')).toContain('What time is it in Paris? Tell the caller what was found: {"time":"noon"}');
    expect(environment.sandbox.sessions.at(-1)?.violations).toEqual([]);
  });
});

describe('a service that owes an answer', () => {
  let environment: BedrockEnvironment;

  beforeAll(async () => {
    // A busy machine may be late with a first event; in the middle of an answer they come every few milliseconds.
    environment = await BedrockEnvironment.start({
      sandbox: { speechScale: 4 },
      limits: { firstEventMs: 1_500, starvedMs: 400 },
    });
  });

  afterAll(() => environment.close());

  afterEach(() => environment.expectNothingLeft());

  it.each([
    ['silence in the middle of an answer', { kind: 'stuck-turn' }, 'at-open', ['model_stalled']],
    ['a service that sends nothing any more', { kind: 'silent' }, 'during-speech', ['model_stalled', 'model_silent']],
    ['a service that does not react', { kind: 'deaf' }, 'at-open', ['model_silent']],
    ['a service that sends headers and nothing else', { kind: 'silent' }, 'at-open', ['model_silent']],
  ] as const)('%s is noticed, and the answer given to its end', async (_, fault, when, codes) => {
    environment.sandbox.failNext(fault, when);
    const { session, events } = await environment.open();
    session.sendText('Say exactly: "I was broken off. The end."');
    await events.waitFor('reconnected');
    await events.waitFor('speculative: The end.');
    await session.close();
    expect(events.errors).toHaveLength(1);
    expect(codes).toContain(events.errors[0]?.code);
    expect(events.ends).toEqual([{ kind: 'closed' }]);
  });
});

describe('a stalled network without PINGs', () => {
  it('is noticed by the audio that piles up', async () => {
    const environment = await BedrockEnvironment.start({
      client: { http2: { pingEveryMs: 0 } },
      limits: { maxAudioAgeMs: 200, stalledAfterMs: 100, stuckTurnMs: 60_000 },
    });
    environment.sandbox.failNext({ kind: 'stall' }, 'after-first-event');
    const { session, events } = await environment.open();
    session.sendText(STORY);
    await events.waitFor('turn started');
    const noisy = setInterval(() => session.sendAudio(new Int16Array(16_000), 'silent'), 50);
    await events.waitFor('reconnected');
    clearInterval(noisy);
    await session.close();
    expect(events.errors[0]?.code).toBe('model_stalled');
    expect(environment.model.counters.get('audioFramesDropped')).toBeGreaterThan(0);
    await environment.expectNothingLeft();
    await environment.close();
  });
});

describe('a network that dies without a word', () => {
  it('is noticed by its PINGs, though audio is still being written to it', async () => {
    const proxy = new FreezableProxy();
    const environment = await BedrockEnvironment.start({
      client: { http2: { pingTimeoutMs: 500 } },
      limits: { stuckTurnMs: 60_000, firstEventMs: 60_000 },
      through: proxy,
    });
    const { session, events } = await environment.open();
    session.sendText(STORY);
    await events.waitFor('audio');
    proxy.freeze();
    await events.waitFor('reconnected');
    expect(events.errors).toMatchObject([{ code: 'model_stalled', cause: { kind: 'ping-lost' } }]);
    await session.close();
    expect(events.ends).toEqual([{ kind: 'closed' }]);
    proxy.thaw();
    await environment.expectNothingLeft();
    await environment.close();
    await proxy.close();
  });
});
