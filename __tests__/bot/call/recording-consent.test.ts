import type { ConsentOutcome } from '../../../contract/call-record';
import { ALL_SPEECH, speechIn } from '../../../contract/languages/speech';
import { RecordingConsent } from '../../../bot/call/recording-consent';

/** A call whose agent announces, or asks. */
function call(
  mode: 'announce' | 'ask',
  { language = 'en-US', greeting }: { language?: string; greeting?: string } = {},
) {
  const { texts } = speechIn(language);
  const outcomes: ConsentOutcome[] = [];
  const notices: { name: string; heard: () => void }[] = [];
  let outcome: ConsentOutcome = 'pending';
  const record = {
    get level() {
      return outcome === 'announced' || outcome === 'agreed' ? ('recording' as const) : ('metadata' as const);
    },
    get consent() {
      return { mode, outcome };
    },
    consentIs: (now: ConsentOutcome) => (outcome = now),
  };
  const consent = new RecordingConsent({
    record,
    agent: () => ({ language, texts, greeting, greetingPrompt: 'Greet the caller.' }),
    playNotice: (name, heard) => notices.push({ name, heard }),
    onChanged: () => outcomes.push(outcome),
  });
  const sentence = texts.notices[mode === 'ask' ? 'may-we-record' : 'call-recorded'];
  return { consent, outcomes, notices, sentence };
}

describe.each(Object.keys(ALL_SPEECH))('in %s', (language) => {
  it('an announcement counts once all of it was heard, in the greeting', () => {
    const { consent, outcomes, notices, sentence } = call('announce', { language });
    expect(consent.greetingPrompt).toContain(sentence);
    const words = sentence.split(' ');
    consent.botHeard(words.slice(0, -1).join(' '));
    expect(outcomes).toEqual([]);
    consent.botHeard(words.at(-1) ?? '');
    consent.botSilent();
    expect([outcomes, notices]).toEqual([['announced'], []]);
    expect(consent.greetingPrompt).toBe('Greet the caller.');
  });

  it('a plain yes to the question agrees, and a no does not', () => {
    const { yes, no } = ALL_SPEECH[language as keyof typeof ALL_SPEECH];
    for (const [said, outcome] of [
      [yes, 'agreed'],
      [no, 'refused'],
    ] as const) {
      const { consent, outcomes, sentence } = call('ask', { language });
      consent.botHeard(sentence);
      consent.callerSaid(said);
      expect([said, outcomes]).toEqual([said, [outcome]]);
    }
  });
});

it('the same words elsewhere, or in another order, are no announcement', () => {
  const { consent, outcomes } = call('announce');
  for (const words of [
    'Hello, this is the clinic.',
    'Your call is important, and so is what you recorded.',
    'Is this call recorded?',
  ])
    consent.botHeard(words);
  expect(outcomes).toEqual([]);
});

it('an agent that did not say it is helped out by a recording, which counts when it was heard to its end', () => {
  const { consent, outcomes, notices } = call('announce');
  consent.botHeard('Hello, how can I help?');
  consent.botSilent();
  consent.botSilent();
  expect(notices.map(({ name }) => name)).toEqual(['call-recorded']);
  expect(outcomes).toEqual([]);
  notices[0]?.heard();
  expect(outcomes).toEqual(['announced']);
});

it('a caller who talks over the recording hears it again, three times at most, and nothing is kept', () => {
  const { consent, outcomes, notices } = call('announce');
  for (let again = 0; again < 5; again += 1) {
    consent.botSilent();
    consent.botCutOff();
  }
  expect([notices.length, outcomes]).toEqual([3, []]);
});

it.each([
  ['Hm, what?', 'refused'],
  ['Yes, but why?', 'refused'],
  ['Maybe later.', 'refused'],
  ['Yes, please.', 'agreed'],
])('%s: %s once the talk goes on', (said, outcome) => {
  const { consent, outcomes, sentence } = call('ask');
  consent.botHeard(`Hello! ${sentence}`);
  consent.callerSaid(said);
  consent.botHeard('Alright. How can I help?');
  expect(outcomes).toEqual([outcome]);
});

it('an answer may come in several pieces', () => {
  const { consent, outcomes, sentence } = call('ask');
  consent.botHeard(sentence);
  consent.callerSaid('Well,');
  consent.callerSaid('yes.');
  expect(outcomes).toEqual(['agreed']);
});

it('a yes from before the question was heard answers something else', () => {
  const { consent, outcomes, notices } = call('ask');
  consent.callerSaid('Yes.');
  consent.botHeard('Hello, how can I help?');
  consent.callerSaid('Yes.');
  expect(outcomes).toEqual([]);
  consent.botSilent();
  expect(notices.map(({ name }) => name)).toEqual(['may-we-record']);
  notices[0]?.heard();
  consent.callerSaid('Yes.');
  expect(outcomes).toEqual(['agreed']);
});

it('an agent with words of its own says both, the question last', () => {
  const greeting = 'Welcome to the clinic.';
  const told = call('announce', { greeting });
  expect(told.consent.greetingPrompt).toContain(`Say exactly: "${told.sentence} ${greeting}"`);
  const asked = call('ask', { greeting });
  expect(asked.consent.greetingPrompt).toContain(`Say exactly: "${greeting} ${asked.sentence}"`);
  expect(call('ask').consent.greetingPrompt).toMatch(/^Greet the caller\. .*\?/);
});

it('whoever wants nothing kept has it stopped at once, before or after', () => {
  const before = call('ask');
  expect([before.consent.stop(), before.consent.stop(), before.outcomes]).toEqual([true, false, ['refused']]);
  const after = call('announce');
  after.consent.botHeard(after.sentence);
  expect([after.consent.stop(), after.consent.stop(), after.outcomes]).toEqual([true, false, ['announced', 'stopped']]);
  after.consent.botHeard(after.sentence);
  expect(after.outcomes).toHaveLength(2);
});
