import { readConfig } from '../../bot/config';
import { configWarnings } from '../../bot/config-warnings';

const KEY = Buffer.alloc(32, 7).toString('base64');
const PHONE = {
  PHONE_PROVIDER: 'twilio',
  PUBLIC_URL: 'https://voice.example.com/',
  PHONE_STREAM_KEY: KEY,
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'a'.repeat(32),
};
const OUTBOUND = {
  PHONE_CALLS_KEY: 'a-key-for-calls-out',
  PHONE_CALLS_PREFIXES: '+46, +1415',
  PHONE_CALLS_FROM: '+14155550100',
};

const problemsOf = (env: NodeJS.ProcessEnv): string => {
  try {
    readConfig({ ...PHONE, ...env });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the environment was accepted');
};

describe('the telephone', () => {
  it('is there when all that it cannot do without is', () => {
    expect(readConfig(PHONE).phone).toMatchObject({
      publicUrl: 'https://voice.example.com',
      streamKeys: [Buffer.alloc(32, 7)],
      twilio: {
        authTokens: [PHONE.TWILIO_AUTH_TOKEN],
        rest: { url: 'https://api.twilio.com', user: PHONE.TWILIO_ACCOUNT_SID, password: PHONE.TWILIO_AUTH_TOKEN },
      },
      outbound: undefined,
    });
    expect(readConfig({ ...PHONE, PHONE_PROVIDER: '' }).phone).toBeUndefined();
  });

  it.each(['PUBLIC_URL', 'PHONE_STREAM_KEY', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'])(
    'openai-agents-python#5110: is off without %s, and the log says so',
    (name) => {
      const env = { ...PHONE, [name]: '' };
      const config = readConfig(env);
      expect(config.phone).toBeUndefined();
      expect(config.environment.missingForPhone).toEqual([name]);
      expect(configWarnings(config, env).join()).toContain(`PHONE_PROVIDER is set but ${name} is not`);
    },
  );

  it('takes a second token and a second key, and an API key of a region', () => {
    const { streamKeys, twilio } =
      readConfig({
        ...PHONE,
        PHONE_STREAM_KEY_OTHER: Buffer.alloc(32, 8).toString('base64url'),
        TWILIO_AUTH_TOKEN_OTHER: 'b'.repeat(32),
        TWILIO_API_KEY_SID: `SK${'1'.repeat(32)}`,
        TWILIO_API_KEY_SECRET: 'c'.repeat(32),
        TWILIO_REGION: 'ie1',
        TWILIO_EDGE: 'dublin',
      }).phone ?? {};
    expect(streamKeys).toEqual([Buffer.alloc(32, 7), Buffer.alloc(32, 8)]);
    expect(twilio?.authTokens).toEqual(['a'.repeat(32), 'b'.repeat(32)]);
    expect(twilio?.rest).toEqual({
      url: 'https://api.dublin.ie1.twilio.com',
      user: `SK${'1'.repeat(32)}`,
      password: 'c'.repeat(32),
    });
  });

  it.each([
    [{ PUBLIC_URL: 'http://voice.example.com' }, 'PUBLIC_URL must be an https origin'],
    [{ PUBLIC_URL: 'https://voice.example.com/phone' }, 'PUBLIC_URL must be an https origin'],
    [{ PHONE_STREAM_KEY: 'short' }, 'PHONE_STREAM_KEY must be 32 bytes in base64'],
    [{ PHONE_NUMBERS: '+14155550100' }, 'PHONE_NUMBERS must be a list such as'],
    [{ PHONE_NUMBERS: '*=clinic,*=assistant' }, 'PHONE_NUMBERS must name a number once'],
    [
      { TWILIO_API_KEY_SID: `SK${'1'.repeat(32)}` },
      'TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET must be set together',
    ],
    [{ TWILIO_REGION: 'ie1' }, 'TWILIO_REGION and TWILIO_EDGE must be set together'],
    [{ TWILIO_API_URL: 'http://10.0.0.1:80' }, 'TWILIO_API_URL must be the http origin of a loopback address'],
    [{ TRANSFER_DESTINATIONS: 'desk=https://a.example' }, 'desk does not'],
    [{ ...OUTBOUND, PHONE_CALLS_PREFIXES: '' }, 'PHONE_CALLS_PREFIXES must be set where PHONE_CALLS_KEY is'],
    [{ ...OUTBOUND, PHONE_CALLS_FROM: '' }, 'PHONE_CALLS_FROM must be set where PHONE_CALLS_KEY is'],
    [
      { ...OUTBOUND, START_API_KEY: OUTBOUND.PHONE_CALLS_KEY },
      'PHONE_CALLS_KEY must be another key than START_API_KEY',
    ],
    [
      { ...OUTBOUND, SERVER_API_KEY: OUTBOUND.PHONE_CALLS_KEY },
      'PHONE_CALLS_KEY must be another key than SERVER_API_KEY',
    ],
    [
      { TWILIO_API_URL: 'http://127.0.0.1:1', ECS_AGENT_URI: 'http://a', ECS_CONTAINER_METADATA_URI_V4: 'http://a' },
      'TWILIO_API_URL must not be set where the bot runs on ECS',
    ],
  ])('names variable and rule, and no value: %j', (env, expected) => {
    const message = problemsOf(env);
    expect(message).toContain(expected);
    expect(message).not.toContain(OUTBOUND.PHONE_CALLS_KEY);
  });

  it('calls somebody only with a key, prefixes and a number of its own', () => {
    expect(readConfig({ ...PHONE, ...OUTBOUND }).phone?.outbound).toMatchObject({
      prefixes: ['+46', '+1415'],
      defaultFrom: '+14155550100',
      minutesPerDay: 60,
      ringMs: 30_000,
      onMachine: 'hang-up',
    });
  });
});

describe('calls that Daily makes', () => {
  const { PHONE_CALLS_FROM: _, ...outbound } = OUTBOUND;
  const DAILY = { TRANSPORT: 'daily', DAILY_API_KEY: 'k', DAILY_CALLER_IDS: '+14155550100=id-1' };

  it('are made with numbers of the domain, a key and prefixes, where no other carrier makes them', () => {
    const { dialOut } = readConfig({ ...DAILY, ...outbound });
    expect(dialOut).toMatchObject({
      callerIds: [{ number: '+14155550100', id: 'id-1' }],
      calleesKey: Buffer.from(OUTBOUND.PHONE_CALLS_KEY),
      prefixes: ['+46', '+1415'],
    });
    expect(readConfig({ ...DAILY, ...outbound, PHONE_STREAM_KEY: KEY }).dialOut?.calleesKey).toEqual(
      Buffer.alloc(32, 7),
    );
    for (const env of [
      { TRANSPORT: 'webrtc' },
      { PHONE_CALLS_KEY: '', DAILY_CALLER_IDS: '' },
      { ...PHONE, ...OUTBOUND },
    ]) {
      expect(readConfig({ ...DAILY, ...outbound, ...env }).dialOut).toBeUndefined();
    }
  });

  it.each([
    [{ PHONE_CALLS_KEY: '' }, 'PHONE_CALLS_KEY must be set where DAILY_CALLER_IDS is'],
    [{ PHONE_CALLS_PREFIXES: '' }, 'PHONE_CALLS_PREFIXES must be set where PHONE_CALLS_KEY is'],
    [{ START_API_KEY: OUTBOUND.PHONE_CALLS_KEY }, 'PHONE_CALLS_KEY must be another key than START_API_KEY'],
    [{ DAILY_CALLER_IDS: '+1415=' }, 'DAILY_CALLER_IDS must be a list'],
  ])('are refused with %j', (env, expected) => {
    expect(() => readConfig({ ...DAILY, ...outbound, ...env })).toThrow(expected);
  });
});
