import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FlagValues } from '../../../ops/cli/flags';
import { BUILDERS, isNative, plainBuild, platformOf } from '../../../ops/deploy/builders';
import { commandAgain, commandFor } from '../../../ops/cli/command-line';
import { lineOf } from '../../../ops/deploy/events';
import { repositoryIn } from '../../../ops/deploy/github-repository';
import { readImageOption, versionOfTag } from '../../../ops/deploy/image-option';
import { asPlainText } from '../../../ops/deploy/deployment';
import { builderFinding } from '../../../ops/deploy/image-finding';
import { keptOf } from '../../../ops/deploy/kept';
import { needsOf } from '../../../ops/deploy/quotas';
import { renderScreen } from '../../../ops/deploy/screen';
import { missingKeys, storedWins } from '../../../ops/deploy/secret-values';
import { reviewMarkdown } from '../../../ops/release/review-markdown';
import { planSecret } from '../../../ops/secrets/plan';
import { parseSettings } from '../../../stacks/settings-file';
import { readDocument, shellLines } from '../support/documents';
import { testSettings } from '../support/project';

const settingsWith = (more: Record<string, unknown> = {}) =>
  parseSettings('test.json', JSON.stringify(testSettings(more)));

describe('U4: the one screen', () => {
  const screen = renderScreen({
    title: 'deploy · test · account 111111111111 · eu-north-1',
    findings: [
      { status: 'ok', subject: 'terraform', text: '1.11.4 (applies the stacks)' },
      { status: 'warning', subject: 'image', text: 'nothing builds it', fix: 'Install one.' },
    ],
    changes: ['accountId = "111111111111"'],
    file: 'environments/test.json',
    offer: {
      creates: [
        {
          stack: 'test-state',
          count: 3,
          types: [
            { type: 'aws_s3_bucket', count: 2 },
            { type: 'aws_kms_key', count: 1 },
          ],
        },
      ],
      months: [
        { minutes: 0, usd: 106.5 },
        { minutes: 100_000, usd: 1595 },
      ],
      asks: ['DAILY_API_KEY, which is not shown as it is typed'],
    },
    undo: commandFor('destroy', 'test', 'eu-north-1'),
  });

  it('says what was found, what is made and written, what it costs, what it asks, and how to undo it', () => {
    expect(screen).toBe(`deploy · test · account 111111111111 · eu-north-1

Looked at
  ok       terraform: 1.11.4 (applies the stacks)
  WARNING  image: nothing builds it
           → Install one.

Is made, or brought up to date: 3 resources
  test-state (3): s3_bucket ×2, kms_key

Is written into environments/test.json
  accountId = "111111111111"

A month costs about (list prices; npm run ops -- costs has the lines)
       $106.50  with 0 minutes of calls
     $1,595.00  with 100,000 minutes of calls

Asks you
  DAILY_API_KEY, which is not shown as it is typed

To undo it: npm run ops -- destroy --environment test --region eu-north-1
`);
  });
});

