import type { MetricKey } from '../../contract/telemetry/catalogue';
import { EmfRecorder } from '../../bot/telemetry/emf';
import { createLogger } from '../../bot/telemetry/logger';
import { createTelemetry, type Telemetry, type TelemetryOptions } from '../../bot/telemetry/telemetry';

/** Real telemetry whose log lines are kept. */
export interface TestTelemetry extends Telemetry {
  /** Every line as it would have gone to standard output. */
  readonly lines: readonly string[];
  /** The lines, parsed. */
  logged(): Record<string, unknown>[];
}

export function testTelemetry(
  level: 'trace' | 'info' | 'silent' = 'info',
  options: Omit<TelemetryOptions, 'logger'> = {},
): TestTelemetry {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return {
    ...createTelemetry({ logger: createLogger({ level, version: 'test', destination }), ...options }),
    lines,
    logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** Keeps what was measured for CloudWatch, in order. */
export class KeptValues extends EmfRecorder {
  readonly values: [MetricKey, number][] = [];

  constructor() {
    super('test');
  }

  override add(key: MetricKey, value: number): void {
    this.values.push([key, value]);
    super.add(key, value);
  }
}
