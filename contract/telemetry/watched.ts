import type { MetricEntry } from './entry';

/** Metrics that no event feeds: they are read at each scrape. */
export const WATCHED = {
  modelEvents: {
    description: 'What happened between the bot and the model, by name.',
    prometheus: { type: 'counter', name: 'model_events_total', labels: { event: 'event' } },
  },
  taskProtected: {
    description: 'Whether ECS leaves this task alone, 1 or 0.',
    prometheus: { type: 'gauge', name: 'task_protected' },
  },
  eventLoopLagMeanMs: {
    description: 'Event-loop lateness, mean.',
    prometheus: { type: 'gauge', name: 'event_loop_lag_mean_seconds', fromMs: true },
  },
  eventLoopLagP99Ms: {
    description: 'Event-loop lateness, p99.',
    prometheus: { type: 'gauge', name: 'event_loop_lag_p99_seconds', fromMs: true },
  },
  audioBeatLatenessMs: {
    description: 'Worst lateness of the 20 ms audio beat since the last scrape.',
    prometheus: { type: 'gauge', name: 'audio_beat_lateness_max_seconds', fromMs: true },
  },
  processMemory: {
    description: 'Memory of the process.',
    prometheus: { type: 'gauge', name: 'process_resident_memory_bytes' },
  },
  processHeap: { description: 'Heap in use.', prometheus: { type: 'gauge', name: 'process_heap_used_bytes' } },
  processUptime: { description: 'Age of the process.', prometheus: { type: 'gauge', name: 'process_uptime_seconds' } },
  processCpu: {
    description: 'CPU time used, user and system.',
    prometheus: { type: 'counter', name: 'process_cpu_seconds_total' },
  },
} as const satisfies Record<string, MetricEntry>;
