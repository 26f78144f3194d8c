import { parseSettings, SettingsError } from '../../stacks/settings-file';
import { problemsBetween } from '../../stacks/agents';
import { variants } from './support/environments';
import { type Attributes, dig, type EmittedStack, objects, sharedSynth, type SynthResult } from './support/synth';

let result: SynthResult;
let foundation: EmittedStack;
let service: EmittedStack;
beforeAll(() => {
  result = sharedSynth(variants());
  foundation = result.stack('abcdefghijkl-foundation');
  service = result.stack('abcdefghijkl-service');
});

const SECRETS = ['twilio-credentials', 'phone-stream-key', 'phone-calls-key'].map((id) => `pipecat/${id}`);
const secretNames = (stack: EmittedStack) =>
  Object.values(stack.all('aws_secretsmanager_secret')).map(({ name }) => name as string);

describe('an environment without a telephone', () => {
  it('Upgrade: has nothing of one, so that a plan finds nothing to change', () => {
    const others = result.names.filter((name) => !/^(abcdefghijkl|given)-/.test(name));
    const found = others.filter((name) => /phone|twilio|PUBLIC_URL/i.test(JSON.stringify(result.stack(name).json)));
    expect([others.length, found]).toEqual([12, []]);
  });

  it('Upgrade: keeps the delay of a minute in which HTTP requests end', () => {
    expect(result.stack('prod-service').one('aws_lb_target_group')['deregistration_delay']).toBe('60');
  });
});

describe('an environment with a telephone', () => {
  const variables = () =>
    Object.fromEntries(
      objects(service.container()['environment']).map(({ name, value }) => [name as string, value as string]),
    );

  it('tells the bot its numbers, its address and whom it may call', () => {
    expect(variables()).toMatchObject({
      PHONE_PROVIDER: 'twilio',
      PHONE_NUMBERS: '+14155550100=assistant,+442079460100=assistant',
      PUBLIC_URL: 'https://voice.example.com',
      TRANSFER_DESTINATIONS: 'reception=tel:+14155550123',
      TWILIO_REGION: 'ie1',
      TWILIO_EDGE: 'dublin',
      PHONE_CALLS_FROM: '+14155550100',
      PHONE_CALLS_PREFIXES: '+1415,+46',
      PHONE_CALLS_USD_PER_DAY: '20',
      PHONE_CALLS_MINUTES_PER_DAY: '60',
      PHONE_CALLS_PER_NUMBER_PER_DAY: '3',
      PHONE_CALLS_AT_ONCE: '2',
    });
  });

  it('makes exactly the secrets of the telephone, without a value, and injects each key of them', () => {
    expect(secretNames(foundation)).toEqual(expect.arrayContaining(SECRETS));
    expect(JSON.stringify(foundation.json)).not.toContain('secret_string');
    const injected = objects(service.container()['secrets']).map(({ name }) => name as string);
    expect(injected.filter((name) => /TWILIO|PHONE/.test(name))).toEqual([
      'TWILIO_ACCOUNT_SID',
      'TWILIO_AUTH_TOKEN',
      'TWILIO_AUTH_TOKEN_OTHER',
      'TWILIO_API_KEY_SID',
      'TWILIO_API_KEY_SECRET',
      'PHONE_STREAM_KEY',
      'PHONE_STREAM_KEY_OTHER',
      'PHONE_CALLS_KEY',
    ]);
  });

  it('lets the role that starts tasks read these secrets by their ARNs, and no other role', () => {
    const read = foundation.policy('aws_iam_role_policy', 'execution-role-policy')['ReadSecrets'];
    expect(read?.Resource).toHaveLength(secretNames(foundation).length);
    expect(JSON.stringify(read?.Resource)).not.toContain('*');
    const task = foundation.one('aws_iam_role_policy', 'task-role-policy')['policy'] as string;
    expect(task).not.toContain('secretsmanager');
  });

  it("keeps a task's connections for the longest call and its goodbye, in either group of a release", () => {
    const groups = Object.values(service.all('aws_lb_target_group'));
    expect(groups.map((group) => group['deregistration_delay'])).toEqual(['2760', '2760']);
    expect(Number(service.one('aws_lb')['idle_timeout'])).toBeGreaterThanOrEqual(120);
  });

  it('lets callers speak HTTPS only', () => {
    const actions = Object.values(service.all('aws_lb_listener')).map((listener) => [
      listener['protocol'],
      dig(listener, 'default_action', 0, 'type'),
    ]);
    expect(actions).toEqual([
      ['HTTP', 'redirect'],
      ['HTTPS', 'forward'],
    ]);
  });

  it("limits no telephone call by address, name or form, and refuses at the firewall what cannot be Twilio's", () => {
    const rules = objects(foundation.one('aws_wafv2_web_acl')['rule']);
    const scoped = rules.map(({ name, statement }) => [
      name,
      JSON.stringify(statement).includes('scope_down_statement'),
    ]);
    expect(scoped).toEqual([
      ['limit-per-address', true],
      ['AWSManagedRulesAmazonIpReputationList', true],
      ['AWSManagedRulesKnownBadInputsRuleSet', false],
      ['AWSManagedRulesCommonRuleSet', true],
      ['unsigned-phone', false],
    ]);
    const unsigned = rules.at(-1) as Attributes;
    expect(unsigned['action']).toEqual({ block: {} });
    const [path, wrong] = objects(dig(unsigned, 'statement', 'and_statement', 'statement'));
    expect(dig(path, 'byte_match_statement', 'search_string')).toBe('/phone/twilio/');
    expect(JSON.stringify(wrong)).toContain('"single_header":{"name":"x-twilio-signature"}');
    expect(JSON.stringify(wrong)).toContain('"size":8192');
    // The bindings pass statements on unread, camel case and all.
    expect(JSON.stringify(rules.map(({ statement }) => statement))).not.toMatch(/"[a-z]+[A-Z]\w*":/);
  });

  it('logs no signature, without which the token in a logged path is worth nothing', () => {
    expect(foundation.one('aws_wafv2_web_acl_logging_configuration')['redacted_fields']).toContainEqual({
      single_header: { name: 'x-twilio-signature' },
    });
  });

  it("alarms when callers are refused or lost, and when somebody asks in Twilio's name; and shows it", () => {
    const alarms = Object.keys(service.all('aws_cloudwatch_metric_alarm')).filter((id) => id.includes('phone'));
    expect(alarms.sort()).toEqual(['alarm-phone-lost', 'alarm-phone-refused', 'alarm-phone-signatures']);
    const counted = Object.values(service.all('aws_cloudwatch_log_metric_filter')).map((filter) =>
      String(dig(filter, 'metric_transformation', 'name')),
    );
    for (const id of alarms) {
      const alarm = service.one('aws_cloudwatch_metric_alarm', id);
      expect(counted).toContain(alarm['metric_name']);
      expect(alarm['alarm_actions']).toHaveLength(1);
    }
    expect(service.one('aws_cloudwatch_dashboard')['dashboard_body']).toContain('PhoneStreamsLost');
    expect(service.one('aws_cloudwatch_query_definition', 'query-telephone')['query_string']).toContain(
      '"phone signature refused"',
    );
  });

  it('watches all its secrets by their prefix, where they are too many to be named in a pattern', () => {
    for (const id of ['secret-changed', 'secret-denied']) {
      const pattern = service.one('aws_cloudwatch_event_rule', id)['event_pattern'] as string;
      expect(pattern.length).toBeLessThanOrEqual(2_048);
      expect(dig(JSON.parse(pattern), 'detail', '$or', 0, 'requestParameters', 'secretId')).toEqual([
        { prefix: 'pipecat/' },
        { prefix: 'arn:aws:secretsmanager:eu-north-1:666666666666:secret:pipecat/' },
      ]);
    }
  });
});

