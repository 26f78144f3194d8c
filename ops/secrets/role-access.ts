import { GetResourcePolicyCommand, type DescribeSecretCommandOutput } from '@aws-sdk/client-secrets-manager';
import type { Aws } from '../aws/aws';
import { findDeny } from '../aws/resource-policy';
import { simulate } from '../aws/simulate';
import { OpsError } from '../cli/ops-error';
import { type Finding, unknownFinding } from '../cli/report';

const READ = 'secretsmanager:GetSecretValue';

/** A secret, as far as reading it is concerned. */
export interface ReadableSecret {
  readonly name: string;
  readonly arn: string;
  /** As Secrets Manager names it: an ARN, an id or an alias; undefined is AWS's own key. */
  readonly kmsKeyId: string | undefined;
}

export function readableSecret(name: string, described: DescribeSecretCommandOutput): ReadableSecret {
  return { name, arn: described.ARN ?? '', kmsKeyId: described.KmsKeyId };
}

/** May this role read this secret: by its own policies, by the key's use, and by the secret's policy. */
export async function checkRoleAccess(aws: Aws, roleArn: string, secret: ReadableSecret): Promise<Finding> {
  const subject = `${roleArn.split('/').at(-1) ?? roleArn} → ${secret.name}`;
  try {
    const read = await simulate(aws, { roleArn, action: READ, resource: secret.arn });
    if (read.kind === 'denied') return denied(subject, READ, read);
    const key = keyArn(secret);
    if (key !== undefined) {
      const facts = {
        'kms:ViaService': `secretsmanager.${aws.region}.amazonaws.com`,
        'kms:EncryptionContext:SecretARN': secret.arn,
      };
      const decrypt = await simulate(aws, { roleArn, action: 'kms:Decrypt', resource: key, facts });
      if (decrypt.kind === 'denied') return denied(subject, 'kms:Decrypt', decrypt);
    }
    return await checkOwnPolicy(aws, roleArn, secret, subject);
  } catch (error) {
    if (error instanceof OpsError && error.code === 'not_found') {
      const fix = 'Apply the foundation stack: it makes the roles.';
      return { status: 'failed', code: 'not_found', subject, text: 'there is no such role', fix };
    }
    return unknownFinding(subject, error);
  }
}

function denied(subject: string, action: string, answer: { isExplicit: boolean; missing: string }): Finding {
  const text = answer.isExplicit
    ? `a policy of the role explicitly denies ${action}`
    : `the policies of the role do not allow ${action}`;
  const fix = answer.isExplicit ? 'Remove the deny from the role.' : `The role lacks this statement: ${answer.missing}`;
  return { status: 'failed', code: 'access_denied', subject, text, fix };
}

/** The secret's own policy can shut out a role that its own policies let in. */
async function checkOwnPolicy(aws: Aws, roleArn: string, secret: ReadableSecret, subject: string): Promise<Finding> {
  const asked = {
    action: 'secretsmanager:GetResourcePolicy',
    resource: secret.arn,
    what: `the policy of the secret ${secret.name}`,
  };
  const { ResourcePolicy: policy } = await aws.read(asked, (options) =>
    aws.secretsManager.send(new GetResourcePolicyCommand({ SecretId: secret.arn }), options),
  );
  const verdict = policy === undefined ? undefined : findDeny(policy, { principalArn: roleArn, action: READ });
  if (verdict?.kind === 'denied') {
    const text = `the secret's own policy denies it (${verdict.sid})`;
    const fix = 'Let the policy name this role: secrets.* in the settings, then apply the foundation.';
    return { status: 'failed', code: 'access_denied', subject, text, fix };
  }
  if (verdict?.kind === 'unclear') {
    const text = `its own policies allow it; ${verdict.sid} of the secret's policy has conditions only AWS can judge`;
    return { status: 'unknown', subject, text };
  }
  return { status: 'ok', subject, text: 'may read it' };
}

/** The ARN of a customer-managed key; an alias leads to a key only through KMS, which is not asked. */
function keyArn({ arn, kmsKeyId }: ReadableSecret): string | undefined {
  if (kmsKeyId === undefined || kmsKeyId.startsWith('alias/') || kmsKeyId.includes(':alias/')) return undefined;
  if (kmsKeyId.startsWith('arn:')) return kmsKeyId;
  const [, partition = 'aws', , region = '', account = ''] = arn.split(':');
  return `arn:${partition}:kms:${region}:${account}:key/${kmsKeyId}`;
}
