import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import type { AwsStack } from '../aws-stack';
import type { FoundationStack } from '../foundation';
import type { AlarmBoard } from './alarm';
import { delivery, watchDelivery } from './event-delivery';
import { RULES } from './event-roles';
import { machineLogs } from './machine-logs';
import { secretEventPattern } from './secret-events';

/** Alarms when access to a secret was denied, or a task could not start for lack of one. */
export function watchSecretAccess(
  stack: AwsStack,
  foundation: FoundationStack,
  clusterArn: string,
  board: AlarmBoard,
): void {
  const { names, arns } = stack;
  const machine = new SfnStateMachine(stack, 'notify', {
    name: names.notify,
    type: 'STANDARD',
    roleArn: arns.role(names.roles.notify),
    ...machineLogs(stack),
    definition: JSON.stringify({
      Comment: 'Says an event on the alarm topic, with all that is known of it',
      StartAt: 'Say',
      States: {
        Say: {
          Type: 'Task',
          Resource: `arn:${arns.partition}:states:::sns:publish`,
          Parameters: {
            TopicArn: arns.topic,
            Subject: `${names.base}: a secret was refused, or a task could not start`,
            'Message.$': 'States.JsonToString($)',
          },
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 3, BackoffRate: 2 }],
          End: true,
        },
      },
    }),
  });
  const denied = new CloudwatchEventRule(stack, 'secret-denied', {
    name: `${names.base}-${RULES.secretDenied}`,
    description: 'Reading a secret of the voice agent was refused',
    // Only rules in this state receive read events.
    state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    eventPattern: secretEventPattern(stack, foundation.secrets, (secrets) => ({
      source: ['aws.secretsmanager'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: {
        eventSource: ['secretsmanager.amazonaws.com'],
        eventName: ['GetSecretValue', 'BatchGetSecretValue'],
        // A secret that has no value yet answers ResourceNotFoundException, and needs no alarm: it is being set up.
        errorCode: [{ 'anything-but': ['ResourceNotFoundException'] }],
        // CloudTrail omits the parameters of some denied requests; the message then contains the secret's ARN.
        $or: [
          { requestParameters: { secretId: secrets.identifiers } },
          { requestParameters: { secretIdList: secrets.shortIdentifiers } },
          { errorMessage: secrets.messages },
        ],
      },
    })),
  });
  const notStarted = new CloudwatchEventRule(stack, 'task-not-started', {
    name: `${names.base}-${RULES.taskNotStarted}`,
    description: 'A task could not start: a secret or the image could not be had',
    eventPattern: JSON.stringify({
      source: ['aws.ecs'],
      'detail-type': ['ECS Task State Change'],
      detail: { clusterArn: [clusterArn], lastStatus: ['STOPPED'], stopCode: ['TaskFailedToStart'] },
    }),
  });
  const watch = (id: string, rule: CloudwatchEventRule, description: string): void => {
    new CloudwatchEventTarget(stack, `${id}-seen`, {
      rule: rule.name,
      targetId: 'notify',
      arn: machine.arn,
      roleArn: arns.role(names.roles.trigger),
      ...delivery(stack),
    });
    watchDelivery(board, id, rule);
    board.on(id, {
      metric: { namespace: 'AWS/Events', metricName: 'TriggeredRules', dimensions: { RuleName: rule.name } },
      statistic: 'Sum',
      threshold: 1,
      description,
    });
  };
  const refused = 'Reading a secret was refused. CloudTrail names the principal (GetSecretValue with an error).';
  const lacking = "A task could not start. The stopped task's reason names the secret or image it lacked.";
  watch('secret-denied', denied, refused);
  watch('task-not-started', notStarted, lacking);
  board.on('events-undelivered', {
    metric: {
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: names.undelivered },
    },
    statistic: 'Maximum',
    threshold: 1,
    description: 'Events lie in the queue of undelivered events. Each tells its target and the error.',
  });
}
