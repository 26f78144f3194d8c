import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ALL_METRICS, type MetricKey, type Reading, type WatchedKey } from '../../contract/telemetry/catalogue';
import { BUCKETS_S, type PrometheusEntry } from '../../contract/telemetry/entry';
import { PROCESS_READINGS } from './process-readings';

const PREFIX = 'voice_agent_';

type Labels = Record<string, string | number>;
/** Takes a value in the metric's own unit. */
type Instrument = (value: number, labels: Labels) => void;

/** The metrics of the catalogue, in a registry of their own: two in one process do not mix. */
export class Prometheus {
  readonly #registry = new Registry();
  readonly #instruments = new Map<MetricKey, Instrument>();

  constructor() {
    for (const [key, { prometheus, description, event }] of Object.entries(ALL_METRICS)) {
      if (prometheus === undefined || prometheus.type === 'gauge' || event === undefined) continue;
      this.#instruments.set(key as MetricKey, this.#instrument(prometheus, description));
    }
    for (const [key, read] of Object.entries(PROCESS_READINGS)) this.watch(key as keyof typeof PROCESS_READINGS, read);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in Prometheus's text format. */
  render(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Labels are filled from `fields`. Ignores gauges, which are read at each scrape, and metrics for CloudWatch only. */
  add(key: MetricKey, value: number, fields: Readonly<Record<string, unknown>>): void {
    const labels: Labels = {};
    for (const [label, field] of Object.entries(ALL_METRICS[key].prometheus?.labels ?? {})) {
      labels[label] = fields[field] as string | number;
    }
    this.#instruments.get(key)?.(value, labels);
  }

  /** Reads a metric at each scrape. */
  watch<K extends WatchedKey>(key: K, read: () => Reading<K>): void {
    const { prometheus, description: help } = ALL_METRICS[key];
    if (prometheus === undefined) return;
    const { type, fromMs = false, labels = {} } = prometheus;
    const [label = ''] = Object.keys(labels);
    const unit = fromMs ? 1000 : 1;
    new (type === 'gauge' ? Gauge : Counter)({
      name: PREFIX + prometheus.name,
      help,
      labelNames: Object.keys(labels),
      registers: [this.#registry],
      collect() {
        this.reset();
        const reading: number | Readonly<Record<string, number>> = read();
        if (typeof reading === 'number') this.inc(reading / unit);
        else for (const [name, value] of Object.entries(reading)) this.inc({ [label]: name }, value / unit);
      },
    });
  }

  #instrument({ type, name, labels = {}, buckets = 'response', fromMs }: PrometheusEntry, help: string): Instrument {
    const common = { name: PREFIX + name, help, labelNames: Object.keys(labels), registers: [this.#registry] };
    const unit = fromMs === true ? 1000 : 1;
    if (type === 'counter') {
      const counter = new Counter(common);
      return (value, at) => counter.inc(at, value / unit);
    }
    const histogram = new Histogram({ ...common, buckets: [...BUCKETS_S[buckets]] });
    return (value, at) => histogram.observe(at, value / unit);
  }
}
