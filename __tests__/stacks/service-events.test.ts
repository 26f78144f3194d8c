import jsonata from 'jsonata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_LINES } from '../../contract/telemetry/catalogue';
import { variants } from './support/environments';
import { type Attributes, dig, type EmittedStack, sharedSynth, type SynthResult } from './support/synth';

/** Every field that a line with this message may have. */
function fieldsOfMessage(message: string | undefined): readonly string[] {
  const line = LOG_LINES.find((one) => one.message === message);
  return line === undefined ? [] : [...line.bound, ...line.fields, ...line.optional];
}

let result: SynthResult;
let trial: EmittedStack;
beforeAll(() => {
  result = sharedSynth(variants());
  trial = result.stack('test-service');
});

const pattern = (id: string, stack = trial) =>
  JSON.parse(stack.one('aws_cloudwatch_event_rule', id)['event_pattern'] as string) as Attributes;

describe('a changed secret', () => {
  it('A12: is noticed however its caller named it: by name, by ARN, or by ARN without its random end', () => {
    const detail = pattern('secret-changed')['detail'] as Attributes;
    expect(detail['eventName']).toEqual([
      'PutSecretValue',
      'UpdateSecret',
      'UpdateSecretVersionStage',
      'RotationSucceeded',
    ]);
    expect(detail['errorCode']).toEqual([{ exists: false }]);
    expect(dig(detail, '$or', 0, 'requestParameters', 'secretId')).toEqual([
      'pipecat/daily-api-key',
      expect.stringContaining('secretsecret-daily-api-keyarn}'),
      'arn:aws:secretsmanager:eu-north-1:111111111111:secret:pipecat/daily-api-key',
      'pipecat/start-api-key',
      expect.stringContaining('secretsecret-start-api-keyarn}'),
      'arn:aws:secretsmanager:eu-north-1:111111111111:secret:pipecat/start-api-key',
    ]);
  });

  it('restarts the service by a state machine, because EventBridge cannot ask ECS itself', () => {
    expect(trial.one('aws_cloudwatch_event_target', 'secret-changed-restart')).toMatchObject({
      arn: '${aws_sfn_state_machine.restart.arn}',
      role_arn: 'arn:aws:iam::111111111111:role/pipecat-voice-agent-test-trigger',
    });
    const { States } = JSON.parse(trial.one('aws_sfn_state_machine', 'restart')['definition'] as string) as Attributes;
    expect(dig(States, 'Restart')).toMatchObject({
      Resource: 'arn:aws:states:::aws-sdk:ecs:updateService',
      Arguments: {
        Cluster: 'pipecat-voice-agent-test',
        Service: 'pipecat-voice-agent-test',
        ForceNewDeployment: true,
      },
      End: true,
    });
  });

  it.each([
    ['before the change', '2026-11-27T13:59:59.900Z', false],
    ['after the change, as our own rotation does', '2026-11-27T14:00:01.200Z', true],
  ])('A7: restarts it once: a deployment from %s', async (_what, createdAt, isRestarted) => {
    const { States } = JSON.parse(trial.one('aws_sfn_state_machine', 'restart')['definition'] as string) as Attributes;
    const [, expression = ''] = /^{%(.*)%}$/.exec(dig(States, 'Look', 'Output', 'isRestarted') as string) ?? [];
    const services = {
      Services: [{ Deployments: [{ Status: 'ACTIVE' }, { Status: 'PRIMARY', CreatedAt: createdAt }] }],
    };
    const event = { detail: { eventTime: '2026-11-27T14:00:00Z' } };
    const states = { result: services, context: { Execution: { Input: event } } };
    expect(await jsonata(expression).evaluate({}, { states })).toBe(isRestarted);
    expect(dig(States, 'Look', 'Catch', 0)).toEqual({ ErrorEquals: ['States.ALL'], Next: 'Restart' });
    expect(dig(States, 'IsRestarted', 'Default')).toBe('Restart');
  });

  it('may do no more than that: each machine does its one thing, and the rules start these two machines only', () => {
    const foundation = result.stack('test-foundation');
    const only = (id: string) =>
      Object.values(foundation.policy('aws_iam_role_policy', id)).map(({ Action, Resource }) => [Action, Resource]);
    const arn = (service: string, resource: string) => `arn:aws:${service}:eu-north-1:111111111111:${resource}`;
    const logs = [expect.arrayContaining(['logs:CreateLogDelivery']), '*'];
    expect(only('restart-role-policy')).toEqual([
      [
        ['ecs:DescribeServices', 'ecs:UpdateService'],
        arn('ecs', 'service/pipecat-voice-agent-test/pipecat-voice-agent-test'),
      ],
      logs,
    ]);
    expect(only('notify-role-policy')).toEqual([
      ['sns:Publish', arn('sns', 'pipecat-voice-agent-test-alarms')],
      [['kms:Decrypt', 'kms:GenerateDataKey'], expect.stringContaining('aws_kms_key.operations-key')],
      logs,
    ]);
    expect(only('trigger-role-policy')).toEqual([
      [
        'states:StartExecution',
        [
          arn('states', 'stateMachine:pipecat-voice-agent-test-restart'),
          arn('states', 'stateMachine:pipecat-voice-agent-test-notify'),
        ],
      ],
    ]);
    expect(
      foundation.policy('aws_iam_role', 'trigger-role', 'assume_role_policy')['AssumedForThisAccountOnly']!.Condition,
    ).toEqual({
      StringEquals: { 'aws:SourceAccount': '111111111111' },
      ArnLike: {
        'aws:SourceArn': ['restart', 'secret-denied', 'task-not-started'].map((id) =>
          arn('events', `rule/pipecat-voice-agent-test-${id}`),
        ),
      },
    });
  });

  it('is noticed for secrets that others made, too', () => {
    expect(
      dig(
        pattern('secret-changed', result.stack('given-service')),
        'detail',
        '$or',
        0,
        'requestParameters',
        'secretId',
      ),
    ).toContain('pipecat/aws-credentials');
  });
});

