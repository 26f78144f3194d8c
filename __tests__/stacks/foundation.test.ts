import { variants } from './support/environments';
import { type Attributes, dig, type EmittedStack, sharedSynth, type SynthResult } from './support/synth';

let result: SynthResult;
let trial: EmittedStack;
let prod: EmittedStack;
beforeAll(() => {
  result = sharedSynth(variants());
  expect(result.stderr).not.toContain('Error');
  trial = result.stack('test-foundation');
  prod = result.stack('prod-foundation');
});

const ACCOUNT = '111111111111';
const REGION = 'eu-north-1';

describe('the network', () => {
  const ingress = (stack: EmittedStack) =>
    Object.values(stack.all('aws_vpc_security_group_ingress_rule')).map(
      ({ cidr_ipv4: range, referenced_security_group_id: group, from_port: from, to_port: to }) => [
        range ?? group,
        from,
        to,
      ],
    );

  it('lets callers reach 80 and 443 of the load balancer, and it alone the tasks', () => {
    expect(ingress(prod)).toEqual(
      expect.arrayContaining([
        ['0.0.0.0/0', 80, 80],
        ['0.0.0.0/0', 443, 443],
        ['${aws_security_group.load-balancer-security-group.id}', 7860, 7860],
      ]),
    );
    expect(ingress(prod).filter(([who]) => who === '0.0.0.0/0')).toHaveLength(2);
    expect(ingress(trial)).toHaveLength(2);
  });

  it('lets only the given ranges in', () => {
    expect(ingress(result.stack('closed-foundation')).filter(([, port]) => port === 80)).toEqual([
      // A9: the smoke call of a release, from a task of its own.
      ['${aws_security_group.tasks-security-group.id}', 80, 80],
      ['10.20.0.0/16', 80, 80],
      ['10.99.0.0/16', 80, 80],
    ]);
  });

  it("lets tasks out to HTTPS and to what Daily's media needs, and nowhere else", () => {
    const out = Object.values(trial.all('aws_vpc_security_group_egress_rule'))
      .filter(({ security_group_id: group }) => group === '${aws_security_group.tasks-security-group.id}')
      .map(
        ({ ip_protocol: protocol, from_port: from, to_port: to }) =>
          `${String(protocol)} ${String(from)}-${String(to)}`,
      );
    expect(out.sort()).toEqual([
      'tcp 3478-3478',
      'tcp 40000-49999',
      'tcp 443-443',
      'tcp 5349-5349',
      'udp 23000-26999',
      'udp 3478-3478',
      'udp 40000-49999',
    ]);
  });

  it('A10: lets tasks out to the collector of traces, by a way of its own where no other leads there', () => {
    const ways = (name: string) =>
      Object.entries(result.stack(name).all('aws_vpc_security_group_egress_rule'))
        .filter(([id]) => id.startsWith('tasks-out-traces'))
        .map(([, { from_port: from, to_port: to, ip_protocol: protocol }]) => [protocol, from, to]);
    expect(ways('closed-foundation')).toEqual([['tcp', 4318, 4318]]);
    expect(ways('given-foundation')).toEqual([]);
  });

  it('spans zones, a NAT gateway in each in prod and one in all in test', () => {
    expect(Object.keys(prod.all('aws_subnet'))).toHaveLength(6);
    expect(Object.keys(prod.all('aws_nat_gateway'))).toHaveLength(3);
    expect(Object.keys(trial.all('aws_nat_gateway'))).toHaveLength(1);
    const ways = Object.entries(prod.all('aws_route')).filter(([id]) => id.startsWith('private-'));
    expect(ways.map(([, { nat_gateway_id: nat }]) => nat)).toEqual(
      [1, 2, 3].map((zone) => `\${aws_nat_gateway.nat-${zone}.id}`),
    );
  });

  it('has ranges that do not overlap', () => {
    const ranges = Object.values(prod.all('aws_subnet')).map(({ cidr_block: range }) => range as string);
    expect(new Set(ranges).size).toBe(6);
    expect(ranges.sort()).toEqual([
      '10.30.0.0/20',
      '10.30.16.0/20',
      '10.30.32.0/20',
      '10.30.48.0/20',
      '10.30.64.0/20',
      '10.30.80.0/20',
    ]);
  });

  it('records its connections, and closes the default security group', () => {
    expect(trial.one('aws_flow_log')).toMatchObject({ traffic_type: 'ALL', vpc_id: '${aws_vpc.vpc.id}' });
    expect(trial.one('aws_default_security_group')).not.toHaveProperty('ingress');
    expect(trial.one('aws_default_security_group')).not.toHaveProperty('egress');
  });

  it('reaches AWS without the internet where endpoints are set, for this account and these actions only', () => {
    const closed = result.stack('closed-foundation');
    expect(Object.keys(closed.all('aws_vpc_endpoint')).sort()).toEqual([
      'endpoint-bedrock-runtime',
      'endpoint-dynamodb',
      'endpoint-ecrapi',
      'endpoint-ecrdkr',
      'endpoint-logs',
      'endpoint-s3',
      'endpoint-secretsmanager',
    ]);
    expect(closed.policy('aws_vpc_endpoint', 'endpoint-bedrock-runtime')['ThisAccountOnly']).toMatchObject({
      Action: [
        'bedrock:InvokeModel',
        'bedrock:InvokeModelWithBidirectionalStream',
        'bedrock:InvokeModelWithResponseStream',
      ],
      Condition: { StringEquals: { 'aws:PrincipalAccount': '555555555555' } },
    });
    expect(closed.policy('aws_vpc_endpoint', 'endpoint-dynamodb')['CountUsage']).toMatchObject({
      Action: 'dynamodb:UpdateItem',
      Resource: 'arn:aws:dynamodb:us-east-1:555555555555:table/pipecat-voice-agent-closed-usage',
    });
  });

  it('A5: is in the zones that the settings name, or in the first ones, of which there must be enough', () => {
    const closed = result.stack('closed-foundation');
    expect(['public', 'private'].map((kind) => closed.one('aws_subnet', `${kind}-subnet-2`))).toEqual(
      Array(2).fill(expect.objectContaining({ availability_zone_id: 'use1-az2' })),
    );
    expect(dig(closed.json, 'data', 'aws_availability_zones')).toBeUndefined();
    expect(dig(trial.json, 'data', 'aws_availability_zones')).toMatchObject({
      zones: { lifecycle: { postcondition: [{ condition: '${length(self.names) >= 2}' }] } },
    });
  });

  it('is not made where one is given, or where the default VPC is used', () => {
    for (const name of ['given-foundation', 'small-foundation']) expect(result.stack(name).all('aws_vpc')).toEqual({});
    expect(result.stack('given-foundation').one('aws_security_group', 'tasks-security-group')['vpc_id']).toBe(
      'vpc-0123456789abcdef0',
    );
    expect(result.stderr).toContain('WARNING  small-foundation: The default VPC is used');
  });
});

