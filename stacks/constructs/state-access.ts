import type { AwsStack } from '../aws-stack';
import { stateKey } from '../names';
import type { Statement } from '../policies';

/** Uses the state bucket's key, through S3 only. The key belongs to another stack, so it is identified by its alias. */
function useStateKey(stack: AwsStack, actions: readonly string[]): Statement {
  return {
    sid: 'UseStateKey',
    actions,
    resources: [stack.arns.regional('kms', 'key/*')],
    conditions: {
      StringEquals: { 'kms:ViaService': `s3.${stack.settings.region}.amazonaws.com` },
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': `alias/${stack.names.base}-state` },
    },
  };
}

/** Reads the states that a plan needs. */
export function readState(stack: AwsStack, stacks: readonly string[]): Statement[] {
  const bucket = stack.arns.bucket(stack.names.stateBucket);
  return [
    { sid: 'ListState', actions: ['s3:ListBucket'], resources: [bucket] },
    { sid: 'ReadState', actions: ['s3:GetObject'], resources: stacks.map((name) => `${bucket}/${stateKey(name)}`) },
    useStateKey(stack, ['kms:Decrypt']),
  ];
}

/** Also writes the service stack's state, and acquires and releases its lock. */
export function writeServiceState(stack: AwsStack): Statement[] {
  const bucket = stack.arns.bucket(stack.names.stateBucket);
  const key = stateKey('service');
  return [
    { sid: 'ListState', actions: ['s3:ListBucket'], resources: [bucket] },
    { sid: 'ReadFoundationState', actions: ['s3:GetObject'], resources: [`${bucket}/${stateKey('foundation')}`] },
    { sid: 'WriteServiceState', actions: ['s3:GetObject', 's3:PutObject'], resources: [`${bucket}/${key}`] },
    {
      sid: 'LockServiceState',
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      resources: [`${bucket}/${key}.tflock`],
    },
    useStateKey(stack, ['kms:Decrypt', 'kms:GenerateDataKey']),
  ];
}
