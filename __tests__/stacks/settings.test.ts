import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkAccountConflicts } from '../../stacks/account-conflicts';
import { parseSettings, readSettings, SettingsError } from '../../stacks/settings-file';

const MINIMAL = {
  environment: 'test',
  accountId: '111111111111',
  loadBalancer: { allowPlainHttp: true },
  image: { tag: '1.2.3' },
};
const PROTECTED = {
  ...MINIMAL,
  protected: true,
  loadBalancer: {},
  secrets: { recoveryWindowDays: 30 },
  network: { kind: 'new', nat: 'per-zone' },
  domain: { name: 'voice.example.com', hostedZoneId: 'Z0123456789ABC' },
  counts: { min: 2, max: 4 },
  logs: { retentionDays: 365 },
  alarms: { email: 'voice@example.com' },
};

const OPERATOR = 'arn:aws:iam::111111111111:role/operator';
const manyRanges = (count: number) => ({
  allowPlainHttp: true,
  allowedCidrs: Array.from({ length: count }, (_, i) => `10.0.${i}.0/24`),
});
const subnets = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `subnet-${String(i).padStart(8, '0')}`);
const givenNetwork = (count: number, privateSubnetIds = subnets(count)) => ({
  kind: 'existing',
  vpcId: 'vpc-00000001',
  publicSubnetIds: subnets(2),
  privateSubnetIds,
});

const parse = (settings: object, env = {}) =>
  parseSettings('environments/test.json', JSON.stringify(settings, null, 2), env);

