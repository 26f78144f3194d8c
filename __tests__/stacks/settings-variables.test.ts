import { z } from 'zod';
import { ALL_VARIABLES } from '../../contract/variables';
import { settingsSchema } from '../../stacks/settings';
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
