import { rotationRules } from '../../../bot/sonic/session/rotation';
import type { Behaviours } from '../../../testbed/fakes/bedrock/behaviours';
import { eventually } from '../../support/eventually';
import { BedrockEnvironment } from './support/environment';

const WITHIN_MS = 30_000;
/** Much to remember, little to say. */
const WORDS = 'This is here to be remembered, with all that is much like it. '.repeat(4);

/** A call with some 3 kB of history on streams that are left every two seconds, by a service that takes as much as it says. */
async function rotate(behaviours: Partial<Behaviours>): Promise<void> {
  const environment = await BedrockEnvironment.start({
    sandbox: { behaviours, speechScale: 20 },
    limits: { ...rotationRules(2_000), rotateByMs: WITHIN_MS, keepFormerMs: 2_000, refreshStandbyMs: WITHIN_MS },
  });
  const { session, events } = await environment.open();
  const ask = async (text: string, answer: string): Promise<void> => {
    session.sendText(text);
    await eventually(() => events.lines.includes(`final: ${answer}`), `"${answer}"`, WITHIN_MS);
  };
  for (let turn = 1; turn <= 10; turn += 1) await ask(`${WORDS} Say exactly: "Yes ${turn}."`, `Yes ${turn}.`);
  const { sessions } = environment.sandbox;
  const told = (): number[] =>
    sessions.map(({ texts }) =>
      texts
        .filter(({ role, interactive }) => role !== 'SYSTEM' && !interactive)
        .reduce((bytes, { text }) => bytes + text.length, 0),
    );
  const refused = () => sessions.filter(({ endedWith }) => endedWith?.kind === 'refused');
  // One history is refused, and a later one taken.
  await eventually(() => refused().length > 0, 'a refusal', WITHIN_MS);
  const before = sessions.length;
  await eventually(() => sessions.length > before && events.rotations.length > 1, 'another rotation', WITHIN_MS);
  await ask('Say exactly: "Still here."', 'Still here.');
  await session.close();
  expect(events.errors).toEqual([]);
  expect(events.ends).toEqual([{ kind: 'closed' }]);
  expect(events.lines).not.toContain('interrupted');
  const sizes = refused().map((session) => told()[sessions.indexOf(session)] ?? 0);
  expect(new Set(sizes).size).toBe(sizes.length);
  await environment.expectNothingLeft();
  await environment.close();
}

describe('a service that takes little history at a rotation', () => {
  it(
    'S1: less than 900 bytes: nobody notices, and no history is sent twice',
    () => rotate({ history: 'tiny' }),
    WITHIN_MS,
  );
  it('S1: three messages: the same', () => rotate({ history: 'three-messages' }), WITHIN_MS);
});
