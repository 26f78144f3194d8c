import { devEnvironment, needsStandIn, withAgents, withStandIn } from '../../../../testbed/programs/dev/environment';
import { nodeAdvice } from '../../../../testbed/programs/node-advice.cjs';

describe('D3: what npm run dev starts the bot with', () => {
  it('has .env where the shell says nothing, and serves on loopback', () => {
    const { environment, remarks } = devEnvironment(
      { MAX_CALLS: '3', PATH: '/bin' },
      '# keys\nexport DAILY_API_KEY="a-key"\nMAX_CALLS=9\nFAST_API_PORT=8000\n',
    );

    expect(environment).toEqual({
      HOST: '127.0.0.1',
      DRAIN_SECONDS: '1',
      CALL_RECORDS: 'call-records',
      PATH: '/bin',
      MAX_CALLS: '3',
      DAILY_API_KEY: 'a-key',
      FAST_API_PORT: '8000',
    });
    expect(remarks).toEqual(['From .env: DAILY_API_KEY, FAST_API_PORT', 'The page: http://localhost:8000/']);
  });

  it('says what is wrong in .env, without the value', () => {
    expect(devEnvironment({}, 'nonsense').remarks[0]).toBe('.env: line 1 is not NAME=value');
  });

  it('calls the model in a region that has it, unless one was chosen', () => {
    const region = (shell: NodeJS.ProcessEnv): string | undefined =>
      devEnvironment(shell, undefined).environment['BEDROCK_REGION'];

    expect(region({})).toBeUndefined(); // the default has it
    expect(region({ AWS_REGION: 'eu-central-2' })).toMatch(/^[a-z]{2}-[a-z]+-\d$/);
    expect(region({ AWS_REGION: 'eu-central-2', BEDROCK_REGION: 'us-east-1' })).toBe('us-east-1');
    expect(devEnvironment({ AWS_REGION: 'eu-central-2' }, undefined).remarks[0]).toMatch(
      /^eu-central-2 does not have /,
    );
  });
});

it('D4: who has a Node that gets no more fixes is told so in one line', () => {
  expect(nodeAdvice('20.20.2')).toMatch(/^Advice: Node 20\.20 .*\.$/);
  expect(nodeAdvice('22.13.1')).toMatch(/^Advice: /);
  expect([nodeAdvice('22.14.0'), nodeAdvice('24.0.0'), nodeAdvice('26.10.0')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

describe('agents, as they are developed', () => {
  it('are read anew from where they are built, and show their tool calls', () => {
    expect(withAgents('/built', 'clinic')).toEqual({
      AGENTS_FOLDER: '/built',
      AGENT: 'clinic',
      SHOW_TOOL_CALLS: 'true',
    });
    expect(withAgents('/built', undefined)).not.toHaveProperty('AGENT');
  });

  it('speak by the stand-in where nothing says how to reach AWS', () => {
    expect(needsStandIn({})).toBe(true);
    expect(needsStandIn({ AWS_PROFILE: 'mine' })).toBe(false);
    expect(needsStandIn({ BEDROCK_ENDPOINT_URL: 'http://127.0.0.1:8200' })).toBe(false);
    const mine = { AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:2' };
    expect(withStandIn('http://127.0.0.1:1', { accessKeyId: 'a', secretAccessKey: 'b' }, mine)).toEqual({
      AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:2',
      AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: 'http://127.0.0.1:9',
      BEDROCK_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    });
  });
});