describe('U3: a deployment', () => {
  it('is terraform itself, on any Node: cdktf-cli is no part of it', () => {
    const files = readdirSync('ops', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    expect(files).toContain('deploy/deploy.ts');
    expect(files.filter((file) => readFileSync(path.join('ops', file), 'utf8').includes('cdktf-cli'))).toEqual([]);
    expect(readFileSync('package.json', 'utf8')).not.toContain('cdktf-cli');
  });

  it('begins in its document with one command', () => {
    const [install, deploy] = shellLines(readDocument('docs/deploy.md'));
    expect([install, deploy]).toEqual(['npm ci', 'npm run ops -- deploy --environment test']);
  });

  it('shows a plan as a terminal does', () => {
    const change = { address: 'aws_vpc.vpc', type: 'aws_vpc', action: 'create' as const, attributes: [] };
    const page = reviewMarkdown('test', {
      changes: Array.from({ length: 13 }, () => change),
      outputs: [],
      dataLost: [],
    });
    expect(page).toContain('<details>');
    expect(asPlainText(page)).not.toMatch(/[<`]{3}|<\/?details|<summary/);
    expect(asPlainText(page)).toContain('+ aws_vpc.vpc\n');
  });
});

describe('U6: the command that goes on', () => {
  const flags = new FlagValues([
    ['env-file', "/home/me/the keys/it's.env"],
    ['yes', true],
    ['plan-only', true],
  ]);

  it('is complete, whatever shell it is typed into', () => {
    expect(commandAgain({ environment: 'prod', flags }, 'deploy', 'us-east-1', ['env-file', 'image', 'yes'])).toBe(
      `npm run ops -- deploy --environment prod --region us-east-1 --env-file '/home/me/the keys/it'\\''s.env' --yes`,
    );
  });
});

describe('--image', () => {
  it.each([
    ['1.2.3', { tag: '1.2.3' }],
    [`sha256:${'a'.repeat(64)}`, { digest: `sha256:${'a'.repeat(64)}` }],
    ['ghcr.io/me/voice:1.2.3', { repository: 'ghcr.io/me/voice', tag: '1.2.3' }],
    ['localhost:5000/voice:1.2.3', { repository: 'localhost:5000/voice', tag: '1.2.3' }],
    [
      `ghcr.io/me/voice:1.2.3@sha256:${'b'.repeat(64)}`,
      { repository: 'ghcr.io/me/voice', tag: '1.2.3', digest: `sha256:${'b'.repeat(64)}` },
    ],
  ])('%s', (text, image) => expect(readImageOption(text)).toEqual(image));

  it.each(['latest', 'ghcr.io/me/voice:latest', 'ghcr.io/me/voice', '', 'a b', '--yes', 'sha256:short'])(
    'refuses "%s", and does not repeat it',
    (text) => expect(() => readImageOption(text)).toThrow(/^--image must (not )?be/),
  );

  it('knows by the tag what /health will say', () => {
    expect(versionOfTag('1.2.3')?.test('1.2.3+0123456')).toBe(true);
    expect(versionOfTag('1.2.3')?.test('1.2.30+0123456')).toBe(false);
    expect(versionOfTag('0.1.0-0123456789ab')?.test('0.1.0+0123456')).toBe(true);
    expect(versionOfTag('0.1.0-0123456789ab')?.test('0.1.0+fffffff')).toBe(false);
    expect(versionOfTag('blue')).toBeUndefined();
  });
});

describe('whatever builder is there', () => {
  it('is Docker first, and any of four others', () => {
    expect(BUILDERS.map(({ name }) => name)).toEqual(['docker', 'finch', 'podman', 'nerdctl', 'buildah']);
  });

  it('gets no password among its arguments', () => {
    const order = { reference: 'r/a:1', registry: 'r', platform: 'linux/arm64', version: '1', commit: 'c' };
    expect(plainBuild(order).map(([first]) => first)).toEqual(['login', 'build', 'push']);
    expect(plainBuild(order)[0]).toEqual(['login', '--username', 'AWS', '--password-stdin', 'r']);
  });

  it('is said to be slow for another processor', () => {
    const settings = settingsWith({ task: { architecture: process.arch === 'arm64' ? 'X86_64' : 'ARM64' } });
    expect(builderFinding(settings, BUILDERS[0]!)).toMatchObject({ status: 'warning' });
    expect([platformOf('ARM64'), isNative('linux/amd64', 'x64')]).toEqual(['linux/arm64', true]);
  });
});

describe('values of secrets', () => {
  const wanted = {
    name: 'pipecat/daily-api-key',
    given: { DAILY_API_KEY: 'new' },
    fallbacks: { DAILY_API_URL: 'https://api.daily.co/v1' },
    required: ['DAILY_API_KEY', 'DAILY_API_URL'],
    replace: false,
  };
  const stored = {
    kind: 'present',
    arn: 'a',
    versionId: 'v',
    values: { DAILY_API_KEY: 'old', DAILY_API_URL: 'x' },
  } as const;

  it('that exist are left, whatever is given now', () => {
    expect(planSecret(stored, storedWins(wanted)).plan.kind).toBe('unchanged');
    expect(planSecret({ kind: 'empty', arn: 'a' }, storedWins(wanted)).values).toMatchObject({ DAILY_API_KEY: 'new' });
  });

  it('are asked for only where nobody gives and nothing holds them', () => {
    const nothing = { ...wanted, given: {} };
    expect(missingKeys({ kind: 'absent' }, nothing)).toEqual(['DAILY_API_KEY']);
    expect(missingKeys({ kind: 'empty', arn: 'a' }, wanted)).toEqual([]);
    expect(missingKeys(stored, nothing)).toEqual([]);
    expect(missingKeys({ kind: 'deleted', arn: 'a', on: new Date(0) }, nothing)).toEqual([]);
  });
});

describe('what is known of the world', () => {
  it.each([
    ['git@github.com:me/voice.git', 'me/voice'],
    ['https://github.com/me/voice', 'me/voice'],
    ['https://token@github.com/me/voice.git', 'me/voice'],
    ['ssh://git@github.com/me/voice.git', 'me/voice'],
    ['https://gitlab.com/me/voice', undefined],
    ['/srv/git/voice', undefined],
  ])('%s is the repository %s', (url, repository) => expect(repositoryIn(url)).toBe(repository));

  it('A15: the quotas that the settings may meet', () => {
    const needs = (more: Record<string, unknown>) =>
      needsOf(settingsWith(more)).map(({ what, needed }) => `${what}: ${needed}`);
    expect(needs({ counts: { min: 1, max: 4 } })).toEqual([
      'vCPUs of Fargate: 8',
      'VPCs: 1',
      'Elastic IP addresses: 1',
      'NAT gateways of a zone: 1',
      'rules of a security group: 1',
      'Application Load Balancers: 1',
    ]);
    expect(needs({ task: { spot: true }, network: { kind: 'default' } })).toEqual([
      'vCPUs of Fargate Spot: 4',
      'rules of a security group: 1',
      'Application Load Balancers: 1',
    ]);
  });

  it('what is kept when an environment goes, and why', () => {
    const kept = keptOf(settingsWith({ secrets: { mode: 'existing' }, network: { kind: 'default' } }), true).join('\n');
    for (const word of ['keys of KMS, for 7 days', 'by --keep-state', 'the network', 'the secrets pipecat/…']) {
      expect(kept).toContain(word);
    }
    expect(keptOf(settingsWith(), false).join()).not.toMatch(/keep-state|the network|the secrets|Twilio/);
    const phone = { numbers: { '+14155550100': 'assistant' } };
    const domain = { name: 'voice.example.org', hostedZoneId: 'Z0123456789ABC' };
    const line = keptOf(settingsWith({ phone, domain, loadBalancer: {} }), false).find((one) => one.includes('Twilio'));
    expect(line).toContain('the numbers +14155550100 at Twilio: they still lead here');
  });
});

describe('what people see of an event', () => {
  it('is a line of its step, and lines of programs under it', () => {
    expect(lineOf({ event: 'step', step: 'image', status: 'done', changed: false, text: 'is there' }, '5/7')).toBe(
      '5/7  image      ok: is there',
    );
    expect(lineOf({ event: 'progress', step: 'image', text: '#1 building' }, '5/7')).toBe('      #1 building');
    expect(
      lineOf({ event: 'plan', step: 'x', stack: 'x', add: 1, change: 0, replace: 0, destroy: 0 }, '1/7'),
    ).toBeUndefined();
  });
});
