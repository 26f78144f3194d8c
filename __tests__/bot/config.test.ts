import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../bot/config';
import { configWarnings } from '../../bot/config-warnings';
import { BotError } from '../../bot/errors';
import { ALL_VARIABLES } from '../../contract/variables';
import { temporaryFolder } from '../support/http';

/** What is wrong with an environment, in the words of the error; fails when nothing is. */
function problemsOf(env: NodeJS.ProcessEnv): string {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(BotError);
    expect((error as BotError).code).toBe('config_invalid');
    return (error as BotError).message;
  }
  throw new Error('the environment was accepted');
}

function warningsOf(env: NodeJS.ProcessEnv): string {
  return configWarnings(readConfig(env), env).join('\n');
}

describe('with nothing set', () => {
  it('everything has a sensible default', () => {
    expect(readConfig({})).toMatchObject({
      host: '0.0.0.0',
      port: 7860,
      transport: 'webrtc',
      logLevel: 'info',
      daily: { apiKey: undefined, apiUrl: 'https://api.daily.co/v1' },
      model: { id: 'amazon.nova-2-5-sonic', region: 'eu-north-1', endpointUrl: undefined, voiceId: 'matthew' },
      call: { maxCalls: 10, maxCallMs: 1_800_000, userAbsentMs: 120_000, drainMs: 90_000 },
      access: {
        startApiKey: undefined,
        adminApiKey: undefined,
        allowedOrigins: [],
        trustedProxies: 0,
        browserRedirect: false,
      },
      webrtc: { iceServers: [], bindAddress: undefined, udpPort: undefined },
    });
  });

  it('the prompts are written for the ear', () => {
    const { model, call } = readConfig({});
    expect(model.systemPrompt).toMatch(/spoken aloud/);
    expect(call.greetingPrompt).toMatch(/Greet/);
    expect(model.systemPrompt).not.toMatch(/[*#`\n]/);
  });

  it('empty and blank variables count as not set', () => {
    const blank = Object.fromEntries(ALL_VARIABLES.map(({ name }) => [name, '  ']));
    expect(readConfig(blank)).toEqual(readConfig({}));
  });
});

describe('what is set', () => {
  it('is read into units of the code: ms whatever the variable counts in', () => {
    const env = { MAX_CALL_MINUTES: '5', USER_ABSENT_SECONDS: '30', DRAIN_SECONDS: '0', MAX_CALLS: '3' };
    expect(readConfig(env).call).toMatchObject({ maxCallMs: 300_000, userAbsentMs: 30_000, drainMs: 0, maxCalls: 3 });
  });

  it("loses blanks around it: a secret pasted with a line's end still works", () => {
    expect(readConfig({ DAILY_API_KEY: ' abc123\n' }).daily.apiKey).toBe('abc123');
  });

  it('makes Daily the transport when there is a key, unless TRANSPORT says otherwise', () => {
    expect(readConfig({ DAILY_API_KEY: 'k' }).transport).toBe('daily');
    expect(readConfig({ DAILY_API_KEY: 'k', TRANSPORT: 'webrtc' }).transport).toBe('webrtc');
    const without = { TRANSPORT: 'daily' };
    expect(readConfig(without).environment).toMatchObject({ required: ['DAILY_API_KEY'], missing: ['DAILY_API_KEY'] });
    expect(warningsOf(without)).toContain('DAILY_API_KEY is not set: no calls are taken');
  });

  it('posts events of calls to https, or to loopback, and with a key only', () => {
    const key = { CALL_EVENTS_KEY: 'a-key-of-16-chars', CALL_EVENTS_KEY_OTHER: 'a-key-of-16-chars' };
    const { events } = readConfig({ CALL_EVENTS_WEBHOOK: 'http://127.0.0.1:4000/calls', ...key });
    expect(events).toMatchObject({ webhook: 'http://127.0.0.1:4000/calls', keys: ['a-key-of-16-chars'] });
    expect(() => readConfig({ CALL_EVENTS_WEBHOOK: 'https://crm.example/calls' })).toThrow(
      'CALL_EVENTS_KEY must be set with CALL_EVENTS_WEBHOOK',
    );
    for (const url of ['http://crm.example/', 'https://me:pw@crm.example/', 'ftp://127.0.0.1/', 'calls']) {
      expect(() => readConfig({ CALL_EVENTS_WEBHOOK: url, ...key })).toThrow(
        'CALL_EVENTS_WEBHOOK must be an https URL',
      );
    }
    expect(() => readConfig({ CALL_EVENTS_UNDELIVERED: 'https://elsewhere.example/queue' })).toThrow(
      'CALL_EVENTS_UNDELIVERED must be the URL of a queue of SQS, or the path of a folder',
    );
  });

  it('gives the model a region of its own', () => {
    expect(readConfig({ AWS_REGION: 'eu-west-1' }).model.region).toBe('eu-west-1');
    expect(readConfig({ AWS_REGION: 'eu-west-1', BEDROCK_REGION: 'us-east-1' }).model.region).toBe('us-east-1');
  });

  it('P2: reads ceilings in dollars, and refuses them where nobody knows what a token costs', () => {
    const env = { DOLLARS_PER_CALL: '0.5', DOLLARS_PER_DAY: '250' };
    const { call, limits } = readConfig(env);
    expect([call.ceilings.maxDollars, limits.dollars]).toEqual([0.5, 250]);
    expect(() => readConfig({ DOLLARS_PER_CALL: '$5' })).toThrow(
      'DOLLARS_PER_CALL must be dollars from 0.01 to 100000, such as 2.50',
    );
    expect(() => readConfig({ ...env, NOVA_SONIC_MODEL_ID: 'amazon.nova-9-sonic' })).toThrow(
      /DOLLARS_PER_CALL needs MODEL_PRICES.*DOLLARS_PER_DAY needs MODEL_PRICES/,
    );
  });

  it.each([
    ['1', 1],
    ['3', 1],
    ['6', 3],
    ['12', 3],
  ])('P4: with %s places a caller may have %i started calls and be in none: half stay for others', (maxCalls, most) => {
    expect(readConfig({ MAX_CALLS: maxCalls }).access.unansweredStarts).toBe(most);
  });

  it('takes lists, JSON and URLs apart', () => {
    const config = readConfig({
      ALLOWED_ORIGINS: 'https://a.example, http://localhost:3000/',
      ICE_SERVERS: '[{"urls":["stun:127.0.0.1:3478"]},{"urls":"turn:turn.example","username":"u","credential":"c"}]',
      BEDROCK_ENDPOINT_URL: 'http://127.0.0.1:8000/',
      WEBRTC_BIND_ADDRESS: '::1',
      WEBRTC_UDP_PORT: '41000',
    });
    expect(config.access.allowedOrigins).toEqual(['https://a.example', 'http://localhost:3000']);
    expect(config.webrtc).toEqual({
      iceServers: [{ urls: ['stun:127.0.0.1:3478'] }, { urls: 'turn:turn.example', username: 'u', credential: 'c' }],
      bindAddress: '::1',
      udpPort: 41_000,
    });
    expect(config.model.endpointUrl).toBe('http://127.0.0.1:8000');
  });

  it('says which secrets there are, by name', () => {
    const { secrets } = readConfig({ START_API_KEY: 'a-key-of-16-chars', ICE_SERVERS: ' ' }).environment;
    expect(secrets).toEqual({
      DAILY_API_KEY: false,
      DAILY_PINLESS_HMAC: false,
      AWS_ACCESS_KEY_ID: false,
      CALL_RECORDS_KEY: false,
      CALL_EVENTS_KEY: false,
      CALL_EVENTS_KEY_OTHER: false,
      AWS_SECRET_ACCESS_KEY: false,
      START_API_KEY: true,
      SERVER_API_KEY: false,
      ADMIN_API_KEY: false,
      ICE_SERVERS: false,
      PHONE_CALLS_KEY: false,
      PHONE_STREAM_KEY: false,
      PHONE_STREAM_KEY_OTHER: false,
      TWILIO_API_KEY_SECRET: false,
      TWILIO_API_KEY_SID: false,
      TWILIO_AUTH_TOKEN: false,
      TWILIO_AUTH_TOKEN_OTHER: false,
    });
  });
});

describe('a broken rule', () => {
  it('is named with all others at once, and no value is repeated', () => {
    const env = {
      FAST_API_PORT: '99999',
      MAX_CALLS: 'many-secret',
      START_API_KEY: 'short-secret',
      ALLOWED_ORIGINS: 'https://ok.example,secret-origin',
      ICE_SERVERS: '[{"urls":"http://secret"}]',
      LOG_LEVEL: 'secret',
      AWS_ACCESS_KEY_ID: 'AKIA-secret',
    };
    const problems = problemsOf(env);
    for (const name of Object.keys(env)) expect(problems).toContain(`${name} `);
    expect(problems).toContain('FAST_API_PORT must be a whole number from 0 to 65535');
    expect(problems).toContain('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together');
    expect(problems).not.toContain('secret-');
    expect(problems).not.toMatch(/short-secret|many-secret|99999|AKIA/);
  });

  it.each([
    ['AGENTS_FOLDER', '/built'],
    ['TOOL_HOSTS', 'api.example=http://127.0.0.1:8080'],
    ['TOOL_MOCKS', 'http://127.0.0.1:8080'],
  ])('%s is for development, and refused where the bot runs on ECS', (name, value) => {
    const ecs = { ECS_AGENT_URI: 'http://127.0.0.1:1', ECS_CONTAINER_METADATA_URI_V4: 'http://127.0.0.1:1/v4' };
    expect(problemsOf({ ...ecs, [name]: value })).toBe(
      `${name} must not be set where the bot runs on ECS: it is for development`,
    );
    expect(() => readConfig({ [name]: value })).not.toThrow();
  });

  it.each([
    ['FAST_API_PORT', ['-1', '1e3', '0x10', '80.5', ' 8 0', '99999999999']],
    ['HOST', ['a b', 'http://x', 'x/y']],
    ['AWS_REGION', ['eu', 'EU-north-1', 'eu-north', 'us-east-1; rm']],
    ['BEDROCK_REGION', ['somewhere']],
    ['TRANSPORT', ['Daily', 'sip']],
    ['NOVA_SONIC_MODEL_ID', ['-', 'model id']],
    ['NOVA_SONIC_VOICE', ['Matthew', 'm', 'tom2']],
    ['NOVA_SONIC_ENDPOINTING', ['high']],
    ['BEDROCK_ENDPOINT_URL', ['ftp://x', 'not a url', 'https://user:pw@x', 'https://x/?q=1', '//x']],
    ['DAILY_API_URL', ['api.daily.co/v1']],
    ['DAILY_API_KEY', ['two words', 'ünicode']],
    ['SYSTEM_PROMPT', ['x'.repeat(16_385)]],
    ['GREETING_PROMPT', ['é'.repeat(513)]],
    ['MAX_CALLS', ['0', '1001']],
    ['DRAIN_SECONDS', ['-5', '9999']],
    ['START_API_KEY', ['15-characters-x', 'with a space in it', 'x'.repeat(513)]],
    ['ALLOWED_ORIGINS', ['https://x/path', 'x', 'https://x,', 'https://X', 'ftp://x']],
    ['TRUSTED_PROXIES', ['true', '11']],
    ['BROWSER_REDIRECT', ['1', 'yes', 'TRUE']],
    ['ICE_SERVERS', ['{}', '[{}]', '[{"urls":[]}]', '[{"urls":"stun:x","extra":1}]', '[1', '"stun:x"']],
    ['WEBRTC_BIND_ADDRESS', ['localhost', '1.2.3', '::g']],
    ['WEBRTC_UDP_PORT', ['0', '65536']],
    ['LOG_LEVEL', ['verbose']],
    ['VERSION', ['a b', 'x'.repeat(65)]],
  ])('of %s is refused by name', (name, values) => {
    for (const value of values) expect(problemsOf({ [name]: value })).toContain(`${name} must be`);
  });
});

it('SERVER_API_KEY is refused where it equals a key that callers or operators know', () => {
  const key = 'one-key-for-everything';
  expect(() => readConfig({ SERVER_API_KEY: key, START_API_KEY: key })).toThrow(
    'SERVER_API_KEY must be another key than START_API_KEY',
  );
  expect(() => readConfig({ SERVER_API_KEY: key, ADMIN_API_KEY: key })).toThrow(
    'SERVER_API_KEY must be another key than ADMIN_API_KEY',
  );
});

describe('SYSTEM_PROMPT_FILE', () => {
  const folder = temporaryFolder({ 'prompt.txt': '\n You are a pirate. \n', 'empty.txt': ' \n' });
  const file = (name: string): NodeJS.ProcessEnv => ({ SYSTEM_PROMPT_FILE: join(folder.path, name) });
  afterAll(() => folder.remove());

  it('gives the prompt', () => {
    expect(readConfig(file('prompt.txt')).model.systemPrompt).toBe('You are a pirate.');
  });

  it('must be there, readable, text, and not beside SYSTEM_PROMPT; its path is not repeated', () => {
    writeFileSync(join(folder.path, 'binary.bin'), Buffer.from([0xff, 0xfe, 0x00]));
    writeFileSync(join(folder.path, 'long.txt'), 'x'.repeat(16_385));
    expect(problemsOf(file('missing.txt'))).toContain(
      'SYSTEM_PROMPT_FILE must be the path of a readable text file in UTF-8 (ENOENT)',
    );
    for (const name of ['binary.bin', 'long.txt', 'empty.txt', '.'])
      expect(problemsOf(file(name))).toContain('SYSTEM_PROMPT_FILE must be');
    expect(problemsOf({ ...file('prompt.txt'), SYSTEM_PROMPT: 'x' })).toContain('must not both be set');
    expect(problemsOf(file('missing.txt'))).not.toContain(folder.path);
  });
});

describe('a model whose life has ended', () => {
  it.each([
    'amazon.nova-sonic-v1:0',
    'us.amazon.nova-sonic-v1:0',
    'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-sonic-v1:0',
  ])('is refused with what to set instead: %s', (NOVA_SONIC_MODEL_ID) => {
    expect(problemsOf({ NOVA_SONIC_MODEL_ID })).toContain(
      `NOVA_SONIC_MODEL_ID must not be ${NOVA_SONIC_MODEL_ID}, whose life ended on 14 September 2026: set amazon.nova-2-5-sonic`,
    );
  });
});

describe('prices of tokens', () => {
  it('are the list prices of the model, the same for both that are offered, and none of one that is not known', () => {
    const prices = { inputSpeech: 3, inputText: 0.33, outputSpeech: 12, outputText: 2.75 };
    for (const id of ['amazon.nova-2-5-sonic', 'amazon.nova-2-sonic-v1:0']) {
      expect(readConfig({ NOVA_SONIC_MODEL_ID: id }).model.prices).toEqual(prices);
    }
    expect(readConfig({ NOVA_SONIC_MODEL_ID: 'amazon.nova-3-sonic' }).model.prices).toBeUndefined();
  });
});

describe('what is likely a mistake is warned of', () => {
  it.each(['amazon.nova-2-5-sonic', 'amazon.nova-2-sonic-v1:0'])(
    'a region that is not known to offer %s, unless another endpoint is set',
    (NOVA_SONIC_MODEL_ID) => {
      const elsewhere = warningsOf({ NOVA_SONIC_MODEL_ID, BEDROCK_REGION: 'eu-west-1' });
      expect(elsewhere).toContain(
        `eu-west-1 is not known to offer ${NOVA_SONIC_MODEL_ID}: check, or set BEDROCK_REGION`,
      );
      expect(elsewhere).toContain('(as read on 27 November 2026)');
      for (const region of ['eu-north-1', 'us-east-1', 'us-west-2', 'ap-northeast-1']) {
        expect(warningsOf({ NOVA_SONIC_MODEL_ID, BEDROCK_REGION: region })).not.toContain('BEDROCK_REGION');
        expect(elsewhere).toContain(region);
      }
      expect(
        warningsOf({ NOVA_SONIC_MODEL_ID, BEDROCK_REGION: 'eu-west-1', BEDROCK_ENDPOINT_URL: 'http://127.0.0.1:1' }),
      ).not.toContain('BEDROCK_REGION');
    },
  );

  it('a voice that is not in the list, with the list, its age and whose it is', () => {
    const warning = warningsOf({ NOVA_SONIC_VOICE: 'someone' });
    expect(warning).toContain(
      "known of Nova 2.5 Sonic (as read in October 2026; Nova 2 Sonic's: no list of its own was found)",
    );
    expect(warning).toContain('matthew, tiffany (en-US)');
    for (const voice of ['lupe', 'tiffany', 'matthew']) {
      expect(warningsOf({ NOVA_SONIC_VOICE: voice })).not.toContain('NOVA_SONIC_VOICE');
    }
  });

  it('a model that nothing is known of, which is not refused', () => {
    expect(warningsOf({ NOVA_SONIC_MODEL_ID: 'amazon.nova-3-sonic' })).toContain(
      'NOVA_SONIC_MODEL_ID is amazon.nova-3-sonic, of which nothing is known; known are amazon.nova-2-5-sonic and amazon.nova-2-sonic-v1:0',
    );
  });

  it.each([
    [{ AWS_BEARER_TOKEN_BEDROCK: 'bearer-token-value' }, 'AWS_BEARER_TOKEN_BEDROCK is set and not used'],
    [{ NOVA_SONIC_MODEL_ID: 'us.amazon.nova-2-sonic-v1:0' }, 'cross-region profile'],
    [{ NOVA_SONIC_MODEL_ID: 'jp.amazon.nova-2-sonic-v1:0' }, 'cross-region profile'],
    [{ NOVA_SONIC_VOICE: 'someone' }, 'NOVA_SONIC_VOICE is not one of'],
    [{ BEDROCK_ENDPOINT_URL: 'http://bedrock.example' }, 'can be overheard'],
    [{ DAILY_API_URL: 'http://daily.example' }, 'DAILY_API_KEY can be read'],
    [{}, 'START_API_KEY is not set'],
  ])('%o', (env, warning) => {
    expect(warningsOf(env)).toContain(warning);
    expect(warningsOf(env)).not.toContain('bearer-token-value');
  });

  it('and a good configuration gives none', () => {
    expect(warningsOf({ START_API_KEY: 'a-key-of-16-chars' })).toBe('');
    expect(warningsOf({ BEDROCK_REGION: 'us-east-1', START_API_KEY: 'a-key-of-16-chars' })).toBe('');
    expect(warningsOf({ BEDROCK_REGION: 'us-east-1', HOST: '127.0.0.1' })).toBe('');
  });
});