describe('an environment with a telephone at Daily', () => {
  const stack = (kind: string) => result.stack(`given-${kind}`);

  it('tells the bot its numbers and whom it may call, and gives it what Daily signs with', () => {
    const container = stack('service').container();
    const variables = objects(container['environment']).map(({ name, value }) => [name, value] as const);
    expect(Object.fromEntries(variables)).toMatchObject({
      PHONE_NUMBERS: '+14155550100=assistant',
      DAILY_CALLER_IDS: '+14155550100=id-of-the-number',
      PHONE_CALLS_PREFIXES: '+1415',
      PUBLIC_URL: 'https://voice.example.com',
    });
    expect(variables.map(([name]) => name)).not.toContain('PHONE_PROVIDER');
    const injected = objects(container['secrets']).map(({ name }) => String(name));
    expect(injected).toEqual(expect.arrayContaining(['DAILY_PINLESS_HMAC', 'PHONE_CALLS_KEY']));
    expect(injected.filter((name) => /TWILIO|STREAM/.test(name))).toEqual([]);
  });

  it("limits none of Daily's requests by address, logs no signature, and keeps connections as short as without", () => {
    const rules = objects(stack('foundation').one('aws_wafv2_web_acl')['rule']);
    const text = JSON.stringify(rules.map(({ statement }) => statement));
    expect(text.match(/"search_string":"\/phone\/daily\/"/g)).toHaveLength(3);
    expect(rules.map(({ name }) => name)).not.toContain('unsigned-phone');
    expect(stack('foundation').one('aws_wafv2_web_acl_logging_configuration')['redacted_fields']).toContainEqual({
      single_header: { name: 'x-pinless-signature' },
    });
    const [group] = Object.values(stack('service').all('aws_lb_target_group'));
    expect(group?.['deregistration_delay']).toBe('60');
    const alarms = Object.keys(stack('service').all('aws_cloudwatch_metric_alarm'));
    expect(alarms).toEqual(expect.arrayContaining(['alarm-phone-signatures', 'alarm-phone-held']));
    expect(stack('service').one('aws_cloudwatch_metric_alarm', 'alarm-phone-held')['metric_name']).toBe(
      'PhoneCallsHeldLong',
    );
  });
});

