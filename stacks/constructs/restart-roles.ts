import type { AwsStack } from '../aws-stack';
import { serviceTrust } from '../policies';
import { role } from './role';

/** Roles of the restart after a changed secret: one for the rule that notices, one for the machine that acts. */
export function restartRoles(stack: AwsStack): void {
  const { arns, names, settings } = stack;
  role(stack, 'restart-role', {
    name: names.roles.restart,
    description: 'Restarts the service after a secret has changed',
    trust: serviceTrust('states.amazonaws.com', settings.accountId, [arns.stateMachine]),
    statements: [{ sid: 'RestartOwnService', actions: ['ecs:UpdateService'], resources: [arns.service] }],
  });
  role(stack, 'restart-trigger-role', {
    name: names.roles.restartTrigger,
    description: 'Starts the restart when a secret changes',
    trust: serviceTrust('events.amazonaws.com', settings.accountId, [arns.regional('events', `rule/${names.restart}`)]),
    statements: [{ sid: 'StartRestart', actions: ['states:StartExecution'], resources: [arns.stateMachine] }],
  });
}
