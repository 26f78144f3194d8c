import { createLogger } from '../../bot/telemetry/logger';
import { createMetrics } from '../../bot/telemetry/metrics';
import type { Telemetry } from '../../bot/telemetry/telemetry';

/** Real telemetry whose log lines are kept. */
export interface TestTelemetry extends Telemetry {
  /** Every line as it would have gone to standard output. */
  readonly lines: readonly string[];
  /** The lines, parsed. */
  logged(): Record<string, unknown>[];
}

export function testTelemetry(level: 'trace' | 'info' | 'silent' = 'info'): TestTelemetry {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return {
    logger: createLogger({ level, version: 'test', destination }),
    metrics: createMetrics(),
    lines,
    logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}
