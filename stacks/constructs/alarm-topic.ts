import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import type { AwsStack } from '../aws-stack';
import { denyPlainTransport, policyJson } from '../policies';

/** The encrypted topic that the environment's alarms and events are published on, and its e-mail subscription. */
export function alarmTopic(stack: AwsStack, keyArn: string): SnsTopic {
  const { names, settings, arns } = stack;
  const topic = new SnsTopic(stack, 'alarm-topic', { name: names.topic, kmsMasterKeyId: keyArn });
  new SnsTopicPolicy(stack, 'alarm-topic-policy', {
    arn: topic.arn,
    policy: policyJson([
      {
        sid: 'AlarmsOfThisAccount',
        principals: { Service: 'cloudwatch.amazonaws.com' },
        actions: ['sns:Publish'],
        resources: [arns.topic],
        conditions: {
          StringEquals: { 'aws:SourceAccount': settings.accountId },
          ArnLike: { 'aws:SourceArn': arns.regional('cloudwatch', `alarm:${names.base}-*`) },
        },
      },
      denyPlainTransport(['sns:Publish'], [arns.topic]),
    ]),
  });
  if (settings.alarms.email === undefined) stack.warn('alarms.email is not set: nobody is told when an alarm rings.');
  else {
    new SnsTopicSubscription(stack, 'alarm-mail', {
      topicArn: topic.arn,
      protocol: 'email',
      endpoint: settings.alarms.email,
    });
  }
  return topic;
}
