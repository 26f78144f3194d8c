import { ALL_METRICS, type MetricKey } from '../../contract/telemetry/catalogue';

/** CloudWatch takes at most so many values of a metric from one line. */
const MAX_VALUES = 100;
/** A backlog that nobody takes is a fault elsewhere; it must not become one of memory. */
const MAX_KEPT = 10_000;

/** The root of a log line in CloudWatch's embedded metric format; its other members are the values. */
export interface EmfLine {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      /** One empty set: a metric has no dimensions, so that it is one metric however many tasks there are. */
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [metric: string]: unknown;
}

/**
 * Collects values and turns them into lines of the embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 * Every value is kept, so that CloudWatch can tell percentiles.
 */
export class EmfRecorder {
  readonly #namespace: string;
  readonly #values = new Map<MetricKey, number[]>();

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** In the metric's own unit. What is no finite number is passed over: CloudWatch refuses the whole line for one. */
  add(key: MetricKey, value: number): void {
    if (!Number.isFinite(value) || ALL_METRICS[key].cloudwatch?.kind !== 'measured') return;
    const values = this.#values.get(key) ?? [];
    this.#values.set(key, values);
    if (values.length < MAX_KEPT) values.push(rounded(value));
  }

  /** The lines of everything since the last time, none where there was nothing. */
  take(epochMs: number): EmfLine[] {
    const lines: EmfLine[] = [];
    while (this.#values.size > 0) lines.push(this.#takeLine(epochMs));
    return lines;
  }

  #takeLine(epochMs: number): EmfLine {
    const metrics: { Name: string; Unit: string }[] = [];
    const members: Record<string, number | number[]> = {};
    for (const [key, values] of [...this.#values]) {
      const { cloudwatch } = ALL_METRICS[key];
      if (cloudwatch?.kind !== 'measured') continue;
      const taken = values.splice(0, MAX_VALUES);
      if (values.length === 0) this.#values.delete(key);
      metrics.push({ Name: cloudwatch.name, Unit: cloudwatch.unit });
      members[cloudwatch.name] = taken.length === 1 ? (taken[0] ?? 0) : taken;
    }
    return {
      _aws: {
        Timestamp: Math.floor(epochMs),
        CloudWatchMetrics: [{ Namespace: this.#namespace, Dimensions: [[]], Metrics: metrics }],
      },
      ...members,
    };
  }
}

/** Six digits are more than any of these numbers means; a float's seventeen would fill the line. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
