import { EmfRecorder } from '../../../bot/telemetry/emf';
import type { Telemetry } from '../../../bot/telemetry/telemetry';
import type { CallTrace } from '../../../bot/telemetry/tracing';
import { KeptValues, testTelemetry } from '../../support/telemetry';

function kept() {
  const told: unknown[] = [];
  const trace: CallTrace = {
    traceId: 'ab'.repeat(16),
    span: (...span) => void told.push(['span', ...span]),
    end: (...end) => void told.push(['end', ...end]),
  };
  const emf = new KeptValues();
  const tracing = { startCall: () => trace, close: () => Promise.resolve() };
  return { told, emf, telemetry: testTelemetry('info', { emf, tracing }) };
}

describe('an event that is recorded', () => {
  it('is a log line, metrics and a span at once: exact in metrics and rounded elsewhere', async () => {
    const { told, emf, telemetry } = kept();
    const call = telemetry.forCall('c-1', 'webrtc');
    call.record('toolCall', { tool: 'get_weather', outcome: 'tool_timed_out', durationMs: 412.6 });
    expect(telemetry.logged()).toMatchObject([
      {
        level: 'info',
        msg: 'tool call',
        callId: 'c-1',
        traceId: 'ab'.repeat(16),
        outcome: 'tool_timed_out',
        durationMs: 413,
      },
    ]);
    expect(emf.values).toEqual([['toolMs', 412.6]]);
    expect(await telemetry.prometheus.render()).toContain(
      'voice_agent_tool_seconds_sum{tool="get_weather",outcome="tool_timed_out"} 0.4126',
    );
    const attributes = {
      tool: 'get_weather',
      outcome: 'tool_timed_out',
      'error.type': 'tool_timed_out',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_weather',
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.conversation.id': 'c-1',
    };
    expect(told).toEqual([['span', 'execute_tool get_weather', 412.6, attributes, true]]);
  });

  it('tells viewers of models’ traces who answered, with which model, and what was used, and nothing of what was said', () => {
    const { told, telemetry } = kept();
    const call = telemetry.forCall('c-1', 'webrtc', { agent: 'clinic', model: 'amazon.nova-2-sonic-v1:0' });
    call.record('turnEnded', { lastedMs: 900, interrupted: false });
    const ofCall = { 'gen_ai.agent.name': 'clinic', 'gen_ai.request.model': 'amazon.nova-2-sonic-v1:0' };
    expect(told).toMatchObject([['span', 'turn', 900, { 'gen_ai.operation.name': 'chat', ...ofCall }, false]]);
  });

  it('has the level of the catalogue, unless this line is worth more or less', () => {
    const { telemetry } = kept();
    telemetry.record('usageUnknown', { step: 'begin', err: new Error('away') });
    telemetry.record('callRefused', { code: 'at_capacity' }, 'error');
    telemetry.record('callRefused', { code: 'rate_limited' }, 'debug');
    expect(telemetry.logged()).toMatchObject([
      { level: 'warn', msg: 'usage not known', step: 'begin', err: { name: 'Error' } },
      { level: 'error', msg: 'call refused', code: 'at_capacity' },
    ]);
  });

  it('feeds no metric from a field that is not known', () => {
    const { emf, telemetry } = kept();
    telemetry.forCall('c-1', 'webrtc').record('answerStarted', { answerMs: 700, modelMs: undefined });
    expect(emf.values).toEqual([['answerLatencyMs', 700]]);
    expect(telemetry.lines).toEqual([]);
  });

  it('logs the fields of the catalogue and nothing else that the object has', () => {
    const { telemetry } = kept();
    const wider = { step: 'begin', said: 'my secret' };
    telemetry.record('usageUnknown', wider);
    expect(telemetry.lines[0]).not.toContain('secret');
  });

  it('does not compile with a name, a field or a word that there is not', () => {
    const wrong = (telemetry: Telemetry): void => {
      const call = telemetry.forCall('c-1', 'webrtc');
      // @ts-expect-error -- no such event
      telemetry.record('callRefuse', { code: 'at_capacity' });
      // @ts-expect-error -- a field is missing
      telemetry.record('callSentOn', { requestId: 'r', why: 'full' });
      // @ts-expect-error -- a field is misspelt
      call.record('modelReconnected', { gap: 3 });
      // @ts-expect-error -- not one of the words
      call.record('audioDropped', { direction: 'up', frames: 3 });
      // @ts-expect-error -- an event of a call needs the call's ids
      telemetry.record('callStarted', { transport: 'webrtc' });
      // @ts-expect-error -- counted, not read
      telemetry.watch('callsStarted', () => 3);
      // @ts-expect-error -- read by its label
      telemetry.watch('modelEvents', () => 3);
    };
    expect(wrong).toBeInstanceOf(Function);
  });
});

describe('a flush', () => {
  it('writes what was measured since the last one, where CloudWatch wants it', () => {
    const telemetry = testTelemetry('info', { emf: new EmfRecorder('N') });
    telemetry.forCall('c-1', 'webrtc').record('answerGlitched', { gapMs: 60 });
    telemetry.flush(1_763_900_000_123);
    telemetry.flush(1_763_900_000_124);
    expect(telemetry.logged()).toMatchObject([
      { msg: 'metrics', _aws: { Timestamp: 1_763_900_000_123 }, GlitchMs: 60 },
    ]);
    const nowhere = testTelemetry();
    nowhere.forCall('c-1', 'webrtc').record('answerGlitched', { gapMs: 60 });
    nowhere.flush(0);
    expect(nowhere.lines).toEqual([]);
  });
});
