import { call, type ResourceEntry, there } from './entry';

/** Keys, secrets, roles and certificates. */
export const ACCESS: Readonly<Record<string, ResourceEntry>> = {
  aws_kms_key: {
    service: 'kms',
    create: [call('CreateKey', (of) => ({ Description: of.text('description'), Policy: of.text('policy') }))],
    made: (answer) => {
      const id = answer.text('KeyMetadata.KeyId');
      return { id, key_id: id, arn: answer.text('KeyMetadata.Arn') };
    },
    settings: [
      call('PutKeyPolicy', (of) => ({ KeyId: of.must('id'), PolicyName: 'default', Policy: of.text('policy') })),
      call(
        (of) => (of.flag('enable_key_rotation') === true ? 'EnableKeyRotation' : 'DisableKeyRotation'),
        (of) => ({ KeyId: of.must('id') }),
      ),
    ],
    read: call('DescribeKey', (of) => ({ KeyId: of.must('id') })),
    found: (answer) =>
      answer.text('KeyMetadata.KeyState') === 'PendingDeletion'
        ? undefined
        : {
            description: answer.text('KeyMetadata.Description'),
            is_enabled: answer.at('KeyMetadata.Enabled') === true,
          },
    destroy: [
      call('ScheduleKeyDeletion', (of) => ({
        KeyId: of.must('id'),
        PendingWindowInDays: of.number('deletion_window_in_days'),
      })),
    ],
  },
  aws_kms_alias: {
    service: 'kms',
    create: [call('CreateAlias', (of) => ({ AliasName: of.must('name'), TargetKeyId: of.must('target_key_id') }))],
    made: (_answer, of, api) => ({ id: of.must('name'), arn: api.arn('kms', of.must('name')) }),
    read: call('ListAliases', (of) => ({ KeyId: of.must('target_key_id') })),
    found: (answer, of) => {
      const alias = answer.list('Aliases').find((one) => one.text('AliasName') === of.text('name'));
      return alias && { target_key_id: alias.text('TargetKeyId') };
    },
    update: [call('UpdateAlias', (of) => ({ AliasName: of.must('name'), TargetKeyId: of.must('target_key_id') }))],
    destroy: [call('DeleteAlias', (of) => ({ AliasName: of.must('name') }))],
  },
  aws_secretsmanager_secret: {
    service: 'secretsmanager',
    create: [
      call('CreateSecret', (of) => ({
        Name: of.must('name'),
        Description: of.text('description'),
        KmsKeyId: of.text('kms_key_id'),
      })),
    ],
    made: (answer) => ({ id: answer.text('ARN'), arn: answer.text('ARN') }),
    read: call('DescribeSecret', (of) => ({ SecretId: of.must('id') })),
    found: (answer) =>
      typeof answer.at('DeletedDate') !== 'number'
        ? { description: answer.text('Description'), kms_key_id: answer.text('KmsKeyId') }
        : undefined,
    update: [
      call('UpdateSecret', (of) => ({
        SecretId: of.must('id'),
        Description: of.text('description'),
        KmsKeyId: of.text('kms_key_id'),
      })),
    ],
    destroy: [
      call('DeleteSecret', (of) => {
        const days = of.number('recovery_window_in_days') ?? 30;
        return {
          SecretId: of.must('id'),
          ...(days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days }),
        };
      }),
    ],
  },
  aws_secretsmanager_secret_policy: {
    service: 'secretsmanager',
    create: [],
    made: (_answer, of) => ({ id: of.must('secret_arn') }),
    settings: [
      call('PutResourcePolicy', (of) => ({
        SecretId: of.must('secret_arn'),
        ResourcePolicy: of.must('policy'),
        BlockPublicPolicy: of.flag('block_public_policy'),
      })),
    ],
    read: call('GetResourcePolicy', (of) => ({ SecretId: of.must('secret_arn') })),
    found: (answer) => {
      const policy = answer.text('ResourcePolicy');
      return policy === undefined ? undefined : { policy };
    },
    destroy: [call('DeleteResourcePolicy', (of) => ({ SecretId: of.must('secret_arn') }))],
  },
  aws_iam_role: {
    service: 'iam',
    create: [
      call('CreateRole', (of) => ({
        RoleName: of.must('name'),
        Path: of.text('path') ?? '/',
        AssumeRolePolicyDocument: of.must('assume_role_policy'),
        Description: of.text('description'),
        MaxSessionDuration: of.number('max_session_duration'),
        PermissionsBoundary: of.text('permissions_boundary'),
      })),
    ],
    made: (answer, of) => ({
      id: of.must('name'),
      arn: answer.text('Role.Arn'),
      unique_id: answer.text('Role.RoleId'),
    }),
    read: call('GetRole', (of) => ({ RoleName: of.must('id') })),
    found: (answer) => ({
      assume_role_policy: decodeURIComponent(answer.text('Role.AssumeRolePolicyDocument') ?? ''),
      description: answer.text('Role.Description'),
      max_session_duration: Number(answer.text('Role.MaxSessionDuration') ?? 3600),
    }),
    update: [
      call('UpdateAssumeRolePolicy', (of) => ({
        RoleName: of.must('id'),
        PolicyDocument: of.must('assume_role_policy'),
      })),
      call('UpdateRole', (of) => ({
        RoleName: of.must('id'),
        Description: of.text('description'),
        MaxSessionDuration: of.number('max_session_duration'),
      })),
    ],
    destroy: [call('DeleteRole', (of) => ({ RoleName: of.must('id') }))],
  },
  aws_iam_role_policy: {
    service: 'iam',
    create: [],
    made: (_answer, of) => ({ id: `${of.must('role')}:${of.must('name')}` }),
    settings: [
      call('PutRolePolicy', (of) => ({
        RoleName: of.must('role'),
        PolicyName: of.must('name'),
        PolicyDocument: of.must('policy'),
      })),
    ],
    read: call('GetRolePolicy', (of) => ({ RoleName: of.must('role'), PolicyName: of.must('name') })),
    found: (answer) => ({ policy: decodeURIComponent(answer.text('PolicyDocument') ?? '') }),
    destroy: [call('DeleteRolePolicy', (of) => ({ RoleName: of.must('role'), PolicyName: of.must('name') }))],
  },
  aws_iam_openid_connect_provider: {
    service: 'iam',
    create: [
      call('CreateOpenIDConnectProvider', (of) => ({
        Url: of.must('url'),
        ClientIDList: of.texts('client_id_list'),
        ThumbprintList: of.texts('thumbprint_list'),
      })),
    ],
    made: (answer) => {
      const arn = answer.text('OpenIDConnectProviderArn');
      return { id: arn, arn };
    },
    read: call('GetOpenIDConnectProvider', (of) => ({ OpenIDConnectProviderArn: of.must('arn') })),
    found: there,
    destroy: [call('DeleteOpenIDConnectProvider', (of) => ({ OpenIDConnectProviderArn: of.must('arn') }))],
  },
  aws_acm_certificate: {
    service: 'acm',
    create: [
      call('RequestCertificate', (of) => ({
        DomainName: of.must('domain_name'),
        ValidationMethod: of.text('validation_method'),
      })),
    ],
    made: (answer, of) => {
      const arn = answer.text('CertificateArn');
      const domain = of.must('domain_name');
      return {
        id: arn,
        arn,
        domain_validation_options: [
          {
            domain_name: domain,
            resource_record_name: `_proof.${domain}.`,
            resource_record_type: 'CNAME',
            resource_record_value: '_proof.acm-validations.aws.',
          },
        ],
      };
    },
    read: call('DescribeCertificate', (of) => ({ CertificateArn: of.must('arn') })),
    found: there,
    destroy: [call('DeleteCertificate', (of) => ({ CertificateArn: of.must('arn') }))],
  },
  /** Waits, and makes nothing: the certificate is looked at. */
  aws_acm_certificate_validation: {
    service: 'acm',
    by: 'nobody',
    create: [call('DescribeCertificate', (of) => ({ CertificateArn: of.must('certificate_arn') }))],
    made: (_answer, of) => ({ id: of.must('certificate_arn') }),
    read: call('DescribeCertificate', (of) => ({ CertificateArn: of.must('certificate_arn') })),
    found: there,
  },
};
