import type { Script } from '../../../../evals/scenario';
import { scenarioModel } from '../../../../testbed/programs/eval/model/scenario-model';

type Turns = readonly {
  readonly user?: string;
  readonly model: NonNullable<NonNullable<Script['turns'][number]['nova']>['model']>;
}[];

function model(turns: Turns): ReturnType<typeof scenarioModel> {
  const written = turns.map(({ user, model: steps }) => ({
    ...(user === undefined ? {} : { user }),
    expect: [],
    nova: { model: steps },
  }));
  return scenarioModel({ kind: 'script', id: 'a', name: 'a', file: 'a.yaml', turns: written });
}
const say = (...sentences: string[]): object => ({ reply: { kind: 'say', sentences } });

describe("the model's part", () => {
  it('is a short greeting where the scenario begins with the caller', () => {
    const part = model([{ user: 'Hi', model: [{ say: 'Yes?' }] }]);
    expect(part.said('greet', false)).toMatchObject(say('Hello.'));
    part.turn(0);
    expect(part.said('Hi', false)).toMatchObject(say('Yes?'));
    expect(part.said('Hi', false)).toBeUndefined();
  });

  it('greets with the words of a first turn that is only watched', () => {
    const part = model([{ model: [{ say: 'Welcome.' }, { say: 'How can I help?' }] }]);
    part.turn(0);
    expect(part.said('greet', false)).toMatchObject(say('Welcome.', 'How can I help?'));
  });

  it('goes on after a tool with the steps of the turn that called it', () => {
    const part = model([
      { user: 'Hi', model: [{ call: 'a', args: {} }, { wait_ms: 400 }, { say: 'Done.', after_ms: 100 }] },
      { model: [{ say: 'Next.' }] },
    ]);
    part.turn(0);
    expect(part.said('Hi', true)).toMatchObject({
      reply: { kind: 'use-tool', tool: 'a', argumentsJson: '{}' },
      words: 'Hi',
    });
    part.turn(1);
    expect(part.toolAnswered('{}')).toMatchObject({ ...say('Done.'), afterMs: 500 });
    expect(part.toolAnswered('{}')).toBeUndefined();
    expect(part.said('greet', false)).toMatchObject(say('Next.'));
  });
});
