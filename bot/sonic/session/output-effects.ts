import type { Logger } from 'pino';
import { bytesToPcm } from '../../audio';
import type { Clock } from '../../time';
import type { SonicCounters } from '../counters';
import type { Effect } from '../protocol/output-reducer';
import type { ToolRequest, Transcript } from '../speech-model';
import type { Dialogue } from './dialogue';
import type { InputWatchdog } from './input-watchdog';
import type { Patience } from './patience';
import type { ReplayBuffer } from './replay-buffer';
import type { SessionListener } from './session-listener';
import type { ToolExchange } from './tool-exchange';
import type { TypedText } from './typed-text';

/** The parts of a conversation that what the model sends bears upon. */
interface ConversationParts {
  readonly listener: SessionListener;
  readonly dialogue: Dialogue;
  readonly tools: ToolExchange;
  readonly typed: TypedText;
  readonly audio: ReplayBuffer;
  readonly inputWatchdog: InputWatchdog;
  readonly patience: Patience;
  readonly clock: Clock;
  readonly counters: SonicCounters;
  readonly logger: Logger;
}

/** Applies what the model sends to a conversation, and tells its listener. */
export class OutputEffects {
  readonly #parts: ConversationParts;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
  }

  apply(effect: Effect): void {
    const { listener, dialogue, inputWatchdog, counters, logger } = this.#parts;
    switch (effect.type) {
      case 'audio': {
        const pcm = bytesToPcm(Buffer.from(effect.base64, 'base64'));
        if (pcm.length > 0) listener.tell((events) => events.onAudio(pcm));
        return;
      }
      case 'transcript':
        this.#onTranscript(effect.transcript);
        return;
      case 'turn-started':
        this.#onTurnStarted();
        return;
      case 'turn-ended':
        this.#onTurnEnded();
        return;
      case 'interrupted':
        this.#onInterrupted(effect.by);
        return;
      case 'caller-heard':
        dialogue.callerSpeaks();
        inputWatchdog.onHeard();
        return;
      case 'caller-finished':
        listener.tell((events) => events.onCallerFinished());
        return;
      case 'tool-use':
        this.#onToolUse(effect.request);
        return;
      case 'usage':
        listener.tell((events) => events.onUsage(effect.usage));
        return;
      case 'ignored':
        counters.add(effect.what);
        logger.debug({ what: effect.what, event: effect.name }, 'a model event was ignored');
    }
  }

  /** The answer is over. */
  endTurn(): void {
    const { dialogue, listener } = this.#parts;
    if (dialogue.turnEnded()) listener.tell((events) => events.onTurnEnded(false));
  }

  #onTurnStarted(): void {
    const { listener, dialogue, tools, typed, audio, inputWatchdog, clock } = this.#parts;
    dialogue.turnStarted(listener.hearing.unheard.length);
    tools.spoke(clock.nowMs());
    typed.answering();
    audio.settle();
    inputWatchdog.onAnswering();
    listener.tell((events) => events.onTurnStarted());
  }

  #onTurnEnded(): void {
    const { patience, typed } = this.#parts;
    patience.answered();
    typed.answered();
    this.endTurn();
  }

  /** Reported even after the turn has ended, because the caller may still be hearing it. */
  #onInterrupted(by: 'caller' | 'model'): void {
    const { listener, dialogue, typed, inputWatchdog, patience, clock } = this.#parts;
    const isCut = by === 'model' || dialogue.isTurnOpen || listener.hearing.unheardMs > 0;
    const nowMs = clock.nowMs();
    patience.answered();
    if (by === 'model' && !inputWatchdog.isCallerPending(nowMs)) typed.cutOff(nowMs);
    else typed.settled();
    dialogue.interrupted();
    inputWatchdog.onHeard();
    if (isCut) listener.tell((events) => events.onInterrupted('caller'));
  }

  #onTranscript(transcript: Transcript): void {
    const { listener, dialogue, tools, typed, audio, inputWatchdog, clock } = this.#parts;
    if (!dialogue.heard(transcript)) return;
    if (transcript.role === 'user') {
      typed.settled();
      audio.settle();
      inputWatchdog.onHeard();
    } else tools.spoke(clock.nowMs());
    listener.tell((events) => events.onTranscript(transcript));
  }

  #onToolUse(request: ToolRequest): void {
    const { listener, tools, typed, counters } = this.#parts;
    typed.answering();
    if (tools.request(request.toolUseId, request.name)) listener.tell((events) => events.onToolUse(request));
    else counters.add('duplicateToolUses');
  }
}
