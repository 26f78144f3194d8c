import { TaskAdmission, UnansweredStarts } from './call';
import type { Config } from './config';
import { joinEcs } from './ecs';
import type { PhoneLimits } from './phone';
import type { Telemetry } from './telemetry';
import type { Clock } from './time';
import { CostLimits, DynamoClaims, DynamoLedger, MemoryLedger } from './usage-limits';

type DayLimits = ConstructorParameters<typeof MemoryLedger>[0];

const NO_LIMITS: DayLimits = {
  callsPerCaller: undefined,
  calls: undefined,
  minutes: undefined,
  tokens: undefined,
  dollars: undefined,
};

interface Limits {
  readonly admission: TaskAdmission;
  readonly phone: PhoneLimits;
}

/** Limits on cost and the process's task of ECS, each where it is configured; what is not is not even loaded. */
export async function openLimits(config: Config, telemetry: Telemetry, clock: Clock): Promise<Limits> {
  const { region, ecs: endpoints, phone: telephone, dialIn, dialOut } = config;
  const inbound = telephone ?? dialIn;
  const { maxCallMs } = config.call;
  const { table, ...limits } = config.limits;
  const costLimits = async (of: DayLimits, prefix = '', dollarsPerMinute?: number): Promise<CostLimits | undefined> => {
    if (Object.values(of).every((limit) => limit === undefined)) return undefined;
    const ledger =
      table === undefined ? new MemoryLedger(of) : await DynamoLedger.open({ region, table, limits: of, prefix });
    return new CostLimits({ ledger, limits: of, clock, telemetry, dollarsPerMinute });
  };
  const out = telephone?.outbound ?? dialOut;
  const phone: PhoneLimits = {
    withheld: await costLimits({ ...NO_LIMITS, calls: inbound?.withheldCallsPerDay }, 'phone-withheld-'),
    outbound:
      out === undefined
        ? undefined
        : await costLimits(
            {
              ...NO_LIMITS,
              callsPerCaller: out.perNumberPerDay,
              minutes: out.minutesPerDay,
              dollars: out.dollarsPerDay,
            },
            'phone-out-',
            out.dollarsPerMinute,
          ),
    claims:
      (inbound ?? dialOut) === undefined || table === undefined
        ? undefined
        : await DynamoClaims.open({ region, table }),
  };
  const task = endpoints === undefined ? undefined : joinEcs({ endpoints, region, maxCallMs, clock, telemetry });
  const unanswered = new UnansweredStarts(config.access.unansweredStarts);
  const others = [phone.withheld, phone.outbound].filter((one) => one !== undefined);
  return { admission: new TaskAdmission({ unanswered, costs: await costLimits(limits), others, task }), phone };
}
