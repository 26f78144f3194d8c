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
import { secretEventPattern } from './secret-events';

/** Whether the newest deployment is younger than the change that the event tells of. */
const IS_RESTARTED =
  "{% $toMillis($states.result.Services[0].Deployments[Status = 'PRIMARY'].CreatedAt) > $toMillis($states.context.Execution.Input.detail.eventTime) %}";

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
      QueryLanguage: 'JSONata',
      StartAt: 'Look',
      States: {
        // Whoever rotates a secret with our own command has restarted the service by the time CloudTrail tells of it.
        Look: {
          Type: 'Task',
          Resource: `arn:${arns.partition}:states:::aws-sdk:ecs:describeServices`,
          Arguments: { Cluster: names.cluster, Services: [names.service] },
          Output: { isRestarted: IS_RESTARTED },
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 2, BackoffRate: 2 }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Restart' }],
          Next: 'IsRestarted',
        },
        IsRestarted: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input.isRestarted %}', Next: 'Done' }],
          Default: 'Restart',
        },
        Done: { Type: 'Succeed' },
        Restart: {
          Type: 'Task',
          Resource: `arn:${arns.partition}:states:::aws-sdk:ecs:updateService`,
          Arguments: { Cluster: names.cluster, Service: names.service, ForceNewDeployment: true },
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
    eventPattern: secretEventPattern(stack, foundation.secrets, (secrets) => ({
      source: ['aws.secretsmanager'],
      'detail-type': ['AWS API Call via CloudTrail', 'AWS Service Event via CloudTrail'],
      detail: {
        eventSource: ['secretsmanager.amazonaws.com'],
        eventName: ['PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage', 'RotationSucceeded'],
        errorCode: [{ exists: false }],
        $or: [
          { requestParameters: { secretId: secrets.identifiers } },
          { additionalEventData: { SecretId: secrets.arns } },
        ],
      },
    })),
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
