import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import type { EcsService } from '@cdktf/provider-aws/lib/ecs-service';
import type { AwsStack } from '../aws-stack';
import type { FoundationStack } from '../foundation';
import type { AlarmBoard } from './alarm';
import { delivery, watchDelivery } from './event-delivery';
import { RULES } from './event-roles';
import { machineLogs } from './machine-logs';
import type { KnownSecret } from './secrets';

/** All ways to identify a secret in a request to Secrets Manager: by name, by ARN, and by ARN without its random end. */
export const identifiersOf = ({ arns }: AwsStack, secrets: readonly KnownSecret[]): string[] =>
  secrets.flatMap(({ name, arn }) => [name, arn, arns.regional('secretsmanager', `secret:${name}`)]);

/**
 * Restarts the service when the value of one of its secrets changes, because ECS injects values only when a task starts.
 * EventBridge cannot start an ECS deployment itself, so a state machine with a single step does.
 */
export function restartOnSecretChange(
  stack: AwsStack,
  foundation: FoundationStack,
  service: EcsService,
  board: AlarmBoard,
): void {
  const { names, arns } = stack;
  const machine = new SfnStateMachine(stack, 'restart', {
    name: names.restart,
    type: 'STANDARD',
    roleArn: arns.role(names.roles.restart),
    ...machineLogs(stack),
    definition: JSON.stringify({
      Comment: 'New tasks pick up the new value of a secret; old ones go when their calls have ended',
      StartAt: 'Restart',
      States: {
        Restart: {
          Type: 'Task',
          Resource: `arn:${arns.partition}:states:::aws-sdk:ecs:updateService`,
          Parameters: { Cluster: names.cluster, Service: names.service, ForceNewDeployment: true },
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 5, BackoffRate: 2 }],
          End: true,
        },
      },
    }),
    dependsOn: [service],
  });
  const rule = new CloudwatchEventRule(stack, 'secret-changed', {
    name: `${names.base}-${RULES.secretChanged}`,
    description: 'A secret of the voice agent has another value',
    eventPattern: JSON.stringify({
      source: ['aws.secretsmanager'],
      'detail-type': ['AWS API Call via CloudTrail', 'AWS Service Event via CloudTrail'],
      detail: {
        eventSource: ['secretsmanager.amazonaws.com'],
        eventName: ['PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage', 'RotationSucceeded'],
        errorCode: [{ exists: false }],
        $or: [
          { requestParameters: { secretId: identifiersOf(stack, foundation.secrets) } },
          { additionalEventData: { SecretId: foundation.secrets.map(({ arn }) => arn) } },
        ],
      },
    }),
  });
  new CloudwatchEventTarget(stack, 'secret-changed-restart', {
    rule: rule.name,
    targetId: 'restart',
    arn: machine.arn,
    roleArn: arns.role(names.roles.trigger),
    ...delivery(stack),
  });
  watchDelivery(board, 'restart', rule);
  board.on('restart-failed', {
    metric: { namespace: 'AWS/States', metricName: 'ExecutionsFailed', dimensions: { StateMachineArn: machine.arn } },
    statistic: 'Sum',
    threshold: 1,
    description: 'The service could not be restarted after a secret changed: tasks still use the old value.',
  });
}
