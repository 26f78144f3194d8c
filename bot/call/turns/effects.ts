import type { NoticeName } from '../../../contract/languages/speech-texts';
import { sayExactly } from '../../../contract/prompts';
import type { CallAgent } from '../../agents';
import type { CallRecorder } from '../../records';
import type { RtviSession } from '../../rtvi';
import type { SpeechSession } from '../../sonic';
import type { CallTelemetry } from '../../telemetry';
import type { Clock } from '../../time';
import type { CloseReason } from '../../transport/transport';
import type { AnswerParts, AnswerTimes } from '../answer-times';
import { bargeInMs, type BargeInMoments } from '../barge-in-time';
import type { TextInput } from '../call-budget';
import type { CallStats } from '../call-stats';
import type { Playback } from '../playback';
import type { ClientNews, TurnEffect } from './state';

/** Who takes each part of the time to an answer, as clients are told. */
const PROCESSORS: Readonly<Record<keyof AnswerParts, string>> = {
  endpointingMs: 'Endpointing',
  modelMs: 'Model',
  playoutMs: 'Playout',
};

interface TurnEffectsOptions {
  readonly clock: Clock;
  readonly playback: Playback;
  readonly rtvi: RtviSession;
  readonly stats: CallStats;
  readonly telemetry: CallTelemetry;
  readonly record: Pick<CallRecorder, 'botSaid'> | undefined;
  readonly modelId: string;
  /** Who has the call: what the bot says of its own is in its language. */
  readonly agent: () => CallAgent;
  /** What the model is told when the caller has joined. */
  readonly greetingPrompt: () => string;
  readonly voice: () => BargeInMoments['voice'];
  readonly session: () => Pick<SpeechSession, 'heard'> | undefined;
  readonly texts: () => Pick<TextInput, 'sendText' | 'addContext'> | undefined;
  readonly close: (reason: CloseReason, goodbye: NoticeName | undefined) => void;
  readonly transfer: (to: string) => void;
  readonly hangUp: () => void;
}

/** Carries out what `reduce.ts` decides: plays, asks the model, tells the client, counts. */
export class TurnEffects {
  readonly #options: TurnEffectsOptions;

  constructor(options: TurnEffectsOptions) {
    this.#options = options;
  }

  carryOut(effect: TurnEffect): void {
    const { playback, stats, agent, texts, greetingPrompt } = this.#options;
    switch (effect.do) {
      case 'tell':
        this.#tell(effect.news);
        break;
      case 'ask':
        texts()?.sendText(effect.text);
        break;
      case 'add-context':
        texts()?.addContext(effect.text);
        break;
      case 'ask-for-greeting':
        texts()?.sendText(greetingPrompt());
        break;
      case 'ask-for-notice':
        texts()?.sendText(sayExactly(agent().texts.notices[effect.name]));
        break;
      case 'play':
        playback.answer(effect.pcm24k);
        break;
      case 'play-notice':
        this.playNotice(effect.name);
        break;
      case 'end-answer':
        playback.endOfAnswer(effect.isBroken);
        break;
      case 'flush':
        void this.#flush(effect.isBargeIn, effect.counts);
        break;
      case 'count-caller-turn':
        stats.callerTurn();
        break;
      case 'measure-answer':
        this.#measure(effect.times);
        break;
      case 'measure-turn':
        stats.turnOver(effect.turn);
        break;
      case 'close':
        this.#options.close(effect.reason, effect.goodbye);
        break;
      case 'transfer':
        this.#options.transfer(effect.to);
        break;
      case 'hang-up':
        this.#options.hangUp();
    }
  }

  /** Plays what is recorded for this. @param onHeard called once it was heard to its end; never, if it is dropped before */
  playNotice(name: NoticeName, onHeard?: () => void): void {
    const { notices, texts } = this.#options.agent();
    this.#options.playback.notice(notices[name], texts.notices[name], onHeard);
  }

  #tell(news: ClientNews): void {
    const { rtvi, playback } = this.#options;
    switch (news.of) {
      case 'caller-speaking':
        if (news.speaking) rtvi.userStartedSpeaking();
        else rtvi.userStoppedSpeaking();
        break;
      case 'muted':
        rtvi.userMuted(news.muted);
        break;
      case 'words':
        rtvi.userTranscription(news.text, true);
        rtvi.userLlmText(news.text);
        break;
      case 'typed':
        rtvi.userLlmText(news.text);
        break;
      case 'typed-in-vain':
        rtvi.error(this.#options.agent().texts.shown.typedInVain, false);
        break;
      case 'turn':
        if (news.open) rtvi.botTurnStarted();
        else rtvi.botTurnEnded();
        break;
      case 'sentence':
        rtvi.botLlmText(news.text);
        if (news.wish === 'aloud') playback.sentence(news.text);
        else this.#show(news.text);
        break;
      case 'bot-speaking':
        if (news.speaking) rtvi.botStartedSpeaking();
        else rtvi.botStoppedSpeaking();
        break;
      case 'interrupted':
        rtvi.botInterrupted();
        break;
      case 'ending':
        rtvi.serverMessage({ type: 'call-ending', reason: news.reason });
    }
  }

  /** An answer to whoever wants it in text: it is in the history once it is shown. */
  #show(text: string): void {
    const { session, record, clock } = this.#options;
    session()?.heard(text);
    const nowMs = clock.nowMs();
    record?.botSaid({ text, via: 'text', startMs: nowMs, endMs: nowMs, isCut: false });
  }

  async #flush(isBargeIn: boolean, counts: boolean): Promise<void> {
    const { clock, playback, stats, telemetry, rtvi, voice } = this.#options;
    const askedMs = clock.nowMs();
    const { audibleSinceMs } = playback;
    try {
      await playback.flush(counts);
    } catch (error) {
      telemetry.logger.error({ err: error }, 'playout did not flush');
    }
    if (!isBargeIn) return;
    const silentMs = clock.nowMs();
    const voiceToSilenceMs = bargeInMs({ voice: voice(), audibleMs: audibleSinceMs, silentMs });
    stats.bargeIn(silentMs - askedMs, voiceToSilenceMs);
    if (voiceToSilenceMs === undefined) return;
    rtvi.serverMessage({ type: 'barge-in', voiceToSilenceMs: Math.round(voiceToSilenceMs) });
    rtvi.metrics({ processing: [{ processor: 'BargeIn', value: voiceToSilenceMs / 1000 }] });
  }

  #measure(times: AnswerTimes): void {
    const { rtvi, stats, modelId } = this.#options;
    const answerMs = stats.answerAudible(times);
    if (answerMs === undefined) return;
    const parts = Object.entries(times.parts ?? {}) as [keyof AnswerParts, number][];
    const whole = Object.fromEntries(parts.map(([part, ms]) => [part, Math.round(ms)]));
    rtvi.serverMessage({ type: 'latency', endOfSpeechToAudioMs: Math.round(answerMs), ...whole });
    const ttfb = [{ processor: 'NovaSonic', model: modelId, value: answerMs / 1000 }];
    const processing = parts.map(([part, ms]) => ({ processor: PROCESSORS[part], value: ms / 1000 }));
    rtvi.metrics(processing.length === 0 ? { ttfb } : { ttfb, processing });
  }
}
