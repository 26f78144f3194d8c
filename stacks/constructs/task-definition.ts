import { EcsTaskDefinition } from '@cdktf/provider-aws/lib/ecs-task-definition';
import type { AwsStack } from '../aws-stack';
import type { FoundationStack } from '../foundation';
import { containerDefinitions } from './container';

/** One revision of the task: image, size, roles, container. */
export function taskDefinition(stack: AwsStack, foundation: FoundationStack): EcsTaskDefinition {
  const { settings, names, arns } = stack;
  return new EcsTaskDefinition(stack, 'task-definition', {
    family: names.taskFamily,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: String(settings.task.cpu),
    memory: String(settings.task.memoryMb),
    runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: settings.task.architecture },
    executionRoleArn: arns.role(names.roles.execution),
    taskRoleArn: arns.role(names.roles.task),
    containerDefinitions: containerDefinitions(stack, foundation.secrets),
    // A rollback needs the previous revision.
    skipDestroy: true,
  });
}
