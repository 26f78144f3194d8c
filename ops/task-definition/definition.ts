import { z } from 'zod';
import { parseJson } from '../cli/json';
import { OpsError } from '../cli/ops-error';
import { unescapeTemplates, type Synthesis } from './synthesised';
import { parseValueFrom, type ValueFrom } from './value-from';

const containersSchema = z.array(
  z.looseObject({
    name: z.string(),
    image: z.string(),
    essential: z.boolean().default(true),
    user: z.string().optional(),
    stopTimeout: z.number().default(30),
    readonlyRootFilesystem: z.boolean().default(false),
    portMappings: z.array(z.looseObject({ containerPort: z.number() })).default([]),
    environment: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
    secrets: z.array(z.object({ name: z.string(), valueFrom: z.string() })).default([]),
    healthCheck: z
      .looseObject({
        command: z.array(z.string()).min(1),
        interval: z.number().default(30),
        timeout: z.number().default(5),
        retries: z.number().default(3),
        startPeriod: z.number().default(0),
      })
      .optional(),
    logConfiguration: z.looseObject({ options: z.record(z.string(), z.string()).default({}) }).optional(),
  }),
);

type Container = z.infer<typeof containersSchema>[number];

/** A variable that ECS injects from a secret. */
export interface InjectedVariable {
  readonly name: string;
  readonly from: ValueFrom;
}

/** The one container of the task, as ECS would run it. */
export interface TaskDefinition {
  readonly family: string;
  readonly container: string;
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly InjectedVariable[];
  /** `uid` or `uid:gid`; undefined runs as root. */
  readonly user: string | undefined;
  readonly port: number;
  readonly healthCheck: NonNullable<Container['healthCheck']> | undefined;
  readonly stopTimeoutSeconds: number;
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  readonly logGroup: string | undefined;
}

const taskSchema = z.looseObject({
  family: z.string(),
  container_definitions: z.string(),
  execution_role_arn: z.string().optional(),
  task_role_arn: z.string().optional(),
});

/**
 * The task definition of the synthesised service.
 * @throws OpsError `definition_invalid`
 */
export function readTaskDefinition(synthesis: Synthesis): TaskDefinition {
  const { service } = synthesis;
  const all = Object.values(service.resource['aws_ecs_task_definition'] ?? {});
  const [only] = all;
  if (only === undefined || all.length > 1) {
    throw new OpsError('definition_invalid', `the service stack has ${all.length} task definitions, not one`);
  }
  const task = taskSchema.safeParse(only).data;
  const container = task === undefined ? undefined : mainContainer(task.container_definitions);
  if (task === undefined || container === undefined) {
    throw new OpsError(
      'definition_invalid',
      'the container definitions of the task are not literal JSON as ECS wants it',
    );
  }
  const seen = new Set<string>();
  for (const { name } of [...container.environment, ...container.secrets]) {
    if (seen.has(name)) throw new OpsError('definition_invalid', `${name} is set twice in the task definition`);
    seen.add(name);
  }
  return {
    family: task.family,
    container: container.name,
    image: container.image,
    environment: Object.fromEntries(container.environment.map(({ name, value }) => [name, unescapeTemplates(value)])),
    secrets: container.secrets.map(({ name, valueFrom }) => ({
      name,
      from: parseValueFrom(name, valueFrom, synthesis, service),
    })),
    user: container.user,
    port: container.portMappings[0]?.containerPort ?? 0,
    healthCheck: container.healthCheck,
    stopTimeoutSeconds: container.stopTimeout,
    executionRoleArn: roleArn(task.execution_role_arn),
    taskRoleArn: roleArn(task.task_role_arn),
    logGroup: container.logConfiguration?.options['awslogs-group'],
  };
}

function mainContainer(text: string): Container | undefined {
  return containersSchema.safeParse(parseJson(text)).data?.find(({ essential }) => essential);
}

/** Roles are named by literal ARNs; a reference would be known only once they exist. */
function roleArn(arn: string | undefined): string {
  if (arn !== undefined && /^arn:[a-z-]+:iam::\d{12}:role\/.+/.test(arn)) return arn;
  throw new OpsError('definition_invalid', 'the task definition names no literal ARN for a role');
}
