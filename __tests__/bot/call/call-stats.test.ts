import { answerTimes } from '../../../bot/call/answer-times';
import { CallStats } from '../../../bot/call/call-stats';
import type { SpanAttributes, CallTrace } from '../../../bot/telemetry/tracing';
import { FakeClock } from '../../support/fake-clock';
import { KeptValues, testTelemetry } from '../../support/telemetry';

/** A trace that is kept. */
class KeptTrace implements CallTrace {
  readonly traceId = undefined;
  readonly spans: { name: string; lastedMs: number; attributes: SpanAttributes; failed: boolean }[] = [];
  readonly ends: { attributes: SpanAttributes; failed: boolean }[] = [];

  span(name: string, lastedMs: number, attributes: SpanAttributes = {}, failed = false): void {
    this.spans.push({ name, lastedMs, attributes, failed });
  }

  end(attributes: SpanAttributes, failed: boolean): void {
    this.ends.push({ attributes, failed });
  }
}

const UNASKED = { askedMs: undefined, audibleMs: 900 };

function setup() {
  const clock = new FakeClock();
  const trace = new KeptTrace();
  const emf = new KeptValues();
  const tracing = { startCall: () => trace, close: () => Promise.resolve() };
  const telemetry = testTelemetry('info', { emf, tracing });
  const prices = { inputSpeech: 3, inputText: 0.33, outputSpeech: 12, outputText: 2.75 };
  const stats = new CallStats({ clock, telemetry: telemetry.forCall('c-1', 'webrtc'), prices });
  return { clock, telemetry, trace, stats, measured: emf.values };
}

/** Connected and greeted. */
function greeted() {
  const all = setup();
  all.clock.advance(200);
  all.stats.connected();
  all.clock.advance(600);
  all.stats.answerAudible({ answerMs: undefined, parts: undefined });
  all.clock.advance(2_000);
  all.stats.turnOver({ answerMs: undefined, parts: undefined, lastedMs: 2_000, interrupted: false });
  return all;
}

describe('the figures of a call', () => {
  it('tell set-up from the wait for the greeting', () => {
    const { stats, measured } = greeted();
    expect(measured).toEqual([
      ['callSetupMs', 200],
      ['timeToGreetingMs', 600],
    ]);
    expect(stats.figures).toMatchObject({ setupMs: 200, timeToGreetingMs: 800 });
  });

  it('say where the time between the last word and the first sound went', () => {
    const { stats, measured, trace } = greeted();
    const times = answerTimes({ askedMs: 100, turnStartedMs: 600, firstAudioMs: 730, audibleMs: 755 });
    expect(stats.answerAudible(times)).toBe(655);
    stats.turnOver({ ...times, lastedMs: 1_655, interrupted: true });
    expect(measured.slice(2)).toEqual([
      ['answerLatencyMs', 655],
      ['answerEndpointingMs', 500],
      ['answerModelMs', 130],
      ['answerPlayoutMs', 25],
    ]);
    expect(stats.figures).toMatchObject({ endpointingP50Ms: 500, modelP50Ms: 130, playoutP50Ms: 25 });
    expect(trace.spans.at(-1)).toEqual({
      name: 'turn',
      lastedMs: 1_655,
      attributes: {
        interrupted: true,
        answerMs: 655,
        endpointingMs: 500,
        modelMs: 130,
        playoutMs: 25,
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'aws.bedrock',
        'gen_ai.conversation.id': 'c-1',
      },
      failed: false,
    });
  });

  it('leave parts out that were not seen, rather than guess', () => {
    const { stats, measured } = greeted();
    // The model's turn began before the caller's last word: no answer to it.
    const times = answerTimes({ askedMs: 100, turnStartedMs: 99, firstAudioMs: 800, audibleMs: 800 });
    expect(stats.answerAudible(times)).toBe(700);
    expect(stats.answerAudible(answerTimes({ ...UNASKED, firstAudioMs: 800, turnStartedMs: 700 }))).toBeUndefined();
    expect(measured.at(-1)).toEqual(['answerLatencyMs', 700]);
  });

  it('keep the worst of what should not be heard', () => {
    const { stats } = greeted();
    for (const gapMs of [40, 220, 60]) stats.glitched(gapMs);
    stats.rotated({ gapMs: 80, ageMs: 360_000, forced: false });
    stats.rotated({ gapMs: 140, ageMs: 360_000, forced: false });
    stats.reconnected(900);
    stats.bargeIn(35);
    stats.toolCalled('get_weather', 'ok', 410);
    expect(stats.figures).toMatchObject({
      glitches: 3,
      longestGlitchMs: 220,
      rotations: 2,
      longestRotationGapMs: 140,
      reconnects: 1,
      longestReconnectGapMs: 900,
      bargeIns: 1,
      bargeInToSilenceP50Ms: 35,
      toolCalls: 1,
      longestToolMs: 410,
    });
  });

  it('say how long the caller had to speak over the bot, where the caller was heard', () => {
    const { stats, measured } = greeted();
    stats.bargeIn(15, 390);
    stats.bargeIn(20, 410);
    // Typed: nothing was heard.
    stats.bargeIn(12);
    expect(measured.filter(([key]) => key === 'bargeInMs')).toEqual([
      ['bargeInMs', 390],
      ['bargeInMs', 410],
    ]);
    expect(stats.figures).toMatchObject({
      bargeIns: 3,
      bargeInToSilenceP50Ms: 15,
      bargeInP50Ms: 390,
      bargeInP95Ms: 390,
    });
  });

  it('say what the tokens cost', () => {
    const { stats } = greeted();
    const usage = { inputSpeechTokens: 1_000, inputTextTokens: 2_000, outputSpeechTokens: 500, outputTextTokens: 100 };
    stats.used(usage);
    stats.used(usage);
    expect(stats.figures).toMatchObject({ inputSpeechTokens: 2_000, outputTextTokens: 200 });
    expect(stats.figures.estimatedCostUsd).toBeCloseTo((2 * (3_000 + 660 + 6_000 + 275)) / 1e6, 6);
  });

  it('end in one line, in the metrics and in the trace', async () => {
    const { stats, telemetry, trace, measured } = greeted();
    stats.used({ inputSpeechTokens: 10, inputTextTokens: 0, outputSpeechTokens: 20, outputTextTokens: 0 });
    stats.rotated({ gapMs: 120, ageMs: 360_000, forced: false });
    stats.ended('model-failed');
    expect(telemetry.logged().map(({ msg }) => msg)).toEqual(['model rotated', 'call ended']);
    expect(telemetry.logged()[1]).toMatchObject({ reason: 'model-failed', durationMs: 2_800, rotations: 1 });
    const attributes = {
      reason: 'model-failed',
      turns: 0,
      reconnects: 0,
      'error.type': 'model-failed',
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.conversation.id': 'c-1',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 20,
    };
    expect(trace.ends).toEqual([{ attributes, failed: true }]);
    expect(Object.fromEntries(measured)).toMatchObject({
      rotationGapMs: 120,
      callTokens: 30,
      estimatedCostUsd: 0.00027,
    });
    expect(await telemetry.prometheus.render()).toContain('voice_agent_rotation_gap_seconds_count 1');
  });
});
