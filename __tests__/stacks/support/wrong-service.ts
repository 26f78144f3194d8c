import { add, container, drop, policy, type Wrong } from './mistakes';

/** Mistakes in encryption, containers and the service. */
export const WRONG_SERVICE: readonly Wrong[] = [
  [
    'log-groups',
    'a log group without a key',
    'foundation',
    (s) => Reflect.deleteProperty(s.one('aws_cloudwatch_log_group', 'log-group'), 'kms_key_id'),
  ],
  [
    'log-groups',
    'a log group that never forgets',
    'foundation',
    (s) => Reflect.deleteProperty(s.one('aws_cloudwatch_log_group', 'log-group'), 'retention_in_days'),
  ],
  [
    'log-groups',
    'a month of logs in prod',
    'foundation',
    (s) => Object.assign(s.one('aws_cloudwatch_log_group', 'log-group'), { retention_in_days: 30 }),
  ],
  [
    'tables',
    "a table under AWS's key",
    'foundation',
    (s) => Reflect.deleteProperty(s.one('aws_dynamodb_table'), 'server_side_encryption'),
  ],
  [
    'tables',
    'a table that cannot be restored',
    'foundation',
    (s) => Object.assign(s.one('aws_dynamodb_table'), { point_in_time_recovery: { enabled: false } }),
  ],
  [
    'tables',
    'a table that can be deleted in prod',
    'foundation',
    (s) => Object.assign(s.one('aws_dynamodb_table'), { deletion_protection_enabled: false }),
  ],
  [
    'key-rotation',
    'a key that does not rotate',
    'foundation',
    (s) => Object.assign(s.one('aws_kms_key', 'secrets-key'), { enable_key_rotation: false }),
  ],
  [
    'encrypted-queues',
    'a queue without encryption',
    'foundation',
    (s) => Reflect.deleteProperty(s.one('aws_sqs_queue'), 'sqs_managed_sse_enabled'),
  ],
  [
    'delivered-events',
    'an event target that forgets what it cannot deliver',
    'service',
    (s) => Reflect.deleteProperty(s.one('aws_cloudwatch_event_target', 'secret-denied-seen'), 'dead_letter_config'),
  ],
  [
    'logged-machines',
    'a state machine without a log',
    'service',
    (s) => Reflect.deleteProperty(s.one('aws_sfn_state_machine', 'notify'), 'logging_configuration'),
  ],
  [
    'encrypted-topics',
    'a topic without a key',
    'service',
    (s) => Reflect.deleteProperty(s.one('aws_sns_topic'), 'kms_master_key_id'),
  ],
  ['buckets', 'a bucket without versions', 'state', (s) => drop(s, 'aws_s3_bucket_versioning')],
  [
    'buckets',
    'a bucket over plain HTTP',
    'state',
    (s) =>
      policy(s.one('aws_s3_bucket_policy'), ([one]) =>
        Object.assign(one!, { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::1:root' } }),
      ),
  ],
  [
    'public-access',
    'a bucket that may be published',
    'state',
    (s) => Object.assign(s.one('aws_s3_bucket_public_access_block'), { block_public_policy: false }),
  ],
  [
    'images',
    'tags that move',
    'foundation',
    (s) => Object.assign(s.one('aws_ecr_repository'), { image_tag_mutability: 'MUTABLE' }),
  ],
  [
    'images',
    'images not scanned',
    'foundation',
    (s) => Object.assign(s.one('aws_ecr_repository'), { image_scanning_configuration: { scan_on_push: false } }),
  ],
  ['images', 'images kept for ever', 'foundation', (s) => drop(s, 'aws_ecr_lifecycle_policy')],
  [
    'secret-containers',
    "AWS's key for secrets",
    'foundation',
    (s) => Reflect.deleteProperty(s.one('aws_secretsmanager_secret', 'secret-daily-api-key'), 'kms_key_id'),
  ],
  ['secret-containers', 'a secret without a policy', 'foundation', (s) => drop(s, 'aws_secretsmanager_secret_policy')],
  [
    'trail',
    'a trail that can be forged',
    'foundation',
    (s) => Object.assign(s.one('aws_cloudtrail'), { enable_log_file_validation: false }),
  ],
  [
    'state',
    'a state without a lock',
    'service',
    (s) => Object.assign((s.json['terraform'] as { backend: { s3: object } }).backend.s3, { use_lockfile: false }),
  ],
  [
    'state',
    "a state that bypasses the bucket's key",
    'service',
    (s) => Object.assign((s.json['terraform'] as { backend: { s3: object } }).backend.s3, { encrypt: true }),
  ],
  [
    'keeps-data',
    'a secret that prod can destroy',
    'foundation',
    (s) => Reflect.deleteProperty(s.one('aws_secretsmanager_secret', 'secret-daily-api-key'), 'lifecycle'),
  ],
  [
    'keeps-data',
    'a bucket that prod can empty',
    'state',
    (s) => Object.assign(s.one('aws_s3_bucket'), { force_destroy: true }),
  ],

  [
    'containers',
    'the image "latest"',
    'service',
    (s) => container(s, (c) => Object.assign(c, { image: 'example.com/bot:latest' })),
  ],
  [
    'containers',
    'an image without a tag',
    'service',
    (s) => container(s, (c) => Object.assign(c, { image: 'example.com:5000/bot' })),
  ],
  ['containers', 'root', 'service', (s) => container(s, (c) => Object.assign(c, { user: '0:0' }))],
  ['containers', 'a user by name', 'service', (s) => container(s, (c) => Object.assign(c, { user: 'node' }))],
  ['containers', 'privileges', 'service', (s) => container(s, (c) => Object.assign(c, { privileged: true }))],
  [
    'containers',
    'a root file system to write to',
    'service',
    (s) => container(s, (c) => Object.assign(c, { readonlyRootFilesystem: false })),
  ],
  [
    'containers',
    'a capability',
    'service',
    (s) =>
      container(s, (c) =>
        Object.assign(c['linuxParameters'] as object, { capabilities: { drop: ['ALL'], add: ['SYS_PTRACE'] } }),
      ),
  ],
  [
    'containers',
    "an init beside the image's",
    'service',
    (s) => container(s, (c) => Object.assign(c['linuxParameters'] as object, { initProcessEnabled: true })),
  ],
  ['containers', 'a short stop', 'service', (s) => container(s, (c) => Object.assign(c, { stopTimeout: 30 }))],
  ['containers', 'no health check', 'service', (s) => container(s, (c) => Reflect.deleteProperty(c, 'healthCheck'))],
  [
    'containers',
    'logs that block',
    'service',
    (s) => container(s, (c) => Reflect.deleteProperty(c, 'logConfiguration')),
  ],
  [
    'containers',
    'a key in the environment',
    'service',
    (s) => container(s, (c) => (c['environment'] as object[]).push({ name: 'DAILY_API_KEY', value: 'x' })),
  ],
  [
    'containers',
    'a secret value under an innocent name',
    'service',
    (s) => container(s, (c) => (c['environment'] as object[]).push({ name: 'EXTRA', value: 'AKIAABCDEFGHIJKLMNOP' })),
  ],
  [
    'containers',
    'a whole secret injected',
    'service',
    (s) =>
      container(s, (c) =>
        (c['secrets'] as object[]).push({
          name: 'ALL',
          valueFrom: 'arn:aws:secretsmanager:eu-north-1:1:secret:pipecat/x-AbCdEf',
        }),
      ),
  ],
  [
    'tasks',
    'one role for both purposes',
    'service',
    (s) =>
      Object.assign(s.one('aws_ecs_task_definition'), {
        task_role_arn: s.one('aws_ecs_task_definition')['execution_role_arn'],
      }),
  ],
  [
    'tasks',
    'a shared process namespace',
    'service',
    (s) => Object.assign(s.one('aws_ecs_task_definition'), { pid_mode: 'host' }),
  ],
  [
    'insights',
    'a cluster without insights',
    'service',
    (s) => Reflect.deleteProperty(s.one('aws_ecs_cluster'), 'setting'),
  ],
  [
    'services',
    'shells into containers',
    'service',
    (s) => Object.assign(s.one('aws_ecs_service'), { enable_execute_command: true }),
  ],
  [
    'services',
    'no rollback',
    'service',
    (s) => Object.assign(s.one('aws_ecs_service'), { deployment_circuit_breaker: { enable: true, rollback: false } }),
  ],

  ['load-balancer', 'no access log', 'service', (s) => Reflect.deleteProperty(s.one('aws_lb'), 'access_logs')],
  [
    'load-balancer',
    'a load balancer that prod can delete',
    'service',
    (s) => Object.assign(s.one('aws_lb'), { enable_deletion_protection: false }),
  ],
  [
    'listeners',
    'plain HTTP that the settings do not allow',
    'service',
    (s) => Object.assign(s.one('aws_lb_listener', 'http'), { default_action: [{ type: 'forward' }] }),
  ],
  [
    'listeners',
    'old TLS',
    'service',
    (s) => Object.assign(s.one('aws_lb_listener', 'https'), { ssl_policy: 'ELBSecurityPolicy-2016-08' }),
  ],
  [
    'firewall',
    'a public load balancer without a firewall in prod',
    'service',
    (s) => drop(s, 'aws_wafv2_web_acl_association'),
  ],
  [
    'target-health',
    'full tasks that get killed',
    'service',
    (s) => Object.assign(s.one('aws_lb_target_group')['health_check'] as object, { path: '/ready' }),
  ],
  [
    'alarms',
    'an alarm that tells nobody',
    'service',
    (s) => Object.assign(s.one('aws_cloudwatch_metric_alarm', 'alarm-capacity'), { alarm_actions: [] }),
  ],

  [
    'no-secret-versions',
    'a value in the state',
    'foundation',
    (s) => add(s, 'aws_secretsmanager_secret_version', { secret_string: 'x' }),
  ],
  [
    'no-secret-values',
    'a key in a description',
    'foundation',
    (s) =>
      Object.assign(s.one('aws_security_group', 'tasks-security-group'), {
        description: `key AKIAABCDEFGHIJKLMNOP`,
      }),
  ],
];