describe('a refused secret', () => {
  it('is noticed among reads, which EventBridge shows to such a rule only', () => {
    expect(trial.one('aws_cloudwatch_event_rule', 'secret-denied')['state']).toBe(
      'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    );
    const detail = pattern('secret-denied')['detail'] as Attributes;
    expect(detail['eventName']).toEqual(['GetSecretValue', 'BatchGetSecretValue']);
    expect(dig(detail, '$or', 2)).toEqual({
      errorMessage: [
        { wildcard: '*:secret:pipecat/daily-api-key-*' },
        { wildcard: '*:secret:pipecat/start-api-key-*' },
      ],
    });
  });

  it('A12: is noticed among many that are read at once, and is not one that has no value yet', () => {
    const detail = pattern('secret-denied')['detail'] as Attributes;
    expect(dig(detail, '$or', 1, 'requestParameters', 'secretIdList')).toEqual([
      'pipecat/daily-api-key',
      { wildcard: '*:secret:pipecat/daily-api-key*' },
      'pipecat/start-api-key',
      { wildcard: '*:secret:pipecat/start-api-key*' },
    ]);
    expect(detail['errorCode']).toEqual([{ 'anything-but': ['ResourceNotFoundException'] }]);
  });

  it('is said, as is a task that could not start for want of one', () => {
    for (const id of ['secret-denied', 'task-not-started']) {
      expect(trial.one('aws_cloudwatch_event_target', `${id}-seen`)).toMatchObject({
        arn: '${aws_sfn_state_machine.notify.arn}',
        role_arn: 'arn:aws:iam::111111111111:role/pipecat-voice-agent-test-trigger',
      });
      expect(trial.one('aws_cloudwatch_metric_alarm', `alarm-${id}`)).toMatchObject({
        namespace: 'AWS/Events',
        metric_name: 'TriggeredRules',
        dimensions: { RuleName: `\${aws_cloudwatch_event_rule.${id}.name}` },
      });
    }
    expect(pattern('task-not-started')['detail']).toMatchObject({ stopCode: ['TaskFailedToStart'] });
  });

  it('is said by a machine of one step, because EventBridge itself cannot be held to an account on an encrypted topic', () => {
    const { States } = JSON.parse(trial.one('aws_sfn_state_machine', 'notify')['definition'] as string) as Attributes;
    expect(dig(States, 'Say')).toMatchObject({
      Resource: 'arn:aws:states:::sns:publish',
      Parameters: {
        TopicArn: 'arn:aws:sns:eu-north-1:111111111111:pipecat-voice-agent-test-alarms',
        'Message.$': 'States.JsonToString($)',
      },
    });
    const letIn = [
      trial.policy('aws_sns_topic_policy', 'alarm-topic-policy'),
      result.stack('test-foundation').policy('aws_kms_key', 'operations-key'),
    ];
    expect(JSON.stringify(letIn)).not.toContain('events.amazonaws.com');
  });

  it('reaches the topic from alarms of this environment only', () => {
    expect(trial.policy('aws_sns_topic_policy', 'alarm-topic-policy')['AlarmsOfThisAccount']).toMatchObject({
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': '111111111111' },
        ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:eu-north-1:111111111111:alarm:pipecat-voice-agent-test-*' },
      },
    });
  });
});

