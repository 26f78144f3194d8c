import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { KEY_DELETION_DAYS } from '../aws-limits';
import type { AwsStack } from '../aws-stack';
import { policyJson, type Statement } from '../policies';

export interface EncryptionKeyProps {
  readonly alias: string;
  readonly description: string;
  /** AWS services that use the key themselves; principals of the account get it through IAM policies. */
  readonly services: readonly Statement[];
}

/** A customer-managed key with yearly rotation, whose policy names who may use it. */
export class EncryptionKey extends Construct {
  readonly arn: string;

  constructor(stack: AwsStack, id: string, props: EncryptionKeyProps) {
    super(stack, id);
    const key = new KmsKey(this, 'key', {
      description: props.description,
      enableKeyRotation: true,
      deletionWindowInDays: stack.settings.protected ? KEY_DELETION_DAYS.longest : KEY_DELETION_DAYS.shortest,
      policy: policyJson([
        {
          sid: 'AccountDecidesThroughIam',
          principals: { AWS: stack.arns.root },
          actions: ['kms:*'],
          // In a key's policy, "*" is this key.
          resources: ['*'],
        },
        ...props.services,
      ]),
      ...(stack.settings.protected ? { lifecycle: { preventDestroy: true } } : {}),
    });
    new KmsAlias(this, 'alias', { name: `alias/${props.alias}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}

/** CloudWatch Logs, for these log groups only. */
export function usedByLogs(stack: AwsStack, logGroups: readonly string[]): Statement {
  return {
    sid: 'CloudWatchLogsForOwnGroups',
    principals: { Service: `logs.${stack.settings.region}.amazonaws.com` },
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    resources: ['*'],
    conditions: {
      ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': logGroups.map((name) => stack.arns.logGroup(name)) },
    },
  };
}

/** Alarms, which are published on an encrypted topic. */
export function usedByAlarms(stack: AwsStack): Statement {
  return {
    sid: 'AlarmsPublish',
    principals: { Service: 'cloudwatch.amazonaws.com' },
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:SourceAccount': stack.settings.accountId } },
  };
}

/** CloudTrail, for the environment's own trail only. */
export function usedByTrail(stack: AwsStack): Statement {
  return {
    sid: 'TrailEncryptsItsFiles',
    principals: { Service: 'cloudtrail.amazonaws.com' },
    actions: ['kms:GenerateDataKey*', 'kms:DescribeKey'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:SourceArn': stack.arns.trail, 'aws:SourceAccount': stack.settings.accountId } },
  };
}
