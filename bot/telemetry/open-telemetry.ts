import type { Clock } from '../time';
import { EmfRecorder } from './emf';
import { createLogger, type LoggerOptions } from './logger';
import { createOtlpTracing } from './otlp-tracing';
import { createTelemetry, type Telemetry } from './telemetry';
import { NO_TRACING } from './tracing';

export interface TelemetryConfig extends LoggerOptions {
  readonly serviceName: string;
  /** CloudWatch's, where it is sent what is measured. */
  readonly metricsNamespace: string | undefined;
  /** The collector of traces, where there is one; its client is loaded only then. */
  readonly otlpEndpoint: string | undefined;
  readonly clock: Clock;
}

export async function openTelemetry(config: TelemetryConfig): Promise<Telemetry> {
  const { otlpEndpoint: endpoint, metricsNamespace, serviceName, version, clock } = config;
  return createTelemetry({
    logger: createLogger(config),
    emf: metricsNamespace === undefined ? undefined : new EmfRecorder(metricsNamespace),
    tracing: endpoint === undefined ? NO_TRACING : await createOtlpTracing({ endpoint, serviceName, version, clock }),
  });
}