describe('the settings of a telephone', () => {
  const NUMBERS = { '+14155550100': 'assistant' };
  const settings = (change: object, phone: object = {}) => ({
    environment: 'test',
    accountId: '111111111111',
    image: { tag: '1' },
    domain: { name: 'voice.example.com', hostedZoneId: 'Z0123456789ABC' },
    phone: { numbers: NUMBERS, ...phone },
    ...change,
  });
  const parse = (change: object, phone?: object) => parseSettings('test.json', JSON.stringify(settings(change, phone)));
  const problemOf = (change: object, phone?: object): string => {
    try {
      parse(change, phone);
    } catch (error) {
      if (error instanceof SettingsError) return error.problems.join('\n');
      throw error;
    }
    return 'none';
  };

  it('are a number and who answers it', () => {
    expect(parse({}).phone).toMatchObject({ provider: 'twilio', numbers: NUMBERS });
    expect(parse({}).phone?.outbound).toBeUndefined();
  });

  it.each<[string, string, object, object?]>([
    [
      'no name with a certificate',
      'domain: must be set with phone',
      { domain: undefined, loadBalancer: { allowPlainHttp: true } },
    ],
    [
      'a load balancer that Twilio cannot reach',
      'loadBalancer.internal: must be false',
      { loadBalancer: { internal: true } },
    ],
    [
      'a list of addresses',
      'loadBalancer.allowedCidrs: must name "0.0.0.0/0"',
      { loadBalancer: { allowedCidrs: ['10.0.0.0/8'] } },
    ],
    [
      'a page as a transfer',
      'destinations: must lead to "tel:…"',
      { destinations: { desk: 'https://desk.example/now' } },
    ],
    ['calls that Twilio ends first', 'bot.maxCallMinutes: must be at most 240', { bot: { maxCallMinutes: 241 } }],
    ['no number', 'phone.numbers: must name at least one number', {}, { numbers: {} }],
    [
      'a number without its country',
      'phone.numbers.4155550100: must be a number in E.164',
      {},
      { numbers: { '4155550100': 'assistant' } },
    ],
    ['a region without its edge', 'phone.twilio.edge: ', {}, { twilio: { region: 'ie1' } }],
    [
      'a region without Media Streams',
      'phone.twilio.region: must be a region of Twilio',
      {},
      { twilio: { region: 'jp1', edge: 'tokyo' } },
    ],
    [
      'everybody as whom it may call',
      'phone.outbound.prefixes.0: must be the beginning',
      {},
      { outbound: { from: ['+14155550100'], prefixes: ['+'] } },
    ],
    [
      'nobody as whom it may call',
      'phone.outbound.prefixes: must name at least one',
      {},
      { outbound: { from: ['+14155550100'], prefixes: [] } },
    ],
    [
      'a fallback with options of its own',
      'phone.fallbackUrl: must be an https URL',
      {},
      { fallbackUrl: 'https://a.example/x#rc=1' },
    ],
  ])('refuse %s', (...[, problem, change, phone]) => {
    expect(problemOf(change, phone)).toContain(problem);
  });

  it.each([
    ['another transport', 'transport: must be "daily"', { transport: 'webrtc' }],
    ['another carrier', 'phone: must not be set', { phone: { numbers: NUMBERS } }],
    ['no domain', 'domain: must be set', { domain: undefined }],
    ['nobody who can ask', 'loadBalancer.internal: must be false', { loadBalancer: { internal: true } }],
    ['few who can ask', 'loadBalancer.allowedCidrs: must name', { loadBalancer: { allowedCidrs: ['10.0.0.0/8'] } }],
    [
      'an id that is none',
      'dailyPhone.outbound.callerIds.+14155550100: must be the id',
      { dailyPhone: { numbers: NUMBERS, outbound: { callerIds: { '+14155550100': 'a b' }, prefixes: ['+1'] } } },
    ],
  ])('refuse a telephone at Daily with %s', (_what, problem, change) => {
    expect(problemOf({ phone: undefined, dailyPhone: { numbers: NUMBERS }, ...change })).toContain(problem);
  });

  it('refuse an agent that is not served', () => {
    const daily = parse({ phone: undefined, dailyPhone: { numbers: { '+14155550101': 'nobody' } } });
    expect(problemsBetween(daily, [])).toEqual([expect.stringContaining('dailyPhone.numbers.+14155550101: must be')]);
    const known = parse({}, { numbers: { '+14155550100': 'nobody' } });
    expect(problemsBetween(known, [])).toEqual([
      expect.stringContaining('phone.numbers.+14155550100: must be an agent that is served'),
    ]);
  });
});
