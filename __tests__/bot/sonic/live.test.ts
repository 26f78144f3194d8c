import type { FakeBedrockOptions } from '../../../testbed/fakes/bedrock/server';
import { behavioursOf, type ScriptName } from '../../../testbed/fakes/bedrock/scripts';
import { eventually } from '../../support/eventually';
import { BedrockEnvironment, type Opened } from './support/environment';
import { PATIENT_LIMITS } from './support/session-settings';

/* The bot's side of the model against the service as it was seen live: every script that a whole conversation can meet. */

const LONG = 'Say exactly: "This is a long story which goes on and on. And on it goes, for a while, until it ends."';
const WORD = Int16Array.from({ length: 11_200 }, (_, i) => Math.round(Math.sin(i / 9) * 12_000));
/** What waits for a whole turn of the live dialect, on a busy machine. */
const WITHIN_MS = 150_000;

/** A conversation in which `talk` says what happens; nothing of it may be left afterwards. */
async function converse(sandbox: FakeBedrockOptions, talk: (opened: Opened) => Promise<void>): Promise<Opened> {
  const environment = await BedrockEnvironment.start({
    sandbox: { dialect: 'live', ...sandbox },
    limits: { ...PATIENT_LIMITS, starvedMs: 2_000 },
  });
  const opened = await environment.open();
  await talk(opened);
  await opened.session.close();
  expect(opened.events.ends).toEqual([{ kind: 'closed' }]);
  expect(opened.events.lines.join(' ')).not.toContain('{');
  await environment.expectNothingLeft();
  await environment.close();
  return opened;
}

/** Of each script; they mostly wait, so all at once. */
async function underEach<Name extends ScriptName>(
  scripts: readonly Name[],
  check: (script: Name) => Promise<void>,
): Promise<void> {
  const results = await Promise.allSettled(scripts.map(check));
  const failed = results.flatMap((result, index) =>
    result.status === 'rejected' ? [`${String(scripts[index])}: ${String(result.reason)}`] : [],
  );
  expect(failed).toEqual([]);
}

/** How often a line that begins so was written. */
const times = ({ events }: Opened, line: string): number => events.lines.filter((one) => one.startsWith(line)).length;

