import type { Simulation } from '../../../evals/scenario';
import { Persona, runSimulation } from '../../../evals/simulation';
import type { ConverseAnswer, FakeConverseOptions } from '../../../testbed/fakes/bedrock';
import { simulation } from './support/simulation';
import { closeTextModels, textModels } from './support/text-models';
import { type BotsPart, typedLine } from './support/typed-line';

afterEach(closeTextModels);

const words = (text: string): ConverseAnswer => ({ kind: 'words', text });
const HANGS_UP: ConverseAnswer = { kind: 'tool', text: 'Bye.', input: { success: true, reason: 'Done.' } };

async function held(part: BotsPart, answers: FakeConverseOptions['answers'], more: Partial<Simulation> = {}) {
  const { model, service } = await textModels(answers);
  const line = typedLine(part);
  const one = simulation(more);
  const run = await runSimulation(one, line, new Persona(model, one));
  return { run, line, asked: service.requests };
}
const echo: BotsPart = (said, bot) => bot.say(said === '' ? 'Hello.' : `You said ${said}`);

it('is ended by the caller’s own tool, once the bot has answered the goodbye', async () => {
  const { run, line } = await held(echo, [words('A time?'), HANGS_UP]);
  expect(run).toMatchObject({ endedBy: 'end_call', ended: 'caller', claim: { success: true, reason: 'Done.' } });
  expect(line.typed).toEqual(['A time?', 'Bye.']);
  expect(run.events.filter(({ name }) => name === 'response').at(-1)?.text).toBe('You said Bye.');
});

it.each<[string, string, BotsPart, Partial<Simulation>, number]>([
  ['hangs up', 'bot', (said, bot) => (said === '' ? bot.say('Hello.') : bot.hangUp()), {}, 1],
  ['is never done', 'max_turns', echo, { max_turns: 2 }, 2],
  ['does not greet', 'silence', () => undefined, { max_silence_s: 0.05 }, 0],
  ['stops answering', 'silence', (said, bot) => said === '' && bot.say('Hello.'), { max_silence_s: 0.6 }, 1],
  ['speaks without end', 'max_duration', (_said, bot) => bot.begin('And'), { max_duration_s: 0.4 }, 0],
])('with a bot that %s is ended by %s', async (_what, endedBy, part, limits, turns) => {
  const { run } = await held(part, [words('A time?')], limits);
  expect([run.endedBy, run.turns.length]).toEqual([endedBy, turns]);
});

it('is no verdict on the bot where the line is lost, or nobody plays the caller', async () => {
  const lost = await held((_said, bot) => bot.loseLine(), [words('A time?')]);
  expect(lost.run).toMatchObject({ endedBy: 'error', trouble: undefined });
  const refused = { kind: 'error', status: 403, type: 'AccessDeniedException', message: 'No access.' } as const;
  const { run } = await held(echo, [refused]);
  expect(run).toMatchObject({ endedBy: 'error', trouble: expect.stringContaining('No access.') as string });
});

it('a bot that goes on while the caller thinks is answered as a whole, and nobody speaks over it', async () => {
  let goOn: () => void = () => undefined;
  const part: BotsPart = (said, bot) => {
    bot.say(said === '' ? 'One moment.' : 'Booked.');
    goOn = () => bot.say('Nine is free.');
  };
  const { line, asked } = await held(part, ({ messages }) => {
    const [{ text } = { text: '' }] = (messages.at(-1)?.content ?? []) as { text: string }[];
    if (text.includes('Booked')) return HANGS_UP;
    if (text.includes('Nine')) return words('Nine, please.');
    goOn();
    return words('I am waiting.');
  });
  expect(line.typed).toEqual(['Nine, please.', 'Bye.']);
  expect(asked[1]?.messages).toEqual([{ role: 'user', content: [{ text: '{"agent":"One moment. Nine is free."}' }] }]);
});
