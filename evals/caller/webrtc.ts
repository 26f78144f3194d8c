import { Beat, Caller, nowMs, type Recording } from '../../smoke/caller';
import { resample } from '../../testbed/speech';
import { type Line, PaceMeter } from '../run';
import { badLine } from './bad-line';
import { callersVoice } from './callers-voice';
import type { CallRequest, CallWay, OpenLine } from './way';

const CALLERS_HZ = 16_000;

/** Straight to the bot. */
export const webRtcWay = {
  transport: 'webrtc',
  variables: { TRANSPORT: 'webrtc', WEBRTC_BIND_ADDRESS: '127.0.0.1' },
  open,
  close: () => Promise.resolve(),
} satisfies CallWay;

async function open(request: CallRequest): Promise<OpenLine> {
  const { baseUrl, agent, variables, line, startKey, bindAddress } = request;
  let tell: Parameters<Line['onMessage']>[0] = () => undefined;
  const beat = new Beat();
  const meter = new PaceMeter();
  const caller = await Caller.connect({
    baseUrl,
    startBody: { agent, ...(variables === undefined ? {} : { variables }) },
    beat,
    ...(startKey === undefined ? {} : { apiKey: startKey }),
    ...(bindAddress === undefined ? {} : { bindAddress }),
    ...(line === undefined ? {} : { line: badLine(line) }),
    onMessage: ({ message, arrivedMs }) => tell(message, arrivedMs),
  });
  const unmeter = beat.subscribe(() => meter.packet(nowMs()));
  const said: Recording[] = [];
  const ended = caller.ended.then((end) => {
    unmeter();
    return end === 'hung-up' ? 'caller' : end === 'bot-left' ? 'bot' : 'lost';
  });
  return {
    readyMs: caller.timings.readyMs,
    said,
    get pace() {
      return meter.pace;
    },
    heard: () => Promise.resolve(caller.heard),
    earOf: (heardMs) => caller.arrivalOf(heardMs) ?? heardMs,
    earOfEnd: (heardMs) => caller.arrivalOfEnd(heardMs) ?? heardMs,
    complaints: () => [],
    ended,
    nowMs,
    onMessage: (listener) => {
      for (const { message, arrivedMs } of caller.messages) listener(message, arrivedMs);
      tell = listener;
    },
    type: (text) => void caller.sendText(text),
    speak: async (words, audioFile, parts) => {
      const { samples, rateHz } = await callersVoice(words, audioFile, request, parts);
      const pcm = rateHz === CALLERS_HZ ? samples : resample(samples, rateHz, CALLERS_HZ);
      const spoken = await caller.say(pcm);
      said.push({ pcm, rateHz: CALLERS_HZ, startMs: spoken.startedMs });
      return spoken;
    },
    press: () => {
      throw new Error('keys are pressed on a telephone: set nova.transport to phone');
    },
    hangUp: () => caller.hangUp(),
  };
}
