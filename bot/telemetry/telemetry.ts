import type { Logger } from './logger';
import type { Metrics } from './metrics';

/** What every room may tell the operator through. */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
}
