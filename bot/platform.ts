import { joinEcs } from './ecs/ecs-task';
import type { Admission } from './call/admission';
import { TaskAdmission } from './call/task-admission';
import type { Config } from './config';
import { CostLimits } from './usage-limits/cost-limits';
import { DynamoLedger } from './usage-limits/dynamo-ledger';
import { MemoryLedger } from './usage-limits/memory-ledger';
import { createOtlpTracing } from './telemetry/otlp-tracing';
import type { Telemetry } from './telemetry/telemetry';
import { NO_TRACING, type Tracing } from './telemetry/tracing';
import type { Clock } from './time/clock';

/** What stands around the calls: who is let in, and who hears of them afterwards. */
export interface Platform {
  readonly admission: Admission;
  readonly tracing: Tracing;
  /** After the last call: tells what is left, and gives protection back. Idempotent, bounded, never rejects. */
  close(): Promise<void>;
}

export interface PlatformOptions {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly activeCalls: () => number;
}

/** Makes those that are configured; what is not is not even loaded. */
export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const { config, clock, activeCalls } = options;
  const { logger, metrics } = options.telemetry;
  const { otlpEndpoint: endpoint, serviceName } = config.telemetry;
  const tracing =
    endpoint === undefined
      ? NO_TRACING
      : await createOtlpTracing({ endpoint, serviceName, version: config.version, clock });
  const limits = await createCostLimits(options);
  const { maxCallMs } = config.call;
  const task =
    config.ecs === undefined
      ? undefined
      : joinEcs({ endpoints: config.ecs, region: config.region, maxCallMs, clock, logger, metrics, activeCalls });
  return {
    admission: new TaskAdmission({ costs: limits?.costs, task }),
    tracing,
    close: async () => {
      await limits?.close();
      await task?.close();
      await tracing.close();
    },
  };
}

/** The limits on cost, or undefined where none is set. */
async function createCostLimits({
  config,
  clock,
  telemetry,
}: PlatformOptions): Promise<{ costs: CostLimits; close: () => Promise<void> } | undefined> {
  const { table, ...limits } = config.limits;
  if (Object.values(limits).every((limit) => limit === undefined)) return undefined;
  const { logger, metrics } = telemetry;
  const shared = table === undefined ? undefined : await DynamoLedger.open({ region: config.region, table, limits });
  const costs = new CostLimits({ ledger: shared ?? new MemoryLedger(limits), limits, clock, logger, metrics });
  return {
    costs,
    close: async () => {
      await costs.close();
      shared?.close();
    },
  };
}
