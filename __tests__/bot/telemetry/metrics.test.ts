import { monitorEventLoop } from '../../../bot/telemetry/event-loop';
import type { Telemetry } from '../../../bot/telemetry/telemetry';
import { NOTHING_HAPPENED } from '../../support/call-figures';
import { testTelemetry } from '../../support/telemetry';

/** The samples of one metric, without its buckets. */
async function samples({ prometheus }: Telemetry, name: string): Promise<string[]> {
  const lines = (await prometheus.render()).split('\n');
  return lines.filter((line) => line.startsWith(`voice_agent_${name}`) && !line.includes('_bucket'));
}

describe('metrics', () => {
  it('count calls by how they began, were refused and ended', async () => {
    const telemetry = testTelemetry();
    const call = telemetry.forCall('c-1', 'webrtc');
    call.record('callStarted', { transport: 'webrtc' });
    telemetry.record('callRefused', { code: 'at_capacity' });
    telemetry.record('callRefused', { code: 'at_capacity' });
    call.record('callEnded', { ...NOTHING_HAPPENED, reason: 'caller-left', durationMs: 90_000 });
    expect(await samples(telemetry, 'calls_')).toEqual([
      'voice_agent_calls_started_total{transport="webrtc"} 1',
      'voice_agent_calls_ended_total{reason="caller-left"} 1',
      'voice_agent_calls_refused_total{code="at_capacity"} 2',
    ]);
    expect(await samples(telemetry, 'call_duration')).toContain('voice_agent_call_duration_seconds_sum 90');
  });

  it('take ms and export seconds', async () => {
    const telemetry = testTelemetry();
    const call = telemetry.forCall('c-1', 'webrtc');
    call.record('callConnected', { setupMs: 120 });
    call.record('callGreeted', { waitMs: 800 });
    call.record('answerStarted', { answerMs: 650 });
    call.record('callerInterrupted', { silenceMs: 35 });
    call.record('toolCall', { tool: 'get_weather', outcome: 'tool_timed_out', durationMs: 5000 });
    const sums = (await telemetry.prometheus.render()).match(/^voice_agent_\w+_seconds_sum.*$/gm);
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
    const telemetry = testTelemetry();
    const call = telemetry.forCall('c-1', 'webrtc');
    call.record('modelReconnecting', { code: 'model_stream_broken', attempt: 1 });
    call.record('modelEnded', { end: 'closed' });
    call.record('audioDropped', { direction: 'in', frames: 3 });
    call.record('audioDropped', { direction: 'out', frames: 2 });
    call.record('clientMessageMalformed', {});
    telemetry.record('httpMalformed', {});
    call.record('tokensUsed', { kind: 'output_speech', tokens: 40 });
    telemetry.record('processFailed', { kind: 'unhandled_rejection' });
    const text = await telemetry.prometheus.render();
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
    const telemetry = testTelemetry();
    let activeCalls = 1;
    let reconnects = 5;
    telemetry.watch('activeCalls', () => activeCalls);
    telemetry.watch('maxCalls', () => 4);
    telemetry.watch('eventLoopLagMs', () => 300);
    telemetry.watch('audioBeatLatenessMs', () => 40);
    telemetry.watch('modelEvents', () => ({ reconnects }));
    expect(await samples(telemetry, 'calls_')).toContain('voice_agent_calls_active 1');
    activeCalls = 3;
    reconnects = 7;
    expect(await samples(telemetry, 'calls_')).toContain('voice_agent_calls_active 3');
    expect(await samples(telemetry, 'calls_')).toContain('voice_agent_calls_capacity 4');
    expect(await samples(telemetry, 'event_loop')).toContain('voice_agent_event_loop_lag_max_seconds 0.3');
    expect(await samples(telemetry, 'audio_beat')).toEqual(['voice_agent_audio_beat_lateness_max_seconds 0.04']);
    expect(await samples(telemetry, 'model_events')).toEqual(['voice_agent_model_events_total{event="reconnects"} 7']);
    expect(await samples(telemetry, 'process_resident')).toHaveLength(1);
  });

  it('of two bots in a process do not mix', async () => {
    const one = testTelemetry();
    const two = testTelemetry();
    one.forCall('c-1', 'webrtc').record('callStarted', { transport: 'webrtc' });
    expect(await samples(two, 'calls_started')).toEqual([]);
  });

  it('count CPU time upwards only', async () => {
    const telemetry = testTelemetry();
    const cpu = async (): Promise<number> => Number((await samples(telemetry, 'process_cpu'))[0]?.split(' ')[1]);
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
      block(1_000);
      await turnUntil(() => monitor.lag.maxMs >= 900);
      expect(monitor.lag.p99Ms).toBeLessThanOrEqual(monitor.lag.maxMs);
      await turnUntil(() => monitor.lag.maxMs < 900);
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
