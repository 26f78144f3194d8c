import type { AwsStack } from '../aws-stack';
import { serviceTrust } from '../policies';
import { DELIVER_LOGS } from './machine-logs';
import { role } from './role';

/** Suffixes of the names of the rules that start a state machine. */
export const RULES = {
  secretChanged: 'restart',
  secretDenied: 'secret-denied',
  taskNotStarted: 'task-not-started',
} as const;

/**
 * Roles for reacting to events: one for the rules, which may start the two state machines, and one for each machine,
 * which may only do its one task. Events reach the topic through a machine because EventBridge supports no conditions on
 * an encrypted topic, and a key open to EventBridge without conditions would be open on behalf of every account.
 */
export function eventRoles(stack: AwsStack, topicKeyArn: string): void {
  const { arns, names, settings } = stack;
  role(stack, 'restart-role', {
    name: names.roles.restart,
    description: 'Restarts the service after a secret has changed',
    trust: serviceTrust('states.amazonaws.com', settings.accountId, [arns.restartMachine]),
    statements: [
      { sid: 'RestartOwnService', actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: [arns.service] },
      DELIVER_LOGS,
    ],
  });
  role(stack, 'notify-role', {
    name: names.roles.notify,
    description: 'Says events on the alarm topic',
    trust: serviceTrust('states.amazonaws.com', settings.accountId, [arns.notifyMachine]),
    statements: [
      { sid: 'SayOnOwnTopic', actions: ['sns:Publish'], resources: [arns.topic] },
      {
        sid: 'EncryptForTopic',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [topicKeyArn],
        conditions: { StringEquals: { 'kms:ViaService': `sns.${settings.region}.amazonaws.com` } },
      },
      DELIVER_LOGS,
    ],
  });
  role(stack, 'trigger-role', {
    name: names.roles.trigger,
    description: 'Starts the machines that react to events',
    trust: serviceTrust(
      'events.amazonaws.com',
      settings.accountId,
      Object.values(RULES).map((id) => arns.regional('events', `rule/${names.base}-${id}`)),
    ),
    statements: [
      {
        sid: 'StartMachines',
        actions: ['states:StartExecution'],
        resources: [arns.restartMachine, arns.notifyMachine],
      },
    ],
  });
}
