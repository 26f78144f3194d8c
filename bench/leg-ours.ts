/** The Bedrock leg as the bot runs it: N conversations, both directions continuous. */
import pino from 'pino';
import { SonicClient } from '../bot/sonic/client';
import { SonicModel } from '../bot/sonic/model';
import { FRAME_MS } from '../bot/sonic/session/replay-buffer';
import { NOBODY_LISTENS, type SpeechEvents, type SpeechSession } from '../bot/sonic/speech-model';
import { systemClock } from '../bot/time/clock';
import { Ticker } from '../bot/time/ticker';
import { DEFAULT_MODEL_ID } from '../contract/models';
import type { LegRequest } from './leg';
import { measureCost, serve, span } from '../testbed/processes/worker';
import { textLasting } from './speech';

const quiet: SpeechEvents = {
  ...NOBODY_LISTENS,
  onAudio: (pcm24k) => void (receivedSamples += pcm24k.length),
  onReconnecting: () => void (faults += 1),
  onEnd: (end) => void (faults += end.kind === 'failed' ? 1 : 0),
};
let receivedSamples = 0;
let faults = 0;

serve({
  rss: () => process.memoryUsage.rss() / 1_048_576,
  async run({ url, credentials, calls, seconds }: LegRequest) {
    const logger = pino({ level: 'silent' });
    const client: SonicClient = new SonicClient({
      region: 'eu-north-1',
      endpointUrl: url,
      credentials: () => Promise.resolve(credentials),
      logger,
    });
    const ticker = new Ticker({ periodMs: FRAME_MS, clock: systemClock, onListenerError: () => void (faults += 1) });
    const model = new SonicModel({ client, modelId: DEFAULT_MODEL_ID, ticker, logger });
    const options = {
      systemPrompt: 'Bench.',
      voiceId: 'matthew',
      tools: [],
      endpointingSensitivity: 'HIGH' as const,
    };
    const sessions: SpeechSession[] = [];
    for (let i = 0; i < calls; i += 1) {
      sessions.push(await model.open({ ...options, callId: String(i) }, quiet, new AbortController().signal));
    }
    // The caller's audio comes every 20 ms, as the transport brings it.
    const frame = new Int16Array(320).fill(40);
    const microphone = new Ticker({ periodMs: 20, clock: systemClock, onListenerError: () => void (faults += 1) });
    const stopSpeaking = microphone.subscribe(() => {
      for (const session of sessions) session.sendAudio(frame, 'silent');
    });
    for (const session of sessions) session.sendText(textLasting((seconds + 6) * 1000));
    await span(3_000);
    receivedSamples = 0;
    const cost = measureCost();
    await span(seconds * 1000);
    const result = { ...cost(), receivedSamples, faults };
    stopSpeaking();
    model.stop();
    client.destroy();
    return result;
  },
});
