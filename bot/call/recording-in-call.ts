import type { NoticeName } from '../../contract/languages/speech-texts';
import { keepsAt } from '../../contract/call-record';
import type { CallAgent } from '../agents';
import { type CallRecorder, CallRecording } from '../records';
import type { RtviSession } from '../rtvi';
import type { CallTelemetry } from '../telemetry';
import type { Clock, Ticker } from '../time';
import type { CallTransport } from '../transport/transport';
import { RecordingConsent } from './recording-consent';

type Output = Pick<CallTransport, 'play' | 'flush' | 'queuedMs' | 'leadMs'>;

interface RecordingInCallOptions {
  /** Undefined where nothing is kept of the call. */
  readonly record: CallRecorder | undefined;
  /** Who has the call. */
  readonly agent: () => CallAgent;
  readonly playNotice: (name: NoticeName, onHeard: () => void) => void;
  readonly rtvi: Pick<RtviSession, 'serverMessage' | 'serverResponse' | 'errorResponse'>;
  readonly telemetry: CallTelemetry;
  readonly clock: Clock;
  /** Beats every 20 ms. */
  readonly ticker: Ticker;
}

/** A client asks for this to have nothing more kept of what is said. */
const STOP_MESSAGE = 'stop-recording';

/** The recording of one call, and what the caller has to say about it: nothing at all where nothing is kept. */
export class RecordingInCall {
  readonly #options: RecordingInCallOptions;
  /** Undefined where the agent wants no words and no sound kept, and so the next. */
  readonly #sound: CallRecording | undefined;
  readonly #consent: RecordingConsent | undefined;
  #output: Output | undefined;

  constructor(options: RecordingInCallOptions) {
    this.#options = options;
    const { record, agent, playNotice, telemetry, clock, ticker } = options;
    if (record === undefined || !(record.consent.outcome === 'pending' || keepsAt(record.level, 'transcript'))) return;
    const onFailed = (error: unknown): void => telemetry.logger.error({ err: error }, 'call is not recorded');
    this.#sound = new CallRecording({ record, clock, ticker, onFailed });
    this.#consent = new RecordingConsent({ record, agent, playNotice, onChanged: () => this.tell() });
  }

  /** What the model is told when the caller has joined. */
  get greetingPrompt(): string {
    return this.#consent?.greetingPrompt ?? this.#options.agent().greetingPrompt;
  }

  /** Tells the client whether the call is recorded, where its agent asks for that. */
  tell(): void {
    const { record, rtvi } = this.#options;
    if (record === undefined || this.#consent === undefined) return;
    rtvi.serverMessage({ type: 'recording', isOn: keepsAt(record.level, 'transcript') });
  }

  /** The same output, whose sound is recorded as it is heard. */
  output(output: Output): Output {
    const sound = this.#sound;
    if (sound === undefined) return output;
    this.#output = output;
    return {
      ...(output.leadMs === undefined ? {} : { leadMs: output.leadMs }),
      get queuedMs() {
        return output.queuedMs;
      },
      play: (pcm24k) => {
        sound.botPlayed(pcm24k, output.queuedMs);
        output.play(pcm24k);
      },
      flush: () => {
        sound.botFlushed(output.queuedMs);
        this.#consent?.botCutOff();
        return output.flush();
      },
    };
  }

  /** The caller's sound, 16 kHz, as it comes in. */
  callerHeard(pcm16k: Int16Array): void {
    this.#sound?.callerHeard(pcm16k);
  }

  /** The caller has heard this of the agent. */
  botHeard(words: string): void {
    this.#consent?.botHeard(words);
  }

  /** The caller said, or typed, this. */
  callerSaid(words: string): void {
    this.#consent?.callerSaid(words);
  }

  /** The caller has heard all there was. */
  botSilent(): void {
    this.#consent?.botSilent();
  }

  /** Nothing that the caller says is kept from now on. Returns whether that changes anything. */
  stopRecording(): boolean {
    return this.#consent?.stop() ?? false;
  }

  /** A client's own message, which is answered in any case. */
  onClientMessage(id: string, type: string): void {
    const { rtvi } = this.#options;
    if (type === STOP_MESSAGE) {
      this.stopRecording();
      rtvi.serverResponse(id, STOP_MESSAGE, { isOn: false });
    } else rtvi.errorResponse(id, 'This bot knows no such message');
  }

  /** The call is over. Resolves once the recording is with those who keep it; never rejects. Idempotent. */
  async stop(): Promise<void> {
    this.#sound?.botFlushed(this.#output?.queuedMs ?? 0);
    await this.#sound?.stop();
  }
}