describe('metric filters, the dashboard and saved queries', () => {
  it('read messages that the bot has', () => {
    const messages = new Set<string>(LOG_LINES.map(({ message }) => message));
    const texts = [
      ...Object.values(trial.all('aws_cloudwatch_log_metric_filter')).map((filter) => filter['pattern'] as string),
      ...Object.values(trial.all('aws_cloudwatch_query_definition')).map((query) => query['query_string'] as string),
      ...(
        JSON.parse(trial.one('aws_cloudwatch_dashboard')['dashboard_body'] as string) as { widgets: Attributes[] }
      ).widgets.map((widget) => (dig(widget, 'properties', 'query') ?? '') as string),
    ];
    const read = texts.flatMap((text) => [...text.matchAll(/msg = "([^"]+)"/g)].map(([, message]) => message!));
    expect(read.length).toBeGreaterThan(20);
    expect(read.filter((message) => !messages.has(message))).toEqual([]);
  });

  it('read fields that the message they filter on has', () => {
    for (const filter of Object.values(trial.all('aws_cloudwatch_log_metric_filter'))) {
      const [, message] = /\$\.msg = "([^"]+)"/.exec(filter['pattern'] as string)!;
      const fields = fieldsOfMessage(message);
      const used = [filter['pattern'] as string, dig(filter, 'metric_transformation', 'value') as string].flatMap(
        (text) => [...text.matchAll(/\$\.(\w+)/g)].map(([, field]) => field!),
      );
      expect(used.filter((field) => field !== 'msg' && !fields.includes(field))).toEqual([]);
    }
    const WORDS =
      /^(filter|fields|stats|sort|limit|by|as|in|asc|desc|and|or|count|avg|max|pct|bin|msg|level|callId|sum|dollars|minutes|rotations|starts|PASTE|A|CALL|ID|[pm]?\d*[a-z]?|p95Ms|calls|seconds|failures|reconnects|requests)$/;
    for (const query of Object.values(trial.all('aws_cloudwatch_query_definition'))) {
      const text = query['query_string'] as string;
      const message = /msg = "([^"]+)"/.exec(text)?.[1];
      const known = message === undefined ? ['code', 'callId', 'requestId'] : fieldsOfMessage(message);
      const used = text.replaceAll(/"[^"]*"|@\w+/g, '').match(/[A-Za-z]\w*/g) ?? [];
      expect([message, used.filter((word) => !WORDS.test(word) && !known.includes(word))]).toEqual([message, []]);
    }
  });

  it("look at the bot's own group", () => {
    for (const query of Object.values(trial.all('aws_cloudwatch_query_definition'))) {
      expect(query['log_group_names']).toEqual(['/ecs/pipecat-voice-agent-test']);
      expect(query['name']).toMatch(/^pipecat-voice-agent-test\//);
    }
  });

  it('make a dashboard whose widgets do not overlap', () => {
    const { widgets } = JSON.parse(trial.one('aws_cloudwatch_dashboard')['dashboard_body'] as string) as {
      widgets: Record<'x' | 'y' | 'width' | 'height', number>[];
    };
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
  });
});

