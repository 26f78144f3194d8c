import type { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { MODEL_ACTIONS } from '../../contract/models';
import { secretReaders } from '../../contract/secrets';
import type { AwsStack } from '../aws-stack';
import { LOG_STREAM_PREFIX } from '../names';
import { serviceTrust, type Statement } from '../policies';
import { sayEvents } from './call-events';
import { putRecords } from './records-bucket';
import { useTools } from './tool-permissions';
import { role } from './role';
import type { Secrets } from './secrets';

/** Reads exactly these secrets, and uses their key only through Secrets Manager and for them. */
function readSecrets(stack: AwsStack, { all, keyArn }: Secrets): Statement[] {
  const secretArns = all.map(({ arn }) => arn);
  const read: Statement = { sid: 'ReadSecrets', actions: ['secretsmanager:GetSecretValue'], resources: secretArns };
  if (keyArn === undefined) return [read];
  return [
    read,
    {
      sid: 'DecryptSecrets',
      actions: ['kms:Decrypt'],
      resources: [keyArn],
      conditions: {
        StringEquals: {
          'kms:ViaService': `secretsmanager.${stack.settings.region}.amazonaws.com`,
          'kms:EncryptionContext:SecretARN': secretArns,
        },
      },
    },
  ];
}

const tasksTrust = (stack: AwsStack): string =>
  serviceTrust('ecs-tasks.amazonaws.com', stack.settings.accountId, [stack.arns.regional('ecs', '*')]);

/** What ECS needs to start a task: its image, its secrets, its log streams. */
export function executionRole(stack: AwsStack, secrets: Secrets): IamRole {
  const { arns, names } = stack;
  return role(stack, 'execution-role', {
    name: names.roles.execution,
    description: 'ECS starts tasks with it: image, secrets, log streams',
    trust: tasksTrust(stack),
    statements: [
      ...readSecrets(stack, secrets),
      {
        sid: 'WriteOwnLogs',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [`${arns.logGroup(names.logGroup)}:log-stream:${LOG_STREAM_PREFIX}/*`],
      },
      // Unused but harmless when the image comes from another registry.
      {
        sid: 'PullImage',
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        resources: [arns.repository],
      },
      // This action supports no resource: it returns a token for the account's registry.
      { sid: 'LogInToRegistry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
    ],
  });
}

/** Counts calls and minutes: updates the one table, whose key it may use only through DynamoDB. */
function countUsage(stack: AwsStack, keyArn: string): Statement[] {
  const { arns, names, settings } = stack;
  return [
    { sid: 'CountUsage', actions: ['dynamodb:UpdateItem'], resources: [arns.usageTable] },
    {
      sid: 'DecryptUsage',
      // DynamoDB decrypts the table's key with the caller's permissions.
      actions: ['kms:Decrypt'],
      resources: [keyArn],
      conditions: {
        StringEquals: {
          'kms:ViaService': `dynamodb.${settings.region}.amazonaws.com`,
          'kms:EncryptionContext:aws:dynamodb:tableName': names.usageTable,
        },
      },
    },
  ];
}

/** The keys of what the bot writes. */
interface DataKeys {
  readonly usageKeyArn: string;
  /** Undefined where no records are kept. */
  readonly recordsKeyArn: string | undefined;
}

/**
 * The bot's own permissions: invoke the configured models, protect its task while it has calls, see whether its service
 * has a newer deployment, count the day's usage, put records of calls, say events of them, and use what its agents' tools name.
 */
export function taskRole(stack: AwsStack, secrets: Secrets, { usageKeyArn, recordsKeyArn }: DataKeys): IamRole {
  const { arns, names, settings } = stack;
  return role(stack, 'task-role', {
    name: names.roles.task,
    description: 'The bot runs with it: models, its own task and service, usage, records, tools',
    trust: tasksTrust(stack),
    statements: [
      {
        sid: 'InvokeConfiguredModels',
        actions: [...MODEL_ACTIONS, 'bedrock:InvokeModelWithResponseStream'],
        resources: arns.models,
      },
      {
        sid: 'ProtectTasksWithCalls',
        actions: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
        resources: [arns.tasks],
        conditions: { ArnEquals: { 'ecs:cluster': arns.cluster } },
      },
      {
        sid: 'SeeOwnTask',
        actions: ['ecs:DescribeTasks'],
        resources: [arns.tasks],
        conditions: { ArnEquals: { 'ecs:cluster': arns.cluster } },
      },
      { sid: 'SeeOwnService', actions: ['ecs:DescribeServices'], resources: [arns.service] },
      ...countUsage(stack, usageKeyArn),
      ...(recordsKeyArn === undefined ? [] : putRecords(stack, recordsKeyArn)),
      ...sayEvents(stack),
      ...useTools(stack),
      ...(secretReaders(settings.secrets).includes('task') ? readSecrets(stack, secrets) : []),
    ],
  });
}
