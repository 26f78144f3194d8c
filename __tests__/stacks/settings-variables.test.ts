import { z } from 'zod';
import { ALL_VARIABLES } from '../../contract/variables';
import { originOf, variableProblem } from '../../stacks/bot-variables';
import { settingsSchema } from '../../stacks/settings';
import { parseSettings } from '../../stacks/settings-file';
import { fills, variablesFilled } from '../../stacks/settings-variables';

describe('a setting that names a variable', () => {
  const schema = z.strictObject({
    group: z
      .strictObject({
        calls: fills('MAX_CALLS', z.int().default(6), 'how many.'),
        origins: fills('ALLOWED_ORIGINS', z.array(z.string()).default([]), 'which.'),
        prompt: fills('SYSTEM_PROMPT', z.string().optional(), 'who.'),
        redirect: fills('BROWSER_REDIRECT', z.boolean().optional(), 'whether.'),
        other: z.string().default('is no variable'),
      })
      .prefault({}),
  });

  it('is all that it takes for the container to get it', () => {
    const value = {
      group: { calls: 3, origins: ['https://a', 'https://b'], prompt: 'You are a pirate.', redirect: false },
    };
    expect(variablesFilled(schema, schema.parse(value))).toEqual({
      MAX_CALLS: '3',
      ALLOWED_ORIGINS: 'https://a,https://b',
      SYSTEM_PROMPT: 'You are a pirate.',
      BROWSER_REDIRECT: 'false',
    });
  });

  it('leaves the variable alone where it has no value', () => {
    expect(variablesFilled(schema, schema.parse({}))).toEqual({ MAX_CALLS: '6' });
  });

  it('says so in its description', () => {
    expect(z.toJSONSchema(schema.shape.group.def.innerType.shape.calls).description).toBe('MAX_CALLS: how many.');
  });

  it('does not compile where the bot reads no such variable', () => {
    // @ts-expect-error: it is MAX_CALL_MINUTES
    expect(fills('MAX_CALL_MINUTE', z.int(), 'the longest call.')).toBeDefined();
  });
});

describe('the settings of a deployment', () => {
  it('have bounds that the bot accepts for the variable that they fill', () => {
    const { bot, limits } = settingsSchema.shape;
    const settings = [bot, limits].flatMap((group) => Object.entries(group.def.innerType.shape));
    for (const [key, setting] of settings) {
      const described = z.toJSONSchema(setting, { io: 'input' });
      const name = described.description?.split(':')[0];
      const variable = ALL_VARIABLES.find((one) => one.name === name);
      if (variable === undefined) continue;
      const values = [described.default, described.minimum, described.maximum].filter(
        (value) => value !== undefined && value !== Number.MAX_SAFE_INTEGER && !Array.isArray(value),
      );
      for (const value of values) {
        expect([key, value, variable.read(String(value))]).not.toEqual([key, value, undefined]);
      }
    }
  });
});

describe('bot.variables', () => {
  const settings = (variables: Record<string, string>) => () =>
    parseSettings(
      'test.json',
      JSON.stringify({
        environment: 'test',
        accountId: '111111111111',
        loadBalancer: { allowPlainHttp: true },
        image: { tag: '1' },
        bot: { variables },
      }),
    );

  it('U9: every variable of the bot can be set per environment, or comes from elsewhere', () => {
    const unreachable = ALL_VARIABLES.filter(({ name, secret, fallback, read }) => {
      if (originOf(name) !== undefined || secret) return false;
      // Some value that the bot takes: what applies without one is no text where it has been scaled.
      const tried = [
        'true',
        '1',
        '100',
        '3600',
        'HIGH',
        '/a/folder',
        '[]',
        '{}',
        'https://a.example',
        'abc',
        String(fallback),
      ];
      const value = tried.find((one) => read(one) !== undefined);
      return value !== undefined && variableProblem(name, value) !== undefined;
    });
    expect(unreachable.map(({ name }) => name)).toEqual([]);
    expect(settings({ NOVA_SONIC_ENDPOINTING: 'LOW' })().bot.variables).toEqual({ NOVA_SONIC_ENDPOINTING: 'LOW' });
  });

  it.each([
    ['a value that the bot would refuse', { NOVA_SONIC_ENDPOINTING: 'SLOW' }, 'must be one of HIGH, MEDIUM, LOW'],
    ['a misspelt name', { NOVA_SONIC_ENDPOINT: 'LOW' }, 'is not a variable of the bot (see docs/configuration.md)'],
    ['a secret', { DAILY_API_KEY: 'x' }, 'must not be set here: it comes from the secret `daily-api-key`'],
    ['what has a setting', { MAX_CALLS: '3' }, 'must not be set here: it comes from `bot.callsPerTask`'],
    ['what the stack sets', { TRANSPORT: 'webrtc' }, 'must not be set here: it comes from `transport`'],
    ['what ECS sets', { ECS_AGENT_URI: 'http://a.example' }, 'must not be set here: it comes from ECS'],
  ])('U9: refuses %s', (_what, variables, rule) => {
    const [name] = Object.keys(variables);
    expect(settings(variables)).toThrow(`bot.variables.${name}: ${rule}`);
  });

  it('U9: never says the value that it refuses', () => {
    expect(settings({ NOVA_SONIC_ENDPOINTING: 'sk-very-secret' })).not.toThrow('sk-very-secret');
  });
});
