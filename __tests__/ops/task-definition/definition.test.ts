import { readTaskDefinition } from '../../../ops/task-definition/definition';
import { Synthesis, unescapeTemplates, type SynthesisedStack } from '../../../ops/task-definition/synthesised';
import { whichValue } from '../../../ops/task-definition/value-from';

const ARN = 'arn:aws:secretsmanager:eu-north-1:111111111111:secret:pipecat/daily-api-key-AbCdEf';
const ROLE = 'arn:aws:iam::111111111111:role/bot';

/** A service stack with these secrets, and a foundation that makes one. */
function synthesis(secrets: unknown, more: Record<string, unknown> = {}): Synthesis {
  const container = { name: 'bot', image: 'bot:1', portMappings: [{ containerPort: 7860 }], secrets, ...more };
  const backend = (key: string) => ({ backend: { s3: { bucket: 'state', key } } });
  const service: SynthesisedStack = {
    terraform: backend('service.tfstate'),
    resource: {
      aws_ecs_task_definition: {
        task: {
          family: 'bot',
          container_definitions: JSON.stringify([{ name: 'sidecar', image: 'x', essential: false }, container]),
          execution_role_arn: ROLE,
          task_role_arn: ROLE,
        },
      },
    },
    data: {
      terraform_remote_state: { foundation: { config: { bucket: 'state', key: 'foundation.tfstate' } } },
      aws_secretsmanager_secret: { existing: { name: 'pipecat/existing' } },
    },
    output: {},
  };
  const foundation: SynthesisedStack = {
    terraform: backend('foundation.tfstate'),
    resource: { aws_secretsmanager_secret: { daily: { name: 'pipecat/daily-api-key' } } },
    data: {},
    output: { daily: { value: '${aws_secretsmanager_secret.daily.arn}' } },
  };
  return new Synthesis(
    new Map([
      ['service', service],
      ['foundation', foundation],
    ]),
  );
}

const fromOf = (valueFrom: string) => readTaskDefinition(synthesis([{ name: 'KEY', valueFrom }])).secrets[0]?.from;

describe('valueFrom, as ECS reads it', () => {
  it.each([
    [`${ARN}:KEY::`, { secretId: ARN, secretName: 'pipecat/daily-api-key', jsonKey: 'KEY' }, { stage: 'AWSCURRENT' }],
    [ARN, { secretId: ARN, jsonKey: undefined }, { stage: 'AWSCURRENT' }],
    [`${ARN}:KEY:AWSPREVIOUS:`, { jsonKey: 'KEY', stage: 'AWSPREVIOUS' }, { stage: 'AWSPREVIOUS' }],
    [`${ARN}:KEY::0123-abcd`, { jsonKey: 'KEY', versionId: '0123-abcd' }, { versionId: '0123-abcd' }],
    [
      '${data.terraform_remote_state.foundation.outputs.daily}:KEY::',
      { secretId: 'pipecat/daily-api-key', jsonKey: 'KEY' },
      { stage: 'AWSCURRENT' },
    ],
    [
      '${data.aws_secretsmanager_secret.existing.arn}:KEY::',
      { secretId: 'pipecat/existing', jsonKey: 'KEY' },
      { stage: 'AWSCURRENT' },
    ],
  ])('%s', (valueFrom, expected, which) => {
    const from = fromOf(valueFrom);
    expect(from).toMatchObject(expected);
    expect(from === undefined ? undefined : whichValue(from)).toEqual(which);
  });

  it.each([
    [`${ARN}:KEY`],
    [`${ARN}:KEY:`],
    ['pipecat/daily-api-key:KEY::'],
    ['${aws_secretsmanager_secret.unknown.arn}:KEY::'],
    ['${data.terraform_remote_state.foundation.outputs.unknown}:KEY::'],
    ['${data.aws_secretsmanager_secret.existing.name}:KEY::'],
  ])('%s is refused', (valueFrom) => {
    expect(() => fromOf(valueFrom)).toThrow(/the valueFrom of KEY is/);
  });
});

describe('the task definition', () => {
  it('is the essential container, with the defaults of ECS', () => {
    const task = readTaskDefinition(
      synthesis([], { user: '1000:1000', environment: [{ name: 'A', value: '$${B} %%{C}' }] }),
    );
    expect(task).toMatchObject({
      container: 'bot',
      port: 7860,
      user: '1000:1000',
      stopTimeoutSeconds: 30,
      environment: { A: '${B} %{C}' },
      executionRoleArn: ROLE,
    });
    expect(unescapeTemplates('no templates')).toBe('no templates');
  });

  it('refuses a variable that is set twice', () => {
    const twice = synthesis([{ name: 'A', valueFrom: `${ARN}:A::` }], { environment: [{ name: 'A', value: '1' }] });
    expect(() => readTaskDefinition(twice)).toThrow('A is set twice');
  });

  it('refuses container definitions that are no literal JSON', () => {
    const computed = synthesis([]);
    const task = computed.service.resource['aws_ecs_task_definition']?.['task'];
    if (task !== undefined) task['container_definitions'] = '${jsonencode([])}';
    expect(() => readTaskDefinition(computed)).toThrow('not literal JSON');
  });
});