describe('logs and images', () => {
  it('go to the group that the seed names, encrypted, for as long as the settings say', () => {
    expect(trial.one('aws_cloudwatch_log_group', 'log-group')).toMatchObject({
      name: '/ecs/pipecat-voice-agent-test',
      retention_in_days: 30,
      kms_key_id: expect.stringMatching(/^\$\{aws_kms_key\.operations-key_\w+\.arn\}$/) as string,
    });
    expect(prod.one('aws_cloudwatch_log_group', 'log-group')['retention_in_days']).toBe(365);
  });

  it('A15: own the group of Container Insights, which ECS would make anew, without key and end, and leave behind', () => {
    expect(trial.one('aws_cloudwatch_log_group', 'insights-log-group')).toMatchObject({
      name: '/aws/ecs/containerinsights/pipecat-voice-agent-test/performance',
      retention_in_days: 30,
      kms_key_id: expect.stringMatching(/operations-key/) as string,
    });
  });

  it("are encrypted by CloudWatch for the environment's own groups only", () => {
    const statement = trial.policy('aws_kms_key', 'operations-key')['CloudWatchLogsForOwnGroups']!;
    expect(statement.Principal).toEqual({ Service: 'logs.eu-north-1.amazonaws.com' });
    const groups = Object.values(trial.all('aws_cloudwatch_log_group'));
    expect([statement.Condition!['ArnEquals']!['kms:EncryptionContext:aws:logs:arn']!].flat().sort()).toEqual(
      groups.map(({ name }) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${String(name)}`).sort(),
    );
  });

  it('come from a repository whose tags never move, which scans images and forgets old ones', () => {
    expect(trial.one('aws_ecr_repository')).toMatchObject({
      name: 'pipecat-voice-agent-test',
      image_tag_mutability: 'IMMUTABLE',
      image_scanning_configuration: { scan_on_push: true },
      encryption_configuration: [{ encryption_type: 'KMS' }],
    });
    expect(trial.one('aws_ecr_lifecycle_policy')['repository']).toBe('${aws_ecr_repository.repository.name}');
  });
});

describe('callers’ media that comes straight to the task', () => {
  it('comes in by one UDP port from whom the settings let in, and only STUN is let out for it', () => {
    const small = result.stack('small-foundation');
    expect(small.one('aws_vpc_security_group_ingress_rule', 'tasks-media-in-1')).toMatchObject({
      cidr_ipv4: '0.0.0.0/0',
      ip_protocol: 'udp',
      from_port: 7861,
      to_port: 7861,
    });
    const out = Object.keys(small.all('aws_vpc_security_group_egress_rule'));
    expect(out).toEqual(['load-balancer-to-tasks', 'tasks-out-https', 'tasks-out-stun']);
    expect(small.one('aws_vpc_security_group_egress_rule', 'tasks-out-stun')['from_port']).toBe(19302);
    expect(Object.keys(trial.all('aws_vpc_security_group_ingress_rule'))).not.toContain('tasks-media-in-1');
  });
});

describe('the registry', () => {
  it('A14: expires no image that was released for a burst of pushes: the rule of releases is before that of pushes', () => {
    const { rules } = JSON.parse(trial.one('aws_ecr_lifecycle_policy')['policy'] as string) as Attributes;
    const expired = (rules as Attributes[]).map(({ rulePriority, selection }) => [
      rulePriority,
      dig(selection, 'tagPrefixList', 0) ?? dig(selection, 'tagStatus'),
    ]);
    expect(expired).toEqual([
      [1, 'untagged'],
      [2, 'released-'],
      [3, 'any'],
    ]);
  });
});

describe('the table of usage', () => {
  it('is paid by the request, encrypted with our key, can be restored, and forgets', () => {
    expect(trial.one('aws_dynamodb_table')).toMatchObject({
      name: 'pipecat-voice-agent-test-usage',
      billing_mode: 'PAY_PER_REQUEST',
      hash_key: 'id',
      ttl: { attribute_name: 'expiresAt', enabled: true },
      server_side_encryption: { enabled: true, kms_key_arn: expect.stringContaining('operations-key') as string },
      point_in_time_recovery: { enabled: true },
      deletion_protection_enabled: false,
    });
    expect(prod.one('aws_dynamodb_table')['deletion_protection_enabled']).toBe(true);
  });
});

describe('what holds data', () => {
  const HOLDERS = [
    'aws_kms_key',
    'aws_secretsmanager_secret',
    'aws_ecr_repository',
    'aws_cloudwatch_log_group',
    'aws_s3_bucket',
    'aws_dynamodb_table',
  ];
  const holders = (environment: string) =>
    ['state', 'foundation', 'service'].flatMap((kind) =>
      HOLDERS.flatMap((type) => Object.entries(result.stack(`${environment}-${kind}`).all(type))),
    );

  it('cannot be destroyed in prod', () => {
    expect(holders('prod')).toHaveLength(4 + 3 + 1 + 5 + 4 + 1);
    for (const [, attributes] of holders('prod')) {
      expect(attributes['lifecycle']).toEqual({ prevent_destroy: true });
      expect(attributes['force_destroy'] ?? attributes['force_delete'] ?? false).toBe(false);
    }
    expect(prod.one('aws_cloudwatch_log_group', 'log-group')['deletion_protection_enabled']).toBe(true);
  });

  it('does not stand in the way of destroying test and making it again', () => {
    for (const [, attributes] of holders('test')) {
      expect(attributes).not.toHaveProperty('lifecycle');
      expect(attributes['deletion_protection_enabled'] ?? false).toBe(false);
    }
    for (const bucket of Object.values(trial.all('aws_s3_bucket'))) expect(bucket['force_destroy']).toBe(true);
    expect(trial.one('aws_ecr_repository')['force_delete']).toBe(true);
  });
});

describe('buckets', () => {
  it.each(['access-logs', 'trail-bucket'])('%s: private, versioned, encrypted, TLS only, with a lifecycle', (id) => {
    expect(trial.one('aws_s3_bucket_public_access_block', id)).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(trial.one('aws_s3_bucket_ownership_controls', id)['rule']).toEqual({
      object_ownership: 'BucketOwnerEnforced',
    });
    expect(trial.one('aws_s3_bucket_versioning', id)['versioning_configuration']).toEqual({ status: 'Enabled' });
    expect(dig(trial.one('aws_s3_bucket_lifecycle_configuration', id), 'rule', 0)).toMatchObject({
      status: 'Enabled',
      abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
    });
    expect(trial.policy('aws_s3_bucket_policy', id)['DenyPlainTransport']).toMatchObject({
      Effect: 'Deny',
      Action: 's3:*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });

  it('A4: take logs from the load balancer as AWS documents it, under SSE-S3, which is all that it can write', () => {
    const encryption = trial.one('aws_s3_bucket_server_side_encryption_configuration', 'access-logs');
    expect(dig(encryption, 'rule', 0, 'apply_server_side_encryption_by_default')).toEqual({ sse_algorithm: 'AES256' });
    expect(trial.policy('aws_s3_bucket_policy', 'access-logs')['LoadBalancerWrites']).toMatchObject({
      Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: `arn:aws:s3:::pipecat-voice-agent-test-access-logs-${ACCOUNT}/AWSLogs/${ACCOUNT}/*`,
    });
  });
});

describe('the trail', () => {
  it('logs management events, validated and encrypted, for EventBridge to see changes of secrets', () => {
    expect(trial.one('aws_cloudtrail')).toMatchObject({
      enable_log_file_validation: true,
      kms_key_id: expect.any(String) as string,
    });
    expect(dig(trial.one('aws_cloudtrail'), 'advanced_event_selector', 0, 'field_selector', 0)).toEqual({
      field: 'eventCategory',
      equals: ['Management'],
    });
  });

  it('is left to the account where it has one', () => {
    expect(result.stack('given-foundation').all('aws_cloudtrail')).toEqual({});
  });
});

describe('the firewall', () => {
  it("limits requests per address and asks AWS's rules, in Terraform's own spelling", () => {
    const rules = trial.one('aws_wafv2_web_acl')['rule'] as { name: string; statement: object }[];
    expect(rules.map(({ statement }) => Object.keys(statement)[0])).toEqual([
      'rate_based_statement',
      'managed_rule_group_statement',
      'managed_rule_group_statement',
      'managed_rule_group_statement',
    ]);
    // The bindings pass statements on unread, camel case and all.
    expect(JSON.stringify(rules.map(({ statement }) => statement))).not.toMatch(/"[a-z]+[A-Z]\w*":/);
  });

  it('does not log keys of callers', () => {
    expect(trial.one('aws_wafv2_web_acl_logging_configuration')['redacted_fields']).toContainEqual({
      single_header: { name: 'authorization' },
    });
  });

  it('is left out where the settings say so', () => {
    expect(result.stack('small-foundation').all('aws_wafv2_web_acl')).toEqual({});
  });
});
