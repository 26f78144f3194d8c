import { VoiceActivity, type VoiceState } from '../audio';
import type { RtviSession } from '../rtvi';
import type { Transcript } from '../sonic';
import type { CallTelemetry } from '../telemetry';
import type { CallTransport } from '../transport/transport';
import type { CallDeps } from './call-deps';
import type { CallStats } from './call-stats';
import { Playout } from './playout';
import { PlaybackTranscript } from './playback-transcript';

export interface TurnEvents {
  /** The caller begins to hear the bot. */
  onBotAudible(): void;
  /** The caller has heard all there is, or cut it short. */
  onBotSilent(): void;
  /** The caller speaks or typed. */
  onCallerActive(): void;
  onCallerPaused(): void;
}

/**
 * Who speaks: the caller's voice as it is heard, the model's turns as they are played, and what happens when one cuts
 * the other short. Keeps the client's screen and the call's figures in step with the ear.
 */
export class Turns {
  readonly playout: Playout;
  readonly #deps: CallDeps;
  readonly #rtvi: RtviSession;
  readonly #stats: CallStats;
  readonly #telemetry: CallTelemetry;
  readonly #events: TurnEvents;
  readonly #spoken: PlaybackTranscript;
  readonly #voice = new VoiceActivity();
  #modelTurnOpen = false;
  /** The answer that the model still sends was cut short by us: it is not for the caller's ears. */
  #discarding = false;
  #textOnly = false;
  #muted = false;
  /** What plays is recorded notices, and nothing of the model's. */
  #isNotice = false;

  constructor(options: {
    deps: CallDeps;
    transport: CallTransport;
    rtvi: RtviSession;
    stats: CallStats;
    telemetry: CallTelemetry;
    events: TurnEvents;
  }) {
    this.#deps = options.deps;
    this.#rtvi = options.rtvi;
    this.#stats = options.stats;
    this.#telemetry = options.telemetry;
    this.#events = options.events;
    const { clock, ticker } = options.deps;
    const { leadMs } = options.transport;
    this.playout = new Playout({
      ...(leadMs === undefined ? {} : { leadMs }),
      transport: options.transport,
      ticker,
      clock,
      events: {
        onStarted: () => this.#onAudible(),
        onDrained: () => this.#onSilent(),
        onUnderrun: (gapMs) => this.#stats.glitched(gapMs),
        onOverflow: (droppedMs) => {
          options.telemetry.record('audioDropped', { direction: 'out', frames: Math.ceil(droppedMs / 20) });
        },
      },
    });
    this.#spoken = new PlaybackTranscript({
      playout: this.playout,
      report: (segment) => this.#rtvi.botOutput(segment),
    });
  }

  get somebodySpeaks(): boolean {
    return this.playout.active || this.#voice.state !== 'silent';
  }

  /** Plays a recording, 24 kHz, behind what waits. It is no answer: no figure of answers counts it. */
  playNotice(pcm24k: Int16Array): void {
    this.#isNotice ||= !this.playout.active;
    this.playout.push(pcm24k);
    this.playout.endTurn();
  }

  /** Takes the caller's audio as it came in, 16 kHz, and tells whether the caller speaks; a muted one does not. */
  callerAudio(pcm16k: Int16Array): VoiceState {
    if (this.#muted) return 'silent';
    const change = this.#voice.push(pcm16k);
    const { state } = this.#voice;
    if (state === 'speaking') this.#stats.callerVoiced();
    if (change === 'started') {
      this.#rtvi.userStartedSpeaking();
      this.#events.onCallerActive();
    } else if (change === 'stopped') {
      this.#rtvi.userStoppedSpeaking();
      this.#events.onCallerPaused();
    }
    return state;
  }

  callerMuted(muted: boolean): void {
    this.#muted = muted;
    this.#rtvi.userMuted(muted);
  }

  /** The caller typed; with `runImmediately` the answer being spoken is cut short. Text for the model is the call's to send. */
  callerTyped(text: string, options: { runImmediately: boolean; audioResponse: boolean }): void {
    this.#stats.callerVoiced();
    this.#stats.callerTurn();
    this.#textOnly = !options.audioResponse;
    this.#rtvi.userLlmText(text);
    if (options.runImmediately) void this.cutShort();
  }

  /** Drops the answer being spoken, and what the model still sends of it. */
  async cutShort(): Promise<void> {
    this.#discarding = this.#modelTurnOpen;
    if (this.playout.active) await this.#interrupt();
  }

  modelTurnStarted(): void {
    this.#modelTurnOpen = true;
    this.#discarding = false;
    this.#stats.modelTurnStarted();
    this.#rtvi.botTurnStarted();
  }

  /** 24 kHz, faster than real time. */
  modelAudio(pcm24k: Int16Array): void {
    if (this.#discarding || this.#textOnly) return;
    this.#stats.modelAudio();
    if (this.#isNotice) this.playout.whenHeard(() => this.#answerAudible());
    this.#isNotice = false;
    this.playout.push(pcm24k);
    this.#spoken.audio(pcm24k);
  }

  transcript({ role, text, stage }: Transcript): void {
    if (role === 'user') {
      this.#stats.callerTurn();
      this.#rtvi.userTranscription(text, true);
      this.#rtvi.userLlmText(text);
    } else if (stage === 'speculative' && !this.#discarding) {
      this.#rtvi.botLlmText(text);
      if (!this.#textOnly) this.#spoken.begin(text);
    }
  }

  /** The model has sent all of its answer; the caller may have seconds of it to hear. */
  modelTurnEnded(): void {
    this.#modelTurnOpen = false;
    this.#discarding = false;
    this.#textOnly = false;
    this.#spoken.end();
    this.#rtvi.botTurnEnded();
    if (this.playout.active) this.playout.endTurn();
    else this.#onSilent();
  }

  /** Barge-in, as reported by the model; may follow the end of its turn while the caller still hears it. */
  async modelInterrupted(): Promise<void> {
    this.#modelTurnOpen = false;
    this.#discarding = false;
    await this.#interrupt();
  }

  close(): void {
    this.playout.close();
  }

  async #interrupt(): Promise<void> {
    this.#spoken.interrupted();
    this.#isNotice = false;
    const hadAudio = this.playout.active;
    const askedMs = this.#deps.clock.nowMs();
    // Everyone is told before anything is awaited: what is said next must not be taken for what was cut short.
    const flushed = this.playout.flush();
    this.#stats.botSilent(true);
    this.#rtvi.botInterrupted();
    this.#events.onBotSilent();
    try {
      await flushed;
    } catch (error) {
      this.#telemetry.logger.error({ err: error }, 'playout did not flush');
    }
    if (hadAudio) this.#stats.bargeIn(this.#deps.clock.nowMs() - askedMs);
  }

  #onAudible(): void {
    this.#rtvi.botStartedSpeaking();
    this.#events.onBotAudible();
    if (!this.#isNotice) this.#answerAudible();
  }

  #answerAudible(): void {
    const answerMs = this.#stats.botAudible();
    if (answerMs === undefined) return;
    this.#rtvi.serverMessage({ type: 'latency', endOfSpeechToAudioMs: Math.round(answerMs) });
    this.#rtvi.metrics({ ttfb: [{ processor: 'NovaSonic', model: this.#deps.modelId, value: answerMs / 1000 }] });
  }

  #onSilent(): void {
    this.#isNotice = false;
    this.#stats.botSilent(false);
    this.#rtvi.botStoppedSpeaking();
    this.#events.onBotSilent();
  }
}
