import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { arnsOf, namesOf } from '../../stacks/names';
import type { Settings } from '../../stacks/settings';
import type { Aws } from '../aws/aws';

export interface Alarm {
  readonly name: string;
  readonly state: StateValue;
  /** Where it is said. */
  readonly actions: readonly string[];
  readonly areActionsEnabled: boolean;
}

/** The environment's alarms in CloudWatch. */
export class Alarms {
  readonly #client: CloudWatchClient;
  readonly #prefix: string;
  readonly #arn: string;

  constructor(
    private readonly aws: Aws,
    settings: Settings,
  ) {
    this.#client = aws.client(CloudWatchClient);
    this.#prefix = `${namesOf(settings).base}-`;
    this.#arn = arnsOf(settings).regional('cloudwatch', `alarm:${this.#prefix}*`);
  }

  /** Every alarm of the environment by its name. @throws OpsError */
  async list(): Promise<Alarm[]> {
    const found: MetricAlarm[] = [];
    for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
      const command = new DescribeAlarmsCommand({ AlarmNamePrefix: this.#prefix, NextToken: next });
      const page = await this.aws.read(this.#asked('cloudwatch:DescribeAlarms'), (options) =>
        this.#client.send(command, options),
      );
      found.push(...(page.MetricAlarms ?? []));
      next = page.NextToken;
    }
    return found.map(({ AlarmName, StateValue = 'INSUFFICIENT_DATA', AlarmActions = [], ActionsEnabled }) => ({
      name: AlarmName ?? '',
      state: StateValue,
      actions: AlarmActions,
      areActionsEnabled: ActionsEnabled === true,
    }));
  }

  /** Has one take a state until CloudWatch looks at its metric again, which it does within a period. @throws OpsError */
  async set(name: string, state: StateValue, reason: string): Promise<void> {
    const command = new SetAlarmStateCommand({ AlarmName: name, StateValue: state, StateReason: reason });
    await this.aws.write(this.#asked('cloudwatch:SetAlarmState'), () => this.#client.send(command));
  }

  #asked(action: string) {
    return { action, resource: this.#arn, what: 'the alarms' };
  }
}
