import { ALL_METRICS } from '../../contract/telemetry/catalogue';
import { variants } from './support/environments';
import {
  type Attributes,
  containerVariables as variables,
  dig,
  type EmittedStack,
  sharedSynth,
  type SynthResult,
} from './support/synth';

let result: SynthResult;
let trial: EmittedStack;
let prod: EmittedStack;
beforeAll(() => {
  result = sharedSynth(variants());
  trial = result.stack('test-service');
  prod = result.stack('prod-service');
});

const REMOTE = 'data.terraform_remote_state.cross-stack-reference-input-test-foundation.outputs';

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
  });

  it('A3: moves its tasks when Spot is switched: the cluster has both providers, and the service is deployed anew', () => {
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
  });

  it('A17: has other bounds at certain times, which a release leaves as they are', () => {
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
