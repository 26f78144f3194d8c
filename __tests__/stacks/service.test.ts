import { ALL_METRICS } from '../../contract/telemetry/catalogue';
import { variants } from './support/environments';
import { type Attributes, dig, type EmittedStack, objects, sharedSynth, type SynthResult } from './support/synth';

let result: SynthResult;
let trial: EmittedStack;
let prod: EmittedStack;
beforeAll(() => {
  result = sharedSynth(variants());
  trial = result.stack('test-service');
  prod = result.stack('prod-service');
});

const REMOTE = 'data.terraform_remote_state.cross-stack-reference-input-test-foundation.outputs';
const variables = (container: Attributes): Record<string, string> =>
  Object.fromEntries(
    (container['environment'] as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
  );

describe('the task definition', () => {
  it('is Fargate on ARM64 with separate roles', () => {
    expect(prod.one('aws_ecs_task_definition')).toMatchObject({
      family: 'pipecat-voice-agent-prod',
      requires_compatibilities: ['FARGATE'],
      network_mode: 'awsvpc',
      cpu: '2048',
      memory: '4096',
      runtime_platform: { cpu_architecture: 'ARM64', operating_system_family: 'LINUX' },
      execution_role_arn: 'arn:aws:iam::222222222222:role/pipecat-voice-agent-prod-execution',
      task_role_arn: 'arn:aws:iam::222222222222:role/pipecat-voice-agent-prod-task',
    });
  });

  it('keeps old revisions, which a rollback needs', () => {
    expect(trial.one('aws_ecs_task_definition')['skip_destroy']).toBe(true);
  });

  it('confines the container: no root, no writing, no capability, an init process', () => {
    expect(trial.container()).toMatchObject({
      name: 'pipecat-container',
      user: '1000:1000',
      privileged: false,
      readonlyRootFilesystem: true,
      linuxParameters: { initProcessEnabled: false, capabilities: { drop: ['ALL'] } },
    });
  });

  it('gives calls two minutes after SIGTERM, of which the bot uses 90 s', () => {
    expect(trial.container()['stopTimeout']).toBe(120);
    expect(variables(trial.container())['DRAIN_SECONDS']).toBe('90');
  });

  it('checks health with what the image has', () => {
    const [kind, program, flag, script] = dig(trial.container(), 'healthCheck', 'command') as string[];
    expect([kind, program, flag]).toEqual(['CMD', 'node', '-e']);
    expect(script).toContain("fetch('http://127.0.0.1:7860/health'");
    expect(() => new Function(script!)).not.toThrow(); // oxlint-disable-line typescript/no-implied-eval -- parsed, never run
  });

  it('injects each secret by its JSON key, at the newest version', () => {
    expect(trial.container()['secrets']).toEqual([
      {
        name: 'DAILY_API_KEY',
        valueFrom: `\${${REMOTE}.cross-stack-output-aws_secretsmanager_secretsecret-daily-api-keyarn}:DAILY_API_KEY::`,
      },
      {
        name: 'DAILY_API_URL',
        valueFrom: `\${${REMOTE}.cross-stack-output-aws_secretsmanager_secretsecret-daily-api-keyarn}:DAILY_API_URL::`,
      },
      {
        name: 'START_API_KEY',
        valueFrom: `\${${REMOTE}.cross-stack-output-aws_secretsmanager_secretsecret-start-api-keyarn}:START_API_KEY::`,
      },
    ]);
  });

  it('injects static credentials and the admin key only where the settings ask for them', () => {
    const names = (stack: string) =>
      (result.stack(stack).container()['secrets'] as { name: string }[]).map(({ name }) => name);
    expect(names('prod-service')).toEqual(['DAILY_API_KEY', 'DAILY_API_URL', 'START_API_KEY', 'ADMIN_API_KEY']);
    expect(names('small-service')).toEqual([
      'DAILY_API_KEY',
      'DAILY_API_URL',
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
    ]);
  });

  it('tells the bot what the seed and the settings say', () => {
    expect(variables(prod.container())).toEqual({
      NODE_ENV: 'production',
      AGENT: 'assistant',
      AGENTS: 'assistant',
      METRICS_NAMESPACE: 'PipecatVoiceAgent/prod',
      START_HOPS: '16',
      USAGE_TABLE: 'pipecat-voice-agent-prod-usage',
      HOST: '0.0.0.0',
      FAST_API_PORT: '7860',
      AWS_REGION: 'eu-north-1',
      BEDROCK_REGION: 'eu-north-1',
      NOVA_SONIC_MODEL_ID: 'amazon.nova-2-5-sonic',
      NOVA_SONIC_VOICE: 'matthew',
      TRANSPORT: 'daily',
      MAX_CALLS: '12',
      MAX_CALL_MINUTES: '30',
      USER_ABSENT_SECONDS: '120',
      TYPED_CHARACTERS_PER_MINUTE: '8000',
      TYPED_CHARACTERS_PER_CALL: '60000',
      DRAIN_SECONDS: '90',
      TRUSTED_PROXIES: '1',
      LOG_LEVEL: 'info',
    });
    expect(variables(result.stack('given-service').container())).toMatchObject({
      AWS_REGION: 'eu-north-1',
      BEDROCK_REGION: 'us-east-1',
    });
    expect(variables(result.stack('closed-service').container())).toMatchObject({
      ALLOWED_ORIGINS: 'https://a.example,https://b.example',
      BEDROCK_REGION: 'us-east-1',
    });
  });

  it("passes a prompt that looks like a template of Terraform's through as text", () => {
    expect(variables(result.stack('closed-service').container())['SYSTEM_PROMPT']).toBe(
      'You say "hello" and cost $${nothing} or %%{little}.',
    );
  });

  it('logs to the group and stream that the seed names, without ever blocking', () => {
    expect(trial.container()['logConfiguration']).toEqual({
      logDriver: 'awslogs',
      options: {
        'awslogs-group': '/ecs/pipecat-voice-agent-test',
        'awslogs-region': 'eu-north-1',
        'awslogs-stream-prefix': 'ecs',
        mode: 'non-blocking',
        'max-buffer-size': '25m',
      },
    });
  });

  it('runs one image, by tag from its own repository or by digest from another', () => {
    expect(trial.container()['image']).toBe(
      '111111111111.dkr.ecr.eu-north-1.amazonaws.com/pipecat-voice-agent-test:0.1.0',
    );
    expect(result.stack('given-service').container()['image']).toBe(
      `registry.example.com/voice/bot@sha256:${'ab'.repeat(32)}`,
    );
  });
});

describe('the service', () => {
  it('rolls back by circuit breaker and by alarms on errors, not on load', () => {
    const service = prod.one('aws_ecs_service');
    expect(service['deployment_circuit_breaker']).toEqual({ enable: true, rollback: true });
    expect(service['alarms']).toEqual({
      enable: true,
      rollback: true,
      alarm_names: ['calls-failing', 'model-errors', 'unhealthy-tasks', 'server-errors'].map(
        (id) => `\${aws_cloudwatch_metric_alarm.alarm-${id}.alarm_name}`,
      ),
    });
  });

  it('replaces tasks without a gap and without waiting for calls of an hour', () => {
    expect(prod.one('aws_ecs_service')).toMatchObject({
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
      wait_for_steady_state: false,
      availability_zone_rebalancing: 'DISABLED',
      enable_execute_command: false,
      propagate_tags: 'SERVICE',
    });
  });

  it('leaves its count to autoscaling', () => {
    expect(trial.one('aws_ecs_service')['lifecycle']).toEqual({ ignore_changes: ['desired_count'] });
  });

  it('hides tasks in private subnets; the default VPC, which has none, is warned of', () => {
    expect(trial.one('aws_ecs_service')['network_configuration']).toMatchObject({
      assign_public_ip: false,
      subnets: [1, 2].map((n) => `\${${REMOTE}.cross-stack-output-aws_subnetprivate-subnet-${n}id}`),
    });
    expect(dig(result.stack('small-service').one('aws_ecs_service'), 'network_configuration', 'assign_public_ip')).toBe(
      true,
    );
  });

  it('runs on Fargate in prod, and on Spot where the settings say so, with a warning', () => {
    expect(dig(prod.one('aws_ecs_service'), 'capacity_provider_strategy', 0, 'capacity_provider')).toBe('FARGATE');
    expect(dig(trial.one('aws_ecs_service'), 'capacity_provider_strategy', 0, 'capacity_provider')).toBe(
      'FARGATE_SPOT',
    );
    expect(result.stderr).toContain('WARNING  test-service: Tasks run on Fargate Spot');
    // A3: a change of it only moves the tasks, because the cluster has both and the service may be deployed anew.
    for (const stack of [prod, trial]) {
      expect(stack.one('aws_ecs_cluster_capacity_providers')['capacity_providers']).toEqual([
        'FARGATE',
        'FARGATE_SPOT',
      ]);
      expect(stack.one('aws_ecs_service')['force_new_deployment']).toBe(true);
    }
    expect(prod.one('aws_ecs_service')).not.toHaveProperty('launch_type');
  });

  it('has container insights', () => {
    expect(trial.one('aws_ecs_cluster')).toMatchObject({
      name: 'pipecat-voice-agent-test',
      setting: [{ name: 'containerInsights', value: 'enhanced' }],
    });
  });
});

describe('a release whose traffic is moved share by share', () => {
  const canary = () => result.stack('given-service');
  const linear = () => result.stack('closed-service');

  it('A17: is ECS’s own canary or linear deployment, as the settings say, and rolling by default', () => {
    expect(canary().one('aws_ecs_service')['deployment_configuration']).toEqual({
      strategy: 'CANARY',
      bake_time_in_minutes: '10',
      canary_configuration: { canary_percent: 20, canary_bake_time_in_minutes: '10' },
    });
    expect(linear().one('aws_ecs_service')['deployment_configuration']).toEqual({
      strategy: 'LINEAR',
      bake_time_in_minutes: '15',
      linear_configuration: { step_percent: 25, step_bake_time_in_minutes: '5' },
    });
    for (const rolling of [trial, prod]) {
      expect(rolling.one('aws_ecs_service')).not.toHaveProperty('deployment_configuration');
      expect(rolling.all('aws_lb_listener_rule')).toEqual({});
      expect(Object.keys(rolling.all('aws_lb_target_group'))).toEqual(['targets']);
    }
  });

  it('A17: is judged by the same alarms, and taken back by them', () => {
    for (const service of [canary(), linear()].map((stack) => stack.one('aws_ecs_service'))) {
      expect(service['alarms']).toEqual(prod.one('aws_ecs_service')['alarms']);
      expect(service['deployment_circuit_breaker']).toEqual({ enable: true, rollback: true });
    }
  });

  it('A17: moves callers by one rule and the smoke call by another, whose weights are left to ECS', () => {
    const [balancing] = canary().one('aws_ecs_service')['load_balancer'] as Attributes[];
    expect(balancing!['advanced_configuration']).toEqual({
      alternate_target_group_arn: '${aws_lb_target_group.next-targets.arn}',
      production_listener_rule: '${aws_lb_listener_rule.everybody.arn}',
      test_listener_rule: '${aws_lb_listener_rule.next-release.arn}',
      role_arn: 'arn:aws:iam::333333333333:role/voice/pipecat-voice-agent-given-traffic',
    });
    expect(canary().one('aws_lb_listener_rule', 'next-release')).toMatchObject({
      priority: 10,
      condition: [{ http_header: { http_header_name: 'x-voice-agent-release', values: ['next'] } }],
      lifecycle: { ignore_changes: ['action'] },
    });
    expect(canary().one('aws_lb_listener_rule', 'everybody')).toMatchObject({
      priority: 20,
      condition: [{ path_pattern: { values: ['/*'] } }],
      lifecycle: { ignore_changes: ['action'] },
    });
  });

  it('A17: leaves tasks in place that the load balancer sends no more callers', () => {
    expect(variables(canary().container())['STAND_DOWN']).toBe('false');
    expect(variables(prod.container())).not.toHaveProperty('STAND_DOWN');
  });

  it('A17: is watched in both groups of targets, one of which is empty between releases', () => {
    const alarm = canary().one('aws_cloudwatch_metric_alarm', 'alarm-no-healthy-task');
    const [result_, ...inputs] = alarm['metric_query'] as Attributes[];
    expect(result_).toMatchObject({ expression: 'FILL(a, 0) + FILL(b, 0)' });
    expect(inputs.map((input) => dig(input, 'metric', 'dimensions', 'TargetGroup'))).toEqual([
      '${aws_lb_target_group.targets.arn_suffix}',
      '${aws_lb_target_group.next-targets.arn_suffix}',
    ]);
  });
});

describe('autoscaling', () => {
  const policy = (id: string) =>
    prod.one('aws_appautoscaling_policy', id)['target_tracking_scaling_policy_configuration'] as Attributes;

  it('follows active calls of a task, as the bot reports them', () => {
    expect(policy('scale-on-calls')).toMatchObject({
      target_value: 7.2, // 60 % of 12
      customized_metric_specification: {
        namespace: 'PipecatVoiceAgent/prod',
        metric_name: 'ActiveCalls',
        statistic: 'Average',
      },
    });
    expect(ALL_METRICS.activeCalls.cloudwatch).toEqual({ name: 'ActiveCalls', kind: 'measured', unit: 'Count' });
    const { environment } = prod.container() as { environment: Attributes[] };
    expect(environment).toContainEqual({ name: 'METRICS_NAMESPACE', value: 'PipecatVoiceAgent/prod' });
  });

  it('follows CPU too', () => {
    expect(policy('scale-on-cpu')['predefined_metric_specification']).toEqual({
      predefined_metric_type: 'ECSServiceAverageCPUUtilization',
    });
  });

  it('adds quickly and removes slowly, between the counts of the settings', () => {
    for (const id of ['scale-on-calls', 'scale-on-cpu'])
      expect(policy(id)).toMatchObject({ scale_out_cooldown: 60, scale_in_cooldown: 600 });
    expect(prod.one('aws_appautoscaling_target')).toMatchObject({ min_capacity: 2, max_capacity: 20 });
    // A17: other bounds at certain times, which a release leaves as they are.
    const given = result.stack('given-service');
    expect(given.one('aws_appautoscaling_scheduled_action')).toMatchObject({
      schedule: 'cron(0 7 ? * MON-FRI *)',
      timezone: 'Europe/Berlin',
      scalable_target_action: { min_capacity: '3', max_capacity: '10' },
    });
    expect(given.one('aws_appautoscaling_target')['lifecycle']).toEqual({
      ignore_changes: ['min_capacity', 'max_capacity'],
    });
  });
});

describe('the load balancer', () => {
  it('speaks TLS 1.2 or newer where there is a certificate, and redirects to it', () => {
    expect(prod.one('aws_lb_listener', 'https')).toMatchObject({
      port: 443,
      protocol: 'HTTPS',
      ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      certificate_arn: expect.stringContaining('aws_acm_certificate_validation') as string,
    });
    expect(prod.one('aws_lb_listener', 'http')['default_action']).toEqual([
      { type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', status_code: 'HTTP_301' } },
    ]);
    expect(result.stack('given-service').one('aws_lb_listener', 'https')['certificate_arn']).toContain(
      'arn:aws:acm:eu-north-1:333333333333:',
    );
  });

  it('serves HTTP only where the settings say so, and says it loudly', () => {
    expect(Object.keys(trial.all('aws_lb_listener'))).toEqual(['http']);
    expect(result.stderr).toContain(
      'WARNING  test-service: Plain HTTP is served: API keys and tokens travel in the clear',
    );
    expect(result.stderr).not.toContain('prod-service: Plain HTTP');
  });

  it('keeps access logs, drops bad headers, and in prod cannot be deleted', () => {
    expect(prod.one('aws_lb')).toMatchObject({
      access_logs: { bucket: 'pipecat-voice-agent-prod-access-logs-222222222222', enabled: true },
      drop_invalid_header_fields: true,
      desync_mitigation_mode: 'defensive',
      enable_deletion_protection: true,
      internal: false,
    });
    expect(trial.one('aws_lb')['enable_deletion_protection']).toBe(false);
    expect(result.stack('closed-service').one('aws_lb')['internal']).toBe(true);
  });

  it('asks /health and not /ready: a full task must not be killed with its calls', () => {
    expect(trial.one('aws_lb_target_group')).toMatchObject({
      target_type: 'ip',
      port: 7860,
      health_check: { path: '/health', matcher: '200' },
    });
  });

  it('has a firewall and a name where the settings give it one', () => {
    expect(Object.keys(prod.all('aws_wafv2_web_acl_association'))).toHaveLength(1);
    expect(prod.one('aws_route53_record', 'alias')).toMatchObject({ name: 'voice.example.com', type: 'A' });
    expect(result.stack('given-service').all('aws_route53_record')).toEqual({});
  });
});

describe('alarms', () => {
  it('ring for everything that an operator must hear of', () => {
    expect(Object.keys(prod.all('aws_cloudwatch_metric_alarm')).sort()).toEqual(
      [
        'answer-latency',
        'calls-failing',
        'calls-refused',
        'capacity',
        'cost-limit',
        'event-loop',
        'events-undelivered',
        'http-latency',
        'memory',
        'model-errors',
        'no-healthy-task',
        'restart-failed',
        'restart-not-delivered',
        'secret-denied',
        'secret-denied-not-delivered',
        'server-errors',
        'task-not-started',
        'task-not-started-not-delivered',
        'task-protection',
        'unhealthy-tasks',
      ].map((id) => `alarm-${id}`),
    );
  });

  it('tell the topic, on and off, and the topic tells the address', () => {
    for (const alarm of Object.values(prod.all('aws_cloudwatch_metric_alarm'))) {
      expect(alarm).toMatchObject({
        actions_enabled: true,
        alarm_actions: ['${aws_sns_topic.alarm-topic.arn}'],
        ok_actions: ['${aws_sns_topic.alarm-topic.arn}'],
      });
      expect(alarm['alarm_description']).toMatch(/.{20}/);
    }
    expect(prod.one('aws_sns_topic_subscription')).toMatchObject({
      protocol: 'email',
      endpoint: 'voice-operations@example.com',
    });
    expect(prod.one('aws_sns_topic')['kms_master_key_id']).toContain('operations-key');
  });

  it("read metrics that exist: the bot's own by a filter, the rest by AWS", () => {
    const made = new Set(
      Object.values(prod.all('aws_cloudwatch_log_metric_filter')).map(
        (filter) => dig(filter, 'metric_transformation', 'name') as string,
      ),
    );
    const read = Object.values(prod.all('aws_cloudwatch_metric_alarm')).flatMap((alarm) => [
      alarm,
      ...objects(alarm['metric_query']).flatMap(({ metric }) => (metric ? [metric as Attributes] : [])),
    ]);
    const own = read
      .filter(({ namespace }) => namespace === 'PipecatVoiceAgent/prod')
      .map((metric) => metric['metric_name'] as string);
    expect(own.length).toBeGreaterThan(5);
    const entries = Object.values(ALL_METRICS).flatMap(({ cloudwatch }) => cloudwatch ?? []);
    const sent = entries.filter(({ kind }) => kind === 'measured').map(({ name }) => name);
    expect(own.filter((name) => !made.has(name) && !sent.includes(name))).toEqual([]);
    // Counted by a filter or sent by the bot, and never both: it would count twice.
    expect(made).toEqual(new Set(entries.filter(({ kind }) => kind !== 'measured').map(({ name }) => name)));
    expect(sent.filter((name) => made.has(name))).toEqual([]);
  });

  it('count failures of calls by the reasons that are ours', () => {
    expect(prod.one('aws_cloudwatch_log_metric_filter', 'metric-CallsFailed')['pattern']).toBe(
      '{ ($.msg = "call ended") && ($.reason = "model-failed" || $.reason = "transport-failed" || $.reason = "internal") }',
    );
  });

  it('compare used places with all places for capacity', () => {
    expect(prod.one('aws_cloudwatch_metric_alarm', 'alarm-capacity')).toMatchObject({
      threshold: 85,
      metric_query: expect.arrayContaining<object>([
        expect.objectContaining({
          id: 'e',
          expression: 'IF(places > 0, 100 * used / places, 0)',
          return_data: true,
        }) as object,
      ]) as object[],
    });
  });

  it('do not ring for a service that is meant to be empty', () => {
    expect(prod.one('aws_cloudwatch_metric_alarm', 'alarm-no-healthy-task')['treat_missing_data']).toBe('breaching');
    expect(
      result.stack('small-service').one('aws_cloudwatch_metric_alarm', 'alarm-no-healthy-task')['treat_missing_data'],
    ).toBe('notBreaching');
  });
});
