import type { RtviMessage } from '../../../../bot/rtvi/messages';
import { callersVoice, type CallRequest, type CallWay, type OpenLine, type SpokenPart } from '../../../../evals/caller';
import { type Line, type LineEnd, PaceMeter } from '../../../../evals/run';
import { Beat, nowMs, type Recording } from '../../../../smoke/caller';
import { type FakeCall, type FakeTwilio, type LineQuality, openTwilio } from '../../../fakes/twilio';
import { connectBots, phoneEnvironment } from '../../../processes';
import { PhoneEar } from './phone-ear';

const ANSWERS_WITHIN_MS = 15_000;

/** Over the stand-in for Twilio: each agent has a number. */
export class PhoneWay implements CallWay {
  readonly transport = 'phone';
  readonly variables: Readonly<Record<string, string>>;
  readonly #twilio: FakeTwilio;
  readonly #numbers: ReadonlyMap<string, string>;

  private constructor(twilio: FakeTwilio, numbers: ReadonlyMap<string, string>) {
    this.#twilio = twilio;
    this.#numbers = numbers;
    this.variables = {
      TRANSPORT: 'webrtc',
      WEBRTC_BIND_ADDRESS: '127.0.0.1',
      ...phoneEnvironment(twilio),
      PHONE_NUMBERS: Array.from(numbers, ([agent, number]) => `${number}=${agent}`).join(','),
    };
  }

  static async open(agents: readonly string[]): Promise<PhoneWay> {
    // Numbers of nobody: https://en.wikipedia.org/wiki/555_(telephone_number)
    const numbers = new Map(agents.map((agent, at) => [agent, `+1415555010${at}`]));
    return new PhoneWay(await openTwilio({ numbers: [...numbers.values()] }), numbers);
  }

  async open(request: CallRequest, spoken: SpokenPart): Promise<OpenLine> {
    const twilio = this.#twilio;
    connectBots(twilio, [request.baseUrl]);
    const complainedBefore = twilio.errors.length;
    const call = twilio.ring({ to: this.#numbers.get(request.agent) ?? '', line: lineOf(request) });
    const { atMs: readyMs } = await call.waitFor('stream-started', { timeoutMs: ANSWERS_WITHIN_MS });
    const messages: { readonly message: RtviMessage; readonly atMs: number }[] = [];
    let tell: Parameters<Line['onMessage']>[0] = () => undefined;
    const ear = new PhoneEar(call, request.synthesiser, spoken, (message, atMs) => {
      messages.push({ message, atMs });
      tell(message, atMs);
    });
    const said: Recording[] = [];
    // The line's own beat is of this process, too.
    const meter = new PaceMeter();
    const unmeter = new Beat().subscribe(() => meter.packet(nowMs()));
    void call.ended.then(unmeter);
    return {
      readyMs,
      said,
      get pace() {
        return meter.pace;
      },
      heard: async () => {
        await ear.done;
        return call.heard;
      },
      earOf: (heardMs) => heardMs,
      earOfEnd: (heardMs) => heardMs,
      complaints: () => twilio.errors.slice(complainedBefore).map((error) => `Twilio: ${JSON.stringify(error)}`),
      ended: Promise.all([call.ended, ear.done]).then(([end]) => endOf(end.by)),
      nowMs,
      onMessage: (listener) => {
        for (const { message, atMs } of messages) listener(message, atMs);
        tell = listener;
      },
      type: () => {
        throw new Error('nobody types on a telephone: set user: { modality: audio }');
      },
      speak: async (words, audioFile, parts) => {
        const sound = await callersVoice(words, audioFile, request, parts);
        const { startedMs, endedMs } = await call.speak(sound);
        said.push({ pcm: sound.samples, rateHz: sound.rateHz, startMs: startedMs });
        return { startedMs, endedMs };
      },
      press: (keys) => void call.press(keys),
      hangUp: () => call.hangUp(),
    };
  }

  close(): Promise<void> {
    return this.#twilio.close();
  }
}

function lineOf({ line }: CallRequest): Partial<LineQuality> {
  return { noiseDb: line?.noise_db, lossShare: (line?.packet_loss_percent ?? 0) / 100 };
}

function endOf(by: Awaited<FakeCall['ended']>['by']): LineEnd {
  if (by === 'person') return 'caller';
  return by === 'rest' || by === 'twiml' ? 'bot' : 'lost';
}