describe('outputs', () => {
  it('are what operators and scripts need, under names that do not change', () => {
    expect(Object.keys(trial.json['output'] as object).sort()).toEqual([
      'alarm_topic_arn',
      'cluster',
      'dashboard_url',
      'image',
      'load_balancer_name',
      'log_group',
      'release',
      'secret_arns',
      'service',
      'task_definition_arn',
      'url',
    ]);
    expect(trial.json['output']).toMatchObject({
      url: { value: 'http://${aws_lb.load-balancer.dns_name}' },
      cluster: { value: '${aws_ecs_cluster.cluster.name}' },
      log_group: { value: '/ecs/pipecat-voice-agent-test' },
    });
    expect(Object.keys(dig(trial.json, 'output', 'secret_arns', 'value') as object)).toEqual([
      'pipecat/daily-api-key',
      'pipecat/start-api-key',
    ]);
  });

  it('that are known before anything exists are in cdktf.out for scripts, and agree with the stacks', () => {
    const outputs = JSON.parse(readFileSync(join(result.outdir, 'outputs.json'), 'utf8')) as Record<string, Attributes>;
    expect(Object.keys(outputs)).toEqual(['abcdefghijkl', 'closed', 'given', 'prod', 'small', 'test']);
    expect(outputs['test']).toMatchObject({
      accountId: '111111111111',
      region: 'eu-north-1',
      cluster: trial.one('aws_ecs_cluster')['name'],
      service: trial.one('aws_ecs_service')['name'],
      logGroup: dig(trial.json, 'output', 'log_group', 'value'),
      secrets: {
        'pipecat/daily-api-key': ['DAILY_API_KEY', 'DAILY_API_URL'],
        'pipecat/start-api-key': ['START_API_KEY'],
      },
      url: null,
    });
    expect(outputs['given']).toMatchObject({ url: 'https://voice.example.com' });
  });
});

describe('an event that cannot be delivered', () => {
  it('A13: is tried again, kept in a queue, and rings', () => {
    const targets = Object.values(trial.all('aws_cloudwatch_event_target'));
    expect(targets).toHaveLength(3);
    for (const target of targets) {
      expect(target).toMatchObject({
        dead_letter_config: { arn: 'arn:aws:sqs:eu-north-1:111111111111:pipecat-voice-agent-test-undelivered' },
        retry_policy: { maximum_retry_attempts: 10 },
      });
    }
    for (const id of ['restart', 'secret-denied', 'task-not-started']) {
      expect(trial.one('aws_cloudwatch_metric_alarm', `alarm-${id}-not-delivered`)).toMatchObject({
        namespace: 'AWS/Events',
        metric_name: 'FailedInvocations',
        treat_missing_data: 'notBreaching',
      });
    }
    expect(trial.one('aws_cloudwatch_metric_alarm', 'alarm-events-undelivered')).toMatchObject({
      namespace: 'AWS/SQS',
      dimensions: { QueueName: 'pipecat-voice-agent-test-undelivered' },
    });
  });

  it('A13: is taken into the queue from our own rules only, and the machines log their failures, never what they were told', () => {
    const foundation = result.stack('test-foundation');
    const policy = foundation.policy('aws_sqs_queue_policy', 'undelivered-policy');
    expect(policy['OwnRulesOnly']).toMatchObject({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } },
    });
    expect(Object.values(trial.all('aws_sfn_state_machine'))).toEqual(
      Array(2).fill(
        expect.objectContaining({
          logging_configuration: {
            level: 'ERROR',
            include_execution_data: false,
            log_destination:
              'arn:aws:logs:eu-north-1:111111111111:log-group:/aws/vendedlogs/states/pipecat-voice-agent-test:*',
          },
        }),
      ),
    );
  });
});
