import { DataAwsSecretsmanagerSecret } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { SecretsmanagerSecretPolicy } from '@cdktf/provider-aws/lib/secretsmanager-secret-policy';
import { secretReaders, secretsOf, type SecretSpec } from '../../contract/secrets';
import type { AwsStack } from '../aws-stack';
import { denyPlainTransport, policyJson } from '../policies';
import { EncryptionKey } from './encryption-key';

/** A secret that exists, or will: its ARN ends in Secrets Manager's own six characters. */
export interface KnownSecret extends SecretSpec {
  readonly arn: string;
}

export interface Secrets {
  readonly all: readonly KnownSecret[];
  /** The customer-managed key of the secrets; undefined where AWS's own key is used. */
  readonly keyArn: string | undefined;
}

/** The secrets of an environment: containers made here without a value, or ones found by name. */
export function secrets(stack: AwsStack): Secrets {
  const specs = secretsOf(stack.settings, stack.agents).filter(({ isWanted }) => isWanted);
  if (stack.settings.secrets.mode === 'existing') {
    return {
      all: specs.map((spec) => ({
        ...spec,
        arn: new DataAwsSecretsmanagerSecret(stack, `secret-${spec.id}`, { name: spec.name }).arn,
      })),
      keyArn: stack.settings.secrets.existingKmsKeyArn,
    };
  }
  const key = new EncryptionKey(stack, 'secrets-key', {
    alias: `${stack.names.base}-secrets`,
    description: `Encrypts the secrets of ${stack.names.base}`,
    services: [],
  });
  return { all: specs.map((spec) => ({ ...spec, arn: managedSecret(stack, spec, key.arn) })), keyArn: key.arn };
}

/** A container for a value that never passes through Terraform: `ops secrets setup` puts it in. */
function managedSecret(stack: AwsStack, spec: SecretSpec, keyArn: string): string {
  const { secrets: wanted, protected: isProtected } = stack.settings;
  const secret = new SecretsmanagerSecret(stack, `secret-${spec.id}`, {
    name: spec.name,
    description: spec.description,
    kmsKeyId: keyArn,
    recoveryWindowInDays: wanted.recoveryWindowDays,
    ...(isProtected ? { lifecycle: { preventDestroy: true } } : {}),
  });
  const readers = [
    ...secretReaders(wanted).map((role) => stack.arns.role(stack.names.roles[role])),
    ...wanted.operatorArns,
  ];
  new SecretsmanagerSecretPolicy(stack, `secret-${spec.id}-policy`, {
    secretArn: secret.arn,
    blockPublicPolicy: true,
    policy: policyJson([
      // In a secret's policy, "*" is this secret.
      denyPlainTransport(['secretsmanager:*'], ['*']),
      {
        sid: 'DenyOtherReaders',
        effect: 'Deny',
        principals: '*',
        actions: ['secretsmanager:GetSecretValue'],
        resources: ['*'],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': readers } },
      },
    ]),
  });
  return secret.arn;
}