function problemsOf(settings: object | string, env = {}): readonly string[] {
  const text = typeof settings === 'string' ? settings : JSON.stringify(settings, null, 2);
  try {
    parseSettings('environments/test.json', text, env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('settings of an environment', () => {
  it('need only a name, an account, an image and a way in; the rest has defaults', () => {
    expect(parse(MINIMAL)).toMatchObject({
      region: 'eu-north-1',
      protected: false,
      bedrock: { modelIds: ['amazon.nova-2-5-sonic'] },
      secrets: {
        mode: 'managed',
        namePrefix: 'pipecat',
        useStaticCredentials: false,
        startKey: true,
        readAtRuntime: false,
      },
      network: { kind: 'new', cidr: '10.20.0.0/16', availabilityZones: 2, nat: 'single', endpoints: [] },
      task: { cpu: 1024, memoryMb: 2048, architecture: 'ARM64', spot: false },
      logs: { retentionDays: 30 },
    });
  });

  it('name the file, the line, the setting and the rule of every wrong value', () => {
    const text = `{
  "environment": "test",
  "accountId": "12345",
  "loadBalancer": { "allowPlainHttp": true },
  "task": {
    "cpu": 1000
  },
  "image": { "tag": "latest" }
}`;
    expect(problemsOf(text)).toEqual([
      'environments/test.json:3: accountId: must be the 12 digits of an AWS account',
      'environments/test.json:6: task.cpu: must be one of 256, 512, 1024, 2048, 4096, 8192, 16384 (1024 is one vCPU)',
      'environments/test.json:8: image.tag: must not be "latest": a release names exactly one image',
    ]);
  });

  it('point at a misspelt setting itself', () => {
    const text =
      '{\n  "environment": "test",\n  "accountId": "111111111111",\n  "image": { "tag": "1" },\n  "regoin": "x"\n}';
    expect(problemsOf(text)).toContainEqual(
      'environments/test.json:5: regoin: is not a setting (see docs/settings.md)',
    );
  });

  it('point at the nearest parent of a missing setting', () => {
    expect(
      problemsOf(
        '{\n  "environment": "test",\n  "accountId": "111111111111",\n  "loadBalancer": { "allowPlainHttp": true },\n  "image": {}\n}',
      ),
    ).toEqual(['environments/test.json:5: image.tag: must be set, or else image.digest']);
  });

  it('say where JSON is broken', () => {
    expect(problemsOf('{\n  "environment": "test",\n  oops\n}')).toEqual([
      'environments/test.json:3: is not JSON: InvalidSymbol',
    ]);
  });

  it('never repeat a wrong value, which may be a secret pasted by mistake', () => {
    const secret = 'AKIAABCDEFGHIJKLMNOP';
    const everywhere = {
      ...MINIMAL,
      accountId: secret,
      region: secret,
      image: { tag: `${secret}!` },
      alarms: { email: secret },
    };
    expect(problemsOf(everywhere)).toHaveLength(4);
    expect(problemsOf(everywhere).join('\n')).not.toContain('AKIA');
  });

  it('must be called as their file', () => {
    expect(problemsOf({ ...MINIMAL, environment: 'other' })).toEqual([
      'environments/test.json:2: environment: must be "test", as the file is called',
    ]);
  });

  it.each<[string, object, string]>([
    ['an unpaired memory size', { task: { cpu: 256, memoryMb: 8192 } }, 'task.memoryMb'],
    ['fewer tasks at most than at least', { counts: { min: 3, max: 2 } }, 'counts.max'],
    ['plain HTTP that nobody allowed', { loadBalancer: {} }, 'loadBalancer.allowPlainHttp'],
    [
      'a domain without certificate or zone',
      { domain: { name: 'a.example.com' }, loadBalancer: {} },
      'domain.certificateArn',
    ],
    [
      'a certificate in another region',
      {
        domain: { name: 'a.example.com', certificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/x' },
        loadBalancer: {},
      },
      'domain.certificateArn',
    ],
    ['a network too small for its subnets', { network: { kind: 'new', cidr: '10.0.0.0/24' } }, 'network.cidr'],
    ['A11: no way out, which Daily needs', { network: { kind: 'new', nat: 'none' } }, 'network.nat'],
    ['A5: other zones than it asks for', { network: { kind: 'new', zoneIds: ['eun1-az1'] } }, 'network.zoneIds'],
    ['A5: a zone by its name', { network: { kind: 'new', zoneIds: ['eu-north-1a', 'eun1-az2'] } }, 'network.zoneIds.0'],
    ['A1: one of the two numbers', { github: { repository: 'a/b', ownerId: '1' } }, 'github.repositoryId'],
    ['A1: tokens by numbers that are not set', { github: { repository: 'a/b', subject: 'ids' } }, 'github.subject'],
    [
      'C2: a name too long for a certificate that is made here',
      { domain: { name: `${'a'.repeat(60)}.example.com`, hostedZoneId: 'Z0123456789ABC' }, loadBalancer: {} },
      'domain.name',
    ],
    ['C3: an address range with host bits', { network: { kind: 'new', cidr: '10.30.5.0/16' } }, 'network.cidr'],
    ['C4: more ranges than a security group takes', { loadBalancer: manyRanges(61) }, 'loadBalancer.allowedCidrs'],
    [
      'C4: more ranges than a security group takes for two ports',
      {
        domain: { name: 'a.example.com', hostedZoneId: 'Z0123456789ABC' },
        loadBalancer: { allowedCidrs: manyRanges(31).allowedCidrs },
      },
      'loadBalancer.allowedCidrs',
    ],
    ['C5: an endpoint twice', { network: { kind: 'new', endpoints: ['ecr', 'ecr'] } }, 'network.endpoints'],
    [
      'C4: a range twice',
      { loadBalancer: { allowPlainHttp: true, allowedCidrs: ['10.0.0.0/8', '10.0.0.0/8'] } },
      'loadBalancer.allowedCidrs',
    ],
    [
      'C5: a model twice',
      { bedrock: { modelIds: ['amazon.nova-2-5-sonic', 'amazon.nova-2-5-sonic'] } },
      'bedrock.modelIds',
    ],
    ['C5: an operator twice', { secrets: { operatorArns: [OPERATOR, OPERATOR] } }, 'secrets.operatorArns'],
    ['C5: an origin twice', { bot: { allowedOrigins: ['https://a.b', 'https://a.b'] } }, 'bot.allowedOrigins'],
    ...['a..b/bot', 'a/b-', 'registry.example.com:port/bot', 'Team/Bot', 'a//b', 'bot:1.2'].map(
      (repository): [string, object, string] => [
        `C7: ${repository} as a repository`,
        { image: { tag: '1', repository } },
        'image.repository',
      ],
    ),
    [
      'C7: an image whose name and tag are too long together',
      { image: { tag: 't'.repeat(128), repository: `registry.example.com/${'b'.repeat(120)}` } },
      'image.repository',
    ],
    [
      'A17: a schedule with its bounds the wrong way round',
      { counts: { schedule: [{ name: 'day', cron: '0 7 ? * * *', min: 3, max: 2 }] } },
      'counts.schedule',
    ],
    [
      'A17: a schedule in no time zone',
      { counts: { schedule: [{ name: 'day', cron: '0 7 ? * * *', timeZone: 'Berlin', min: 1, max: 2 }] } },
      'counts.schedule.0.timeZone',
    ],
    ['A17: a path of roles without its ends', { iam: { rolePath: 'voice' } }, 'iam.rolePath'],
    ['C8: a region in China', { region: 'cn-north-1' }, 'region'],
    ['C8: a region of an isolated partition', { region: 'us-iso-east-1' }, 'region'],
    [
      'C9: a subnet twice',
      { network: givenNetwork(2, ['subnet-00000001', 'subnet-00000001']) },
      'network.privateSubnetIds',
    ],
    ['C9: more subnets than a service takes', { network: givenNetwork(17) }, 'network.privateSubnetIds'],
    [
      'an endpoint for another region',
      { network: { kind: 'new', endpoints: ['bedrock-runtime'] }, bedrock: { region: 'us-east-1' } },
      'network.endpoints',
    ],
    [
      'a key for managed secrets',
      { secrets: { existingKmsKeyArn: 'arn:aws:kms:eu-north-1:111111111111:key/x' } },
      'secrets.existingKmsKeyArn',
    ],
    ['a cross-region profile', { bedrock: { modelIds: ['us.amazon.nova-2-sonic-v1:0'] } }, 'bedrock.modelIds.0'],
    [
      'a model whose life has ended',
      { bedrock: { modelIds: ['amazon.nova-2-5-sonic', 'amazon.nova-sonic-v1:0'] } },
      'bedrock.modelIds.1',
    ],
    ['an address range that is none', { network: { kind: 'new', cidr: '10.300.0.0/16' } }, 'network.cidr'],
    ['a log level without the lines that metrics are made of', { bot: { logLevel: 'warn' } }, 'bot.logLevel'],
    ['a retention that CloudWatch does not offer', { logs: { retentionDays: 31 } }, 'logs.retentionDays'],
  ])('refuse %s', (_what, change, setting) => {
    expect(problemsOf({ ...MINIMAL, ...change })).toEqual([expect.stringContaining(`: ${setting}: must `)]);
  });

  it('U7: say which role a session is of, whose ARN is what AWS tells people that they are', () => {
    const session = 'arn:aws:sts::111111111111:assumed-role/Admin/me@example.com';
    expect(problemsOf({ ...MINIMAL, secrets: { operatorArns: [session] } })).toEqual([
      expect.stringContaining(
        'secrets.operatorArns.0: must name the role, not a session of it: "arn:aws:iam::111111111111:role/Admin"',
      ),
    ]);
    expect(problemsOf({ ...MINIMAL, secrets: { operatorArns: ['me'] } })).toEqual([
      expect.stringContaining('must be the ARN of a role or user, such as "arn:aws:iam::111111111111:role/NAME"'),
    ]);
  });

  it('U7: are read with the byte order mark that some editors write', () => {
    expect(parseSettings('test.json', `\uFEFF${JSON.stringify(MINIMAL)}`)).toEqual(parse(MINIMAL));
  });

  it('C3: say which network a range with host bits lies in', () => {
    const found = problemsOf({ ...MINIMAL, network: { kind: 'new', cidr: '10.30.5.0/16' } });
    expect(found).toEqual([expect.stringContaining('must be a network without host bits: "10.30.0.0/16"')]);
  });

  it.each(['registry.example.com:5000/team/bot', 'localhost/bot', 'team/voice__bot', 'a.b-c/d---e', 'bot'])(
    'C7: take %s as a repository',
    (repository) => {
      expect(parse({ ...MINIMAL, image: { tag: '1', repository } }).image.repository).toBe(repository);
    },
  );

  it('say what to set in place of a model whose life has ended', () => {
    expect(problemsOf({ ...MINIMAL, bedrock: { modelIds: ['amazon.nova-sonic-v1:0'] } })[0]).toContain(
      'must not be amazon.nova-sonic-v1:0, whose life ended on 14 September 2026: set amazon.nova-2-5-sonic',
    );
  });

  describe('where media comes straight to the task', () => {
    const direct = { ...MINIMAL, transport: 'webrtc', network: { kind: 'default' }, counts: { min: 1, max: 1 } };

    it('accept one task with a public address', () => {
      expect(parse(direct).webrtc.stunServer).toBe('stun:stun.l.google.com:19302');
    });

    it.each<[string, object, string]>([
      ['a network whose tasks have none', { network: { kind: 'new' } }, 'network.kind'],
      ['several tasks', { counts: { min: 1, max: 2 } }, 'counts.max'],
      ['traffic that is moved', { release: { strategy: 'canary' } }, 'release.strategy'],
      ['a load balancer inside', { loadBalancer: { allowPlainHttp: true, internal: true } }, 'loadBalancer.internal'],
      ['a STUN server that is none', { webrtc: { stunServer: 'stun.example.com' } }, 'webrtc.stunServer'],
    ])('refuse %s', (_what, change, setting) => {
      expect(problemsOf({ ...direct, ...change })).toEqual([expect.stringContaining(`: ${setting}: must `)]);
    });
  });

  describe('where protected', () => {
    it('accept an environment that has all a production needs', () => {
      expect(parse(PROTECTED).protected).toBe(true);
    });

    it.each<[string, object, string]>([
      ['no domain', { domain: undefined, loadBalancer: { allowPlainHttp: true } }, 'domain'],
      ['a single task', { counts: { min: 1, max: 2 } }, 'counts.min'],
      ['Spot', { task: { spot: true } }, 'task.spot'],
      ['the default VPC', { network: { kind: 'default' } }, 'network.kind'],
      ['one NAT gateway', { network: { kind: 'new', nat: 'single' } }, 'network.nat'],
      ['secrets deleted at once', { secrets: {} }, 'secrets.recoveryWindowDays'],
      ['calls that anybody starts', { secrets: { recoveryWindowDays: 7, startKey: false } }, 'secrets.startKey'],
      ['logs of a month', { logs: { retentionDays: 30 } }, 'logs.retentionDays'],
      ['alarms that nobody hears', { alarms: {} }, 'alarms.email'],
      ['a public load balancer without firewall', { loadBalancer: { waf: false } }, 'loadBalancer.waf'],
    ])('refuse %s', (_what, change, setting) => {
      expect(problemsOf({ ...PROTECTED, ...change })).toEqual([expect.stringContaining(`: ${setting}: must `)]);
    });

    it('is not optional in prod', () => {
      const prod = JSON.stringify({ ...MINIMAL, environment: 'prod' });
      expect(() => parseSettings('prod.json', prod)).toThrow('protected: must be true in prod');
    });
  });

  describe('that a pipeline overrides', () => {
    it('take the image and the account from the environment', () => {
      const settings = parse(MINIMAL, { DEPLOY_IMAGE_TAG: 'abc123', DEPLOY_ACCOUNT_ID: '333333333333' });
      expect([settings.image.tag, settings.accountId]).toEqual(['abc123', '333333333333']);
    });

    it('name the variable when its value is wrong', () => {
      expect(problemsOf(MINIMAL, { DEPLOY_IMAGE_TAG: 'latest' })).toEqual([
        expect.stringContaining('image.tag (from the environment variable DEPLOY_IMAGE_TAG): must not be "latest"'),
      ]);
    });
  });
});

describe('settings of several environments', () => {
  const other = { ...MINIMAL, environment: 'test' };
  const second = parseSettings('dev.json', JSON.stringify({ ...MINIMAL, environment: 'dev' }));

  it('may not make the same secrets in one account', () => {
    expect(checkAccountConflicts([parse(other), second])).toEqual([
      expect.stringContaining('test and dev both make the secrets pipecat/… in account 111111111111, eu-north-1'),
    ]);
  });

  it('may share them when one of them finds them by name', () => {
    expect(checkAccountConflicts([parse({ ...other, secrets: { mode: 'existing' } }), second])).toEqual([]);
  });

  it("may make an account's one OIDC provider only once", () => {
    const github = { repository: 'example/bot' };
    const a = parse({ ...MINIMAL, github });
    const b = parseSettings(
      'dev.json',
      JSON.stringify({ ...MINIMAL, environment: 'dev', secrets: { namePrefix: 'dev' }, github }),
    );
    expect(checkAccountConflicts([a, b])).toEqual([expect.stringContaining('OIDC provider of GitHub')]);
  });
});

describe('the settings of a folder', () => {
  const OWN = '__tests__/stacks/support/environments';

  it('are wrong where the environment that is asked for does not exist', () => {
    expect(() => readSettings(OWN, {}, 'nowhere')).toThrow('environments/nowhere.json does not exist');
  });

  it('want to know which environment an override is for', () => {
    expect(() => readSettings(OWN, { DEPLOY_IMAGE_TAG: 'f00ba4' })).toThrow(
      new SettingsError(['DEPLOY_IMAGE_TAG: say by DEPLOY_ENVIRONMENT which environment it is meant for']),
    );
  });

  it('U2: an operator’s own are read by no test but to see that they are valid', () => {
    const tests = join(__dirname, '..');
    const sources = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    // From the project's folder: `environments`, and not one of a test's own.
    const reads =
      /(?:readSettings|readdirSync|readFileSync|existsSync|cpSync)\((?:join\((?:ROOT|PROJECT), )?'environments\b/;
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((name) => reads.test(readFileSync(join(tests, name), 'utf8')))).toEqual([
      join('stacks', 'settings.test.ts'),
    ]);
  });

  it('U2: an operator’s own are valid, whatever there are', () => {
    const names = readdirSync('environments').filter((name) => name.endsWith('.json') && !name.endsWith('schema.json'));
    for (const name of names) {
      expect(() => readSettings('environments', {}, name.replace(/\.json$/, ''))).not.toThrow();
    }
  });
});
