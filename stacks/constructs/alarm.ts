import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
  type CloudwatchMetricAlarmMetricQuery,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { AwsStack } from '../aws-stack';
import { type MetricKey, metricName } from './metrics';

/** Evaluation period of alarms, unless they set their own. */
const PERIOD_SECONDS = 300;

/** A metric that is not the bot's own. */
export interface AwsMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions?: Record<string, string>;
}

export interface AlarmProps {
  readonly metric: MetricKey | AwsMetric;
  /** `Sum`, `Average`, … or a percentile such as `p95`. */
  readonly statistic: string;
  readonly threshold: number;
  readonly below?: boolean;
  readonly periodSeconds?: number;
  readonly periods?: number;
  /** How to treat missing data. Default: all is well. */
  readonly missing?: 'notBreaching' | 'breaching' | 'ignore';
  /** What it means and what to do first. */
  readonly description: string;
}

/** Creates alarms that all notify one topic, when they start and when they clear. */
export class AlarmBoard {
  constructor(
    private readonly stack: AwsStack,
    private readonly topicArn: string,
  ) {}

  private metric(metric: MetricKey | AwsMetric): AwsMetric {
    if (typeof metric !== 'string') return metric;
    return { namespace: this.stack.names.metricNamespace, metricName: metricName(metric) };
  }

  /** An alarm on one metric. */
  on(id: string, props: AlarmProps): CloudwatchMetricAlarm {
    const { statistic, metric } = props;
    return this.make(id, props, {
      ...this.metric(metric),
      period: props.periodSeconds ?? PERIOD_SECONDS,
      ...(statistic.startsWith('p') ? { extendedStatistic: statistic } : { statistic }),
    });
  }

  /** An alarm on a calculation; `e` is the result that is compared. */
  onExpression(
    id: string,
    props: Omit<AlarmProps, 'metric'> & { expression: string; metrics: Record<string, MetricKey | AwsMetric> },
  ): CloudwatchMetricAlarm {
    const period = props.periodSeconds ?? PERIOD_SECONDS;
    const inputs: CloudwatchMetricAlarmMetricQuery[] = Object.entries(props.metrics).map(([name, metric]) => ({
      id: name,
      metric: { ...this.metric(metric), period, stat: props.statistic },
    }));
    return this.make(id, props, {
      metricQuery: [{ id: 'e', expression: props.expression, label: id, returnData: true }, ...inputs],
    });
  }

  private make(
    id: string,
    props: Omit<AlarmProps, 'metric'>,
    what: Partial<CloudwatchMetricAlarmConfig>,
  ): CloudwatchMetricAlarm {
    const periods = props.periods ?? 1;
    return new CloudwatchMetricAlarm(this.stack, `alarm-${id}`, {
      alarmName: `${this.stack.names.base}-${id}`,
      alarmDescription: props.description,
      comparisonOperator: props.below ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
      threshold: props.threshold,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      treatMissingData: props.missing ?? 'notBreaching',
      actionsEnabled: true,
      alarmActions: [this.topicArn],
      okActions: [this.topicArn],
      ...what,
    });
  }
}
