import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';

/*
 * What the emulator leaves out of CloudWatch: an alarm that changes its state carries out its actions (CloudWatch guide,
 * "Alarm actions"). Only topics are known.
 */

const clientOf = (upstreamUrl: string, region: string) => ({
  endpoint: upstreamUrl,
  region,
  credentials: { accessKeyId: 'alarms', secretAccessKey: 'alarms' },
});

/** An alarm as it is in the emulator. */
export async function alarmNow(upstreamUrl: string, region: string, name: string): Promise<MetricAlarm | undefined> {
  const cloudWatch = new CloudWatchClient(clientOf(upstreamUrl, region));
  try {
    return (await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }))).MetricAlarms?.[0];
  } finally {
    cloudWatch.destroy();
  }
}

/** Says a change on the topics of the new state; a state that stays the same is no change. */
export async function sayChange(
  upstreamUrl: string,
  region: string,
  before: MetricAlarm,
  after: MetricAlarm,
): Promise<void> {
  if (before.StateValue === after.StateValue || after.ActionsEnabled !== true) return;
  const topics =
    after.StateValue === 'ALARM'
      ? after.AlarmActions
      : after.StateValue === 'OK'
        ? after.OKActions
        : after.InsufficientDataActions;
  const sns = new SNSClient(clientOf(upstreamUrl, region));
  try {
    const Message = JSON.stringify({
      AlarmName: after.AlarmName,
      OldStateValue: before.StateValue,
      NewStateValue: after.StateValue,
      NewStateReason: after.StateReason,
    });
    for (const TopicArn of topics ?? []) await sns.send(new PublishCommand({ TopicArn, Message }));
  } finally {
    sns.destroy();
  }
}
