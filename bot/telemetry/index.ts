export { type LoopLag, monitorEventLoop } from './event-loop';
export { createLogger, type Logger } from './logger';
export { openTelemetry } from './open-telemetry';
export { reportServiceStats } from './service-stats';
export { type CallTelemetry, createTelemetry, type Telemetry } from './telemetry';
export type { SpanAttributes } from './tracing';
