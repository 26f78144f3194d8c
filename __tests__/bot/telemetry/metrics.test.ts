import { monitorEventLoop } from '../../../bot/telemetry/event-loop';
import { createMetrics } from '../../../bot/telemetry/metrics';

/** The samples of one metric, without its buckets. */
async function samples(metrics: ReturnType<typeof createMetrics>, name: string): Promise<string[]> {
  const lines = (await metrics.render()).split('\n');
  return lines.filter((line) => line.startsWith(`voice_agent_${name}`) && !line.includes('_bucket'));
}

describe('metrics', () => {
  it('count calls by how they began, were refused and ended', async () => {
    const metrics = createMetrics();
    metrics.callStarted('webrtc');
    metrics.callRefused('at_capacity');
    metrics.callRefused('at_capacity');
    metrics.callEnded('caller-left', 90_000);
    expect(await samples(metrics, 'calls_')).toEqual([
      'voice_agent_calls_started_total{transport="webrtc"} 1',
      'voice_agent_calls_refused_total{code="at_capacity"} 2',
      'voice_agent_calls_ended_total{reason="caller-left"} 1',
    ]);
    expect(await samples(metrics, 'call_duration')).toContain('voice_agent_call_duration_seconds_sum 90');
  });

  it('take ms and export seconds', async () => {
    const metrics = createMetrics();
    metrics.callSetUp(120);
    metrics.callGreeted(800);
    metrics.callerAnswered(650);
    metrics.callerInterrupted(35);
    metrics.toolCalled('get_weather', 'tool_timed_out', 5000);
    const sums = (await metrics.render()).match(/^voice_agent_\w+_seconds_sum.*$/gm);
    expect(sums).toEqual(
      expect.arrayContaining([
        'voice_agent_call_setup_seconds_sum 0.12',
        'voice_agent_greeting_seconds_sum 0.8',
        'voice_agent_response_seconds_sum 0.65',
        'voice_agent_interruption_seconds_sum 0.035',
        'voice_agent_tool_seconds_sum{tool="get_weather",outcome="tool_timed_out"} 5',
      ]),
    );
  });

  it('count what goes wrong without ending a call', async () => {
    const metrics = createMetrics();
    metrics.modelReconnected('model_stream_broken');
    metrics.modelEnded('closed');
    metrics.audioDropped('in', 3);
    metrics.audioDropped('out', 2);
    metrics.clientMessageMalformed();
    metrics.httpMalformed();
    metrics.tokensUsed('output_speech', 40);
    metrics.processFailed('unhandled_rejection');
    const text = await metrics.render();
    for (const sample of [
      'model_reconnects_total{cause="model_stream_broken"} 1',
      'model_ends_total{end="closed"} 1',
      'audio_frames_dropped_total{direction="in"} 3',
      'audio_frames_dropped_total{direction="out"} 2',
      'client_messages_malformed_total 1',
      'http_malformed_total 1',
      'model_tokens_total{kind="output_speech"} 40',
      'process_failures_total{kind="unhandled_rejection"} 1',
    ]) {
      expect(text).toContain(`voice_agent_${sample}\n`);
    }
  });

  it('read what is watched at each scrape', async () => {
    const metrics = createMetrics();
    let activeCalls = 1;
    let reconnects = 5;
    metrics.watchCalls(() => ({ activeCalls, maxCalls: 4 }));
    metrics.watchEventLoop(() => ({ meanMs: 1, p99Ms: 20, maxMs: 300 }));
    metrics.watchBeat(() => 40);
    metrics.watchModel(() => ({ reconnects }));
    expect(await samples(metrics, 'calls_')).toContain('voice_agent_calls_active 1');
    activeCalls = 3;
    reconnects = 7;
    expect(await samples(metrics, 'calls_')).toContain('voice_agent_calls_active 3');
    expect(await samples(metrics, 'calls_')).toContain('voice_agent_calls_capacity 4');
    expect(await samples(metrics, 'event_loop')).toContain('voice_agent_event_loop_lag_max_seconds 0.3');
    expect(await samples(metrics, 'audio_beat')).toEqual(['voice_agent_audio_beat_lateness_max_seconds 0.04']);
    expect(await samples(metrics, 'model_events')).toEqual(['voice_agent_model_events_total{event="reconnects"} 7']);
    expect(await samples(metrics, 'process_resident')).toHaveLength(1);
  });

  it('of two bots in a process do not mix', async () => {
    const one = createMetrics();
    const two = createMetrics();
    one.callStarted('webrtc');
    expect(await samples(two, 'calls_started')).toEqual([]);
  });

  it('count CPU time upwards only', async () => {
    const metrics = createMetrics();
    const cpu = async (): Promise<number> => Number((await samples(metrics, 'process_cpu'))[0]?.split(' ')[1]);
    const first = await cpu();
    expect(first).toBeGreaterThan(0);
    expect(await cpu()).toBeGreaterThanOrEqual(first);
  });
});

describe('the event-loop monitor', () => {
  it('notices a loop that was blocked, forgets it two windows later, and stops', async () => {
    const monitor = monitorEventLoop(400);
    try {
      await turnUntil(() => monitor.lag.maxMs >= 0);
      block(150);
      await turnUntil(() => monitor.lag.maxMs >= 80);
      expect(monitor.lag.p99Ms).toBeLessThanOrEqual(monitor.lag.maxMs);
      await turnUntil(() => monitor.lag.maxMs < 80);
    } finally {
      monitor.stop();
      monitor.stop();
    }
  });
});

function block(forMs: number): void {
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs);
}

/** Lets the loop turn until it is so; the test's own limit ends a wait in vain. */
async function turnUntil(isSo: () => boolean): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, 30));
  while (!isSo());
}
