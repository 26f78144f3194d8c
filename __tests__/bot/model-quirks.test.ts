import { openBot } from '../../bot/compose';
import type { SpeechModel } from '../../bot/sonic/speech-model';
import { quirksOf } from '../../contract/models';
import { FAKE_CREDENTIALS, startFakeBedrock, type FakeBedrock } from '../../testbed/fakes/bedrock/server';
import { testConfig } from '../support/config';
import { FakeCalls } from '../support/fake-call-service';
import { RecordingSpeechEvents } from '../support/recording-speech-events';
import { testTelemetry } from '../support/telemetry';
import { beatsFor } from '../testbed/fakes/bedrock/live/support';
import { SESSION } from './sonic/support/session-settings';

/** Several times as long as the stand-in takes audio while it awaits a tool's result. */
const TOOL_MS = 1_500;
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
};

let sandbox: FakeBedrock;
const before = { ...process.env };
beforeAll(async () => {
  Object.assign(process.env, CREDENTIALS);
  sandbox = await startFakeBedrock({ voice: 'tone', dialect: 'live', speechScale: 10 });
  sandbox.behave({ toolAudio: 'refused' });
});
afterAll(async () => {
  process.env = before;
  await sandbox.close();
});

/** What a call over a composed bot sees while a tool is at work, with a service that refuses audio then. */
async function duringTool(modelId: string): Promise<readonly string[]> {
  let model: SpeechModel | undefined;
  const config = testConfig({ NOVA_SONIC_MODEL_ID: modelId, BEDROCK_ENDPOINT_URL: sandbox.url });
  const bot = await openBot(config, testTelemetry(), {
    openCallService: async (_config, deps) => {
      model = deps.model;
      const calls = new FakeCalls();
      return { calls, signalling: calls, close: () => Promise.resolve() };
    },
  });
  try {
    if (model === undefined) throw new Error('no model was made');
    const events = new RecordingSpeechEvents();
    const session = await model.open(SESSION, events, new AbortController().signal);
    session.sendText('What time is it in Paris?');
    await events.waitFor('tool get_time');
    await beatsFor(sandbox, TOOL_MS);
    const seen = [...events.lines];
    await session.close();
    return seen;
  } finally {
    await bot.stop(0);
  }
}

describe("a model's quirks", () => {
  it('audio waits for tools with Nova 2.5 Sonic, so that the stream stays up', async () => {
    expect(await duringTool('amazon.nova-2-5-sonic')).not.toContainEqual(expect.stringContaining('reconnecting'));
  });

  it('audio flows on with Nova 2 Sonic, which a service that refuses it shows', async () => {
    expect(await duringTool('amazon.nova-2-sonic-v1:0')).toContainEqual(expect.stringContaining('reconnecting'));
  });

  it('a model that is not known is taken for the more careful one', () => {
    expect(quirksOf('amazon.nova-3-sonic')).toEqual({ holdAudioDuringTools: true });
  });
});