describe('a conversation with the live service', () => {
  it(
    'is interrupted once by any sign, hears nothing more of the old answer, and the new one whole',
    () =>
      underEach(
        [
          'barge-a',
          'barge-a-stops',
          'barge-a-stops-for-good',
          'barge-a-runs-on',
          'barge-b',
          'barge-b-marker-only',
          'barge-b-whole-final',
          'barge-b-heard-final',
          'barge-c',
          'barge-d',
        ],
        async (script) => {
          const opened = await converse({ behaviours: behavioursOf([script]) }, async ({ session, events }) => {
            session.sendText(LONG);
            // C is an answer that has been sent, and is still heard.
            await events.waitFor(script === 'barge-c' ? 'turn ended' : 'audio');
            session.sendAudio(WORD, 'speaking');
            session.sendAudio(new Int16Array(320), 'silent');
            await events.waitFor('interrupted');
            events.take();
            await events.waitFor('turn ended');
          });
          const { lines } = opened.events;
          expect(lines.filter((line) => line === 'turn started' || line === 'interrupted')).toEqual(['turn started']);
          expect(lines.indexOf('audio')).toBeGreaterThan(lines.indexOf('turn started'));
          expect(opened.events.timesCallerFinished).toBeGreaterThan(0);
          expect(lines.filter((line) => line.startsWith('speculative: And on'))).toEqual([]);
        },
      ),
    WITHIN_MS,
  );

  it(
    'has each turn of one that is spoken, whatever becomes of final texts, completions and stages',
    () =>
      underEach(
        [
          'one-completion',
          'completion-per-turn',
          'late-finals',
          'withheld-final',
          'missing-finals',
          'doubled-finals',
          'every-end-ends',
          'no-stage',
          'stage-object',
        ],
        async (script) => {
          const opened = await converse({ behaviours: behavioursOf([script]) }, async ({ session, events }) => {
            session.sendText('Say exactly: "One."');
            await eventually(() => events.lines.includes('turn ended'), 'the first answer', WITHIN_MS);
            session.sendText('Say exactly: "Two."');
            await eventually(
              () => events.lines.filter((line) => line === 'turn ended').length === 2,
              'both',
              WITHIN_MS,
            );
          });
          for (const word of ['One.', 'Two.']) {
            expect(times(opened, `speculative: ${word}`)).toBe(1);
            expect(times(opened, `final: ${word}`)).toBeLessThanOrEqual(1);
          }
          expect(times(opened, 'turn started')).toBe(2);
          expect(opened.events.errors).toEqual([]);
        },
      ),
    WITHIN_MS,
  );

  it(
    'has its tools answered in whatever form they are asked for',
    () =>
      underEach(
        ['tool-arguments-twice', 'tool-arguments-object', 'tool-arguments-pieces', 'tool-filler', 'tool-chain'],
        async (script) => {
          const opened = await converse({ behaviours: behavioursOf([script]) }, async ({ session, events }) => {
            session.sendText('What time is it in Paris?');
            await events.waitFor('tool get_time');
            session.sendToolResult(events.tools[0]?.toolUseId ?? '', '{"time":"noon"}');
            if (script === 'tool-chain') {
              await eventually(() => events.tools.length === 2, 'a second use', WITHIN_MS);
              session.sendToolResult(events.tools[1]?.toolUseId ?? '', '{"time":"one"}');
            }
            await events.waitFor('speculative: ');
            await events.waitFor('turn ended');
          });
          const json = JSON.parse(opened.events.tools[0]?.argumentsJson ?? '') as unknown;
          expect(typeof json === 'string' ? JSON.parse(json) : json).toEqual({ place: 'Paris' });
          expect(opened.events.errors).toEqual([]);
        },
      ),
    WITHIN_MS,
  );

  it(
    'goes on where the service refuses audio during a tool, and the next tool meets no refusal (rule 5)',
    async () => {
      const behaviours = behavioursOf(['tool-audio-refused']);
      const opened = await converse({ behaviours }, async ({ session, events }) => {
        session.sendText('What time is it in Paris?');
        await events.waitFor('reconnected');
        await eventually(() => events.tools.length === 2, 'the question asked again', WITHIN_MS);
        // Longer than the service lets audio come.
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        session.sendToolResult(events.tools[1]?.toolUseId ?? '', '{"time":"noon"}');
        await events.waitFor('turn ended');
      });
      expect(opened.events.errors.map(({ code }) => code)).toEqual(['model_rejected_input']);
    },
    WITHIN_MS,
  );

  it(
    'is not lost to what passes (rule 7)',
    () =>
      underEach(
        ['instability', 'unexpected-error', 'invalid-input', 'content-filter', 'reset-531', 'premature-close'],
        async (script) => {
          await converse({ behaviours: behavioursOf([script]) }, async ({ session, events }) => {
            session.sendText('Say exactly: "Still here."');
            await eventually(() => events.lines.includes('speculative: Still here.'), 'the answer', WITHIN_MS);
            await eventually(() => events.lines.includes('turn ended'), 'its end', WITHIN_MS);
          });
        },
      ),
    WITHIN_MS,
  );

  it(
    'R7: takes context without answering it, and knows it at the next question',
    async () => {
      const { events } = await converse({}, async ({ session, events: heard }) => {
        session.addContext('My code word is heron.');
        session.sendText('What is my code word?');
        await heard.waitFor('turn ended');
      });
      expect(events.lines.filter((line) => line === 'turn started')).toEqual(['turn started']);
      expect(events.lines).toContain('speculative: Your code word is heron.');
    },
    WITHIN_MS,
  );
});
