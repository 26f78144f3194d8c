import { z } from 'zod';
import { handoff } from '../../../contract/agent';
import { SonicModel } from '../../../bot/sonic/model';
import { createLogger } from '../../../bot/telemetry/logger';
import { Ticker } from '../../../bot/time/ticker';
import { defineTool } from '../../../bot/tools/tool';
import { callAgent } from '../../support/call-agents';
import { FakeClock, settle } from '../../support/fake-clock';
import { FakeStreamOpener, type FakeModelStream } from '../../support/fake-model-streams';
import { announced, at, said, spoken } from '../sonic/session/support/conversation-setup';
import { setup } from './support/call-setup';

const PHONE = '+14155550142';
const BILLING = callAgent(new FakeClock(), { name: 'billing' });

/** A call over streams that a test breaks, with a tool whose result holds what only the model that asks may have. */
async function inCall() {
  const finds: ((patient: object) => void)[] = [];
  const tool = defineTool({
    name: 'find_patient',
    description: 'Finds a patient.',
    schema: z.object({}),
    timeoutMs: 30_000,
    rules: { private: ['patient.phone'] },
    run: () => new Promise((resolve) => finds.push(resolve)),
  });
  const opener = new FakeStreamOpener();
  const clock = new FakeClock();
  const log: string[] = [];
  const destination = { write: (line: string) => void log.push(line) };
  const logger = createLogger({ level: 'debug', version: 'test', destination });
  const ticker = new Ticker({ periodMs: 32, clock, onListenerError: (error) => expect(error).toBeUndefined() });
  const model = new SonicModel({ client: { streams: () => opener }, modelId: 'test', ticker, logger, clock });
  const declared = { to_billing: handoff({ to: 'billing', description: 'For bills.' }) };
  const call = setup({ showsToolCalls: true }, { tools: [tool], declared, others: [BILLING], model });
  void call.call.start();
  call.transport.connect();
  call.transport.clientReady();
  opener.latest.accept();
  await settle();
  const first = opener.latest;
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await call.clock.advanceAsync(ms);
  };
  await pass(100);
  const use = (name: string, json = '{}'): FakeModelStream =>
    first.output({ kind: 'tool-use', ...at, toolUseId: name, name, json });
  first.output(...announced('Hello.'), ...spoken('END_TURN'), ...said('USER', 'Am I a patient?'));
  use('find_patient');
  await settle();
  const find = async (): Promise<void> => {
    for (const found of finds) found({ patient: { name: 'Ada', phone: PHONE } });
    await settle();
  };
  const answersTo = (stream: FakeModelStream): string =>
    JSON.stringify(stream.sent.filter(({ name }) => name === 'toolResult'));
  const everywhereElse = (): string =>
    JSON.stringify([opener.streams.slice(1).map(({ sent }) => sent), log, call.log, call.transport.sent]);
  return { opener, first, pass, use, find, answersTo, everywhereElse };
}

describe('what only the model that asks may have of a result', () => {
  it('is told to no other stream, where the result comes after its own was lost', async () => {
    const { opener, first, pass, find, answersTo, everywhereElse } = await inCall();
    first.lose();
    await pass(300);
    opener.latest.accept();
    await pass(100);
    opener.latest.output(...announced('One moment.'), ...spoken('END_TURN'));
    await find();
    await pass(300);
    expect(opener.latest.texts.join()).toContain('"name":"Ada"');
    expect(answersTo(first)).not.toContain(PHONE);
    expect(everywhereElse()).not.toContain(PHONE);
  });

  it('is told to no other stream, where its own is lost before it speaks of it, nor to the streams after that', async () => {
    const { opener, first, pass, find, answersTo, everywhereElse } = await inCall();
    first.output(...announced('I look.'), ...spoken('END_TURN'));
    await find();
    expect(answersTo(first)).toContain(PHONE);
    for (let lost = 0; lost < 2; lost += 1) {
      opener.latest.lose();
      await pass(900);
      opener.latest.accept();
      await pass(300);
      expect(opener.latest.texts.join()).toContain('Ada');
    }
    expect(opener.streams).toHaveLength(3);
    expect(everywhereElse()).not.toContain(PHONE);
  });

  it('is told to no other agent', async () => {
    const { opener, first, pass, use, find, answersTo, everywhereElse } = await inCall();
    use('to_billing', '{"reason":"A bill."}');
    await settle();
    opener.latest.accept();
    await pass(300);
    await find();
    await pass(300);
    expect(opener.latest.texts.join()).toContain('Ada');
    expect(answersTo(first)).not.toContain(PHONE);
    expect(everywhereElse()).not.toContain(PHONE);
  });
});
