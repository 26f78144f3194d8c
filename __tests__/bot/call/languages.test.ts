import { inConversation } from './support/call-setup';
import { callAgent } from '../../support/call-agents';
import type { CallAgent } from '../../../bot/agents';
import { BotError } from '../../../bot/errors';
import { collect, handoff } from '../../../contract/agent';
import { ALL_SPEECH, speechIn } from '../../../contract/languages/speech';
import { NOTICE_NAMES } from '../../../contract/languages/speech-texts';
import { FakeClock, settle } from '../../support/fake-clock';

const { de: DE, fr: FR } = ALL_SPEECH;
const DECLARED = {
  to_paris: handoff({ to: 'paris', description: 'For French.' }),
  day: collect({ asks: 'Ihr Termin', value: 'date' }),
  number: collect({ asks: 'Ihre Nummer', value: 'digits' }),
};

/** How an agent speaks whose every recording is of this value. */
const speaking = (language: string, value: number): Pick<CallAgent, 'language' | 'texts' | 'notices'> => ({
  language,
  texts: speechIn(language).texts,
  notices: Object.fromEntries(
    NOTICE_NAMES.map((name) => [name, new Int16Array(24_000).fill(value)]),
  ) as unknown as CallAgent['notices'],
});
const PARIS = callAgent(new FakeClock(), { name: 'paris', ...speaking('fr-FR', 9) });

async function germanCall() {
  const call = await inConversation({}, { declared: DECLARED, others: [PARIS], speaks: speaking('de-DE', 8) });
  const session = call.model.only;
  let count = 0;
  const use = async (name: string, args: object): Promise<Record<string, unknown>> => {
    const toolUseId = `use-${(count += 1)}`;
    session.events.onToolUse({ toolUseId, name, argumentsJson: JSON.stringify(args) });
    await settle();
    return JSON.parse(session.toolResults.find((one) => one.toolUseId === toolUseId)?.json ?? '{}') as never;
  };
  const heard = (value: number): boolean => call.transport.heard.some((frame) => frame.includes(value));
  const told = (): unknown[] => call.transport.sent.map(({ type, data }) => (type === 'server-message' ? data : type));
  return { ...call, session, use, heard, told };
}

describe('a call in another language', () => {
  it('has its notices, from the model or recorded, and what the client shows', async () => {
    const { clock, session, heard, told } = await germanCall();
    await clock.advanceAsync(31_000);
    expect(session.texts.at(-1)).toBe(`Say exactly: "${DE.notices['still-there']}" Then wait for the caller.`);
    session.events.onReconnecting(new BotError('model_stream_broken', 'gone'), 1);
    expect(told()).toContainEqual({ type: 'notice', text: DE.shown.reconnecting });
    session.events.onEnd({ kind: 'failed', error: new BotError('model_unavailable', 'gone') });
    await clock.advanceAsync(500);
    expect(heard(8)).toBe(true);
  });

  it('reads back what was collected as the language says it', async () => {
    const { use } = await germanCall();
    expect((await use('day', { value: '2026-11-30' }))['ask']).toBe('Ihr Termin: 30. November 2026. Ist das richtig?');
    expect((await use('number', { value: '0471-2' }))['ask']).toBe('Ihre Nummer: 0 4 7 1 2. Ist das richtig?');
  });

  it('agrees to digits that were read one by one, however the model writes them', async () => {
    const { use, session, clock } = await germanCall();
    await use('number', { value: '04712' });
    session.speak('Ihre Nummer: 04712. Ist das richtig?', 400);
    await clock.advanceAsync(600);
    session.events.onTranscript({ role: 'user', text: 'Ja, 0 4 7 1 2.', stage: 'final' });
    expect(await use('number', { value: '04712' })).toEqual({ agreed: '04712' });
  });
});

describe('a handoff to an agent of another language', () => {
  it('changes notices, texts and what clients are told, once the other has the call', async () => {
    const { clock, session, use, heard, told } = await germanCall();
    await use('to_paris', { reason: 'French.' });
    session.events.onReconnecting(new BotError('model_stream_broken', 'gone'), 1);
    expect(told()).toContainEqual({ type: 'notice', text: DE.shown.reconnecting });
    session.events.onHandedOver(32);
    expect(told()).toContainEqual({ type: 'agent', name: 'paris', language: 'fr-FR' });
    session.speak('Bonjour !', 300);
    await clock.advanceAsync(31_000);
    expect(session.texts.at(-1)).toContain(FR.notices['still-there']);
    session.events.onEnd({ kind: 'failed', error: new BotError('model_unavailable', 'gone') });
    await clock.advanceAsync(500);
    expect([heard(8), heard(9)]).toEqual([false, true]);
  });

  it('that fails leaves the language as it was', async () => {
    const { clock, session, use, heard } = await germanCall();
    await use('to_paris', { reason: 'French.' });
    session.events.onHandoverFailed();
    session.events.onEnd({ kind: 'failed', error: new BotError('model_unavailable', 'gone') });
    await clock.advanceAsync(500);
    expect([heard(8), heard(9)]).toEqual([true, false]);
  });
});

it('calls of one bot have each its own language', async () => {
  const german = await germanCall();
  const english = await inConversation();
  await german.clock.advanceAsync(31_000);
  await english.clock.advanceAsync(31_000);
  expect(german.session.texts.at(-1)).toContain('Sind Sie noch da?');
  expect(english.model.only.texts.at(-1)).toContain('Are you still there?');
});
