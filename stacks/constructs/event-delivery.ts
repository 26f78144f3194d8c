import type { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import type { CloudwatchEventTargetConfig } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import type { AwsStack } from '../aws-stack';
import { denyPlainTransport, policyJson } from '../policies';
import type { AlarmBoard } from './alarm';
import { RULES } from './event-roles';

/** A queue for the events that EventBridge could not deliver, kept for two weeks so that somebody can look at them. */
export function undeliveredQueue(stack: AwsStack): void {
  const { arns, names, settings } = stack;
  const queue = new SqsQueue(stack, 'undelivered', {
    name: names.undelivered,
    messageRetentionSeconds: 14 * 24 * 3_600,
    sqsManagedSseEnabled: true,
  });
  new SqsQueuePolicy(stack, 'undelivered-policy', {
    queueUrl: queue.url,
    policy: policyJson([
      {
        sid: 'OwnRulesOnly',
        principals: { Service: 'events.amazonaws.com' },
        actions: ['sqs:SendMessage'],
        resources: [arns.undelivered],
        conditions: {
          StringEquals: { 'aws:SourceAccount': settings.accountId },
          ArnEquals: {
            'aws:SourceArn': Object.values(RULES).map((id) => arns.regional('events', `rule/${names.base}-${id}`)),
          },
        },
      },
      denyPlainTransport(['sqs:*'], [arns.undelivered]),
    ]),
  });
}

/** How an event target tries again, and where an event goes that it could not be given. */
export const delivery = (stack: AwsStack): Pick<CloudwatchEventTargetConfig, 'deadLetterConfig' | 'retryPolicy'> => ({
  retryPolicy: { maximumEventAgeInSeconds: 3_600, maximumRetryAttempts: 10 },
  deadLetterConfig: { arn: stack.arns.undelivered },
});

/** Alarms when a rule could not start what it is for. */
export function watchDelivery(board: AlarmBoard, id: string, rule: CloudwatchEventRule): void {
  board.on(`${id}-not-delivered`, {
    metric: { namespace: 'AWS/Events', metricName: 'FailedInvocations', dimensions: { RuleName: rule.name } },
    statistic: 'Sum',
    threshold: 1,
    description: 'An event did not reach its state machine for good. It lies in the queue of undelivered events.',
  });
}
