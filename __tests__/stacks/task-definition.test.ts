import { variants } from './support/environments';
import {
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
    expect(names('small-service')).toEqual(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']);
  });

  it('tells the bot what the seed and the settings say', () => {
    expect(variables(prod.container())).toEqual({
      NODE_ENV: 'production',
      AGENT: 'assistant',
      AGENTS: 'assistant',
      CALL_RECORDS: 's3://pipecat-voice-agent-prod-records-222222222222/calls',
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

  it('has no key of Daily where callers come straight to it, and is told by STUN which address it has', () => {
    const direct = result.stack('small-service').container();
    expect(variables(direct)).toMatchObject({
      TRANSPORT: 'webrtc',
      WEBRTC_UDP_PORT: '7861',
      ICE_SERVERS: '[{"urls":"stun:stun.l.google.com:19302"}]',
    });
    expect(Object.keys(result.stack('small-foundation').all('aws_secretsmanager_secret'))).toEqual([
      'secret-aws-credentials',
    ]);
    expect(variables(trial.container())).not.toHaveProperty('WEBRTC_UDP_PORT');
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
