import type { MetricEntry } from './entry';

const gauge = (name: string, description: string) => ({ description, prometheus: { type: 'gauge', name } }) as const;
const durationGauge = (name: string, description: string) =>
  ({ description, prometheus: { type: 'gauge', name, fromMs: true } }) as const;

/** Metrics that no event feeds: they are read at each scrape. */
export const WATCHED = {
  modelEvents: {
    description: 'What happened between the bot and the model, by name.',
    prometheus: { type: 'counter', name: 'model_events_total', labels: { event: 'event' } },
  },
  callRecordsWaiting: gauge(
    'call_records_waiting_bytes',
    'Call records and pieces of recordings that wait to be written.',
  ),
  taskProtected: gauge('task_protected', 'Whether ECS leaves this task alone, 1 or 0.'),
  eventLoopLagMeanMs: durationGauge('event_loop_lag_mean_seconds', 'Event-loop lateness, mean.'),
  eventLoopLagP99Ms: durationGauge('event_loop_lag_p99_seconds', 'Event-loop lateness, p99.'),
  audioBeatLatenessMs: durationGauge(
    'audio_beat_lateness_max_seconds',
    'Worst lateness of the 20 ms audio beat since the last scrape.',
  ),
  audioBeatP50Ms: durationGauge(
    'audio_beat_lateness_p50_seconds',
    'Lateness of the 20 ms audio beat over the last 10 s, median, until the last call of each was served.',
  ),
  audioBeatP99Ms: durationGauge(
    'audio_beat_lateness_p99_seconds',
    'Lateness of the 20 ms audio beat over the last 10 s, p99, until the last call of each was served.',
  ),
  audioBeatsLate: {
    description: 'Audio beats served more than 60 ms late: callers may have heard a gap.',
    prometheus: { type: 'counter', name: 'audio_beats_late_total' },
  },
  processMemory: gauge('process_resident_memory_bytes', 'Memory of the process.'),
  processHeap: gauge('process_heap_used_bytes', 'Heap in use.'),
  processUptime: gauge('process_uptime_seconds', 'Age of the process.'),
  processCpu: {
    description: 'CPU time used, user and system.',
    prometheus: { type: 'counter', name: 'process_cpu_seconds_total' },
  },
} as const satisfies Record<string, MetricEntry>;
