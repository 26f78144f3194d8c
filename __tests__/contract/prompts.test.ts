import { DEFAULT_GREETING_PROMPT, DEFAULT_SYSTEM_PROMPT } from '../../contract/prompts';
import { ALL_SPEECH } from '../../contract/languages/speech';
import assistant from '../../agents/assistant/agent';

const tools = Object.entries(assistant.tools ?? {}).map(([name, tool]) => ({
  name,
  description: 'description' in tool ? tool.description : '',
}));
const TEXTS = [
  ['the system prompt', DEFAULT_SYSTEM_PROMPT],
  ['the greeting prompt', DEFAULT_GREETING_PROMPT],
  ...tools.map(({ name, description }) => [`the description of ${name}`, description] as const),
] as const;

/** Words that say what to leave: the guide has the model told what to do instead. */
const NEGATIVE = /\b(not|never|no|none|nothing|nobody|without|avoid|refrain|cannot|\w+n['’]t)\b/i;

/** The rules of the prompting guide for Nova Sonic 2.5 that can be seen in a text. */
describe.each(TEXTS)('%s', (_name, text) => {
  it('says what to do, in positive words', () => {
    expect(text).not.toMatch(NEGATIVE);
  });

  it('has no brackets, no markup and no example speech, all of which were spoken or filtered', () => {
    expect(text).not.toMatch(/[[\](){}<>*_#`]|"|“/);
  });

  it('names no tool: names are for calls, and would be spoken', () => {
    for (const { name } of tools) expect(text).not.toContain(name);
  });
});

describe('the system prompt', () => {
  it('makes a tool call the whole turn, and has the result say what follows', () => {
    expect(DEFAULT_SYSTEM_PROMPT).toMatch(/call it at once, as your whole turn, and stay silent until its result/);
    expect(DEFAULT_SYSTEM_PROMPT).toMatch(/\bspeak\b.*\bnext\b/);
  });

  it('asks for short sentences for the ear, and the language of the caller', () => {
    expect(DEFAULT_SYSTEM_PROMPT).toMatch(/spoken aloud/);
    expect(DEFAULT_SYSTEM_PROMPT).toMatch(/language that the caller speaks/);
  });
});

it('the greeting prompt is an order, because Nova answers anything else instead of following it', () => {
  expect(DEFAULT_GREETING_PROMPT).toMatch(/^Greet the caller\b/);
});

it('the notices can be spoken as they stand', () => {
  const notices = Object.values(ALL_SPEECH).flatMap((texts) => Object.values(texts.notices));
  for (const words of notices) expect(words).not.toMatch(/[[\](){}<>*_#`"]/);
});
