import { createOtlpTracing } from '../../../bot/telemetry/otlp-tracing';
import { FakeClock } from '../../support/fake-clock';
import { OtlpReceiver } from '../../support/otlp-receiver';

describe('traces, as a collector gets them', () => {
  let receiver: OtlpReceiver;
  beforeEach(async () => {
    receiver = await OtlpReceiver.start();
  });
  afterEach(() => receiver.close());

  const tracing = (clock = new FakeClock()) =>
    createOtlpTracing({ endpoint: receiver.url, serviceName: 'voice-agent', version: '1.2.3', clock, withinMs: 500 });

  it('have a span for the call, and one below it for each turn, tool and rotation, with times and W3C ids', async () => {
    const clock = new FakeClock();
    const traces = await tracing(clock);
    const startMs = clock.epochMs();
    const call = traces.startCall({ 'call.id': 'c-1', 'call.transport': 'daily' });
    clock.advance(5_000);
    call.span('turn', 1_500, { answerMs: 640, interrupted: false });
    call.span('tool', 300, { tool: 'get_weather', outcome: 'tool_timed_out' }, true);
    call.span('rotation', 120);
    clock.advance(1_000);
    call.end({ reason: 'caller-left', turns: 1 }, false);
    call.end({ reason: 'again', turns: 9 }, true);
    await traces.close();
    await traces.close();

    expect(receiver.resource).toMatchObject({ 'service.name': 'voice-agent', 'service.version': '1.2.3' });
    const root = receiver.span('call');
    expect(root.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(root.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(root.traceId).toBe(call.traceId);
    expect(root.parentSpanId).toBe('');
    expect(root.attributes).toMatchObject({ 'call.id': 'c-1', reason: 'caller-left', turns: 1 });
    expect([root.startMs, root.endMs]).toEqual([startMs, startMs + 6_000]);
    const turn = receiver.span('turn');
    expect([turn.startMs, turn.endMs]).toEqual([startMs + 3_500, startMs + 5_000]);
    expect(turn.attributes).toEqual({ answerMs: 640, interrupted: false });
    for (const name of ['turn', 'tool', 'rotation']) {
      expect(receiver.span(name)).toMatchObject({ traceId: root.traceId, parentSpanId: root.spanId });
    }
    expect(receiver.span('tool').failed).toBe(true);
    expect([root.failed, turn.failed]).toEqual([false, false]);
    expect(receiver.spans).toHaveLength(4);
  });

  it('of two calls are two traces', async () => {
    const traces = await tracing();
    const [one, two] = [traces.startCall({}), traces.startCall({})];
    expect(one.traceId).not.toBe(two.traceId);
    await traces.close();
    // What has not ended is not told.
    expect(receiver.spans).toEqual([]);
  });

  it('do no harm where no collector is', async () => {
    const traces = await tracing();
    await receiver.close();
    traces.startCall({}).end({}, true);
    await traces.close();
  });
});
