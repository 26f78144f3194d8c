import { bytesToPcm, type VoiceState } from '../../audio';
import { BotError } from '../../errors';
import type { Ticker } from '../../time';
import type { Effect } from '../protocol/output-reducer';
import type { SessionEnd, SessionOptions, SpeechEvents, SpeechSession, ToolRequest, Transcript } from '../speech-model';
import type { StreamFailure } from '../stream/failure';
import { ResponseWatchdog, type Expectation } from './response-watchdog';
import { CallerInput } from './caller-input';
import { Dialogue } from './dialogue';
import type { StreamSession } from './stream-session';
import { RotationGap } from './rotation-gap';
import { StreamManager, type StreamManagerDeps } from './stream-manager';
import { ToolExchange } from './tool-exchange';
import { TypedText } from './typed-text';

export interface ConversationDeps extends StreamManagerDeps {
  /** A beat of 32 ms. */
  readonly ticker: Ticker;
}

/** What `open()` waits for. */
export interface Opening {
  onOpened(): void;
  onFailed(error: BotError): void;
}

/** Streams are changed only after the caller has heard the bot out and had time to start speaking. */
const CALM_AFTER_SPEECH_MS = 250;
/** After this many streams in a row without a complete answer, the model is at fault and not the stream. */
const MAX_UNANSWERED = 3;
/** Instruction to a stream whose predecessor did not hear the caller. */
const ASK_AGAIN = 'The caller said something that did not reach you. Ask them kindly to say it again.';

/**
 * One call's conversation with the model, over as many streams as it takes. Owns the history, the caller's audio and
 * the watchdogs; the stream manager decides which stream carries it. Each stream session is one epoch of it.
 */
export class Conversation implements SpeechSession {
  readonly #deps: ConversationDeps;
  readonly #events: SpeechEvents;
  readonly #opening: Opening;
  readonly #streams: StreamManager;
  readonly #dialogue: Dialogue;
  readonly #input: CallerInput;
  readonly #tools: ToolExchange;
  readonly #responseWatchdog: ResponseWatchdog;
  #phase: 'running' | 'closing' | 'ended' = 'running';
  #unsubscribe: (() => void) | undefined;
  #isOpened = false;
  #lostAtMs: number | undefined;
  readonly #rotationGap = new RotationGap();
  /** The active stream was asked to answer the caller's last words again. */
  #isAskedAgain = false;
  /** Streams a watchdog gave up since the last complete answer. */
  #unanswered = 0;
  readonly #typed: TypedText;
  #closing: Promise<void> | undefined;

  constructor(deps: ConversationDeps, options: SessionOptions, events: SpeechEvents, opening: Opening) {
    const { limits } = deps;
    this.#deps = deps;
    this.#events = events;
    this.#opening = opening;
    this.#tools = new ToolExchange(limits.holdAudioDuringTools);
    this.#dialogue = new Dialogue(limits.historyBytes);
    this.#typed = new TypedText(limits.repeatTextMs);
    this.#input = new CallerInput(limits);
    this.#responseWatchdog = new ResponseWatchdog(limits);
    this.#streams = new StreamManager(deps, options, {
      onPromoted: (session, former) => this.#onPromoted(session, former),
      onReturned: () => this.#onReturned(),
      mayGoOn: ({ recovery }) => this.#dialogue.mayGoOn(recovery),
      onUp: () => this.#onUp(),
      onEffects: (effects) => this.#onEffects(effects),
      onLost: (failure, attempts, isReplaced) => this.#onLost(failure, attempts, isReplaced),
      onGivenUp: (error) => this.#fail(error),
      onClosed: () => this.#finish({ kind: 'closed' }),
    });
  }

  /** Why the last stream was lost, if any was. */
  get lastError(): BotError | undefined {
    return this.#streams.lastFailure;
  }

  /** Makes the first attempt; `opening` is told the result. */
  start(): void {
    this.#unsubscribe = this.#deps.ticker.subscribe(this.#onTick);
    this.#streams.start();
  }

  sendAudio(pcm16k: Int16Array, voice: VoiceState): void {
    if (this.#phase === 'ended') return;
    const isBotHeard = this.#isBotHeard;
    if (voice === 'speaking' && !isBotHeard) this.#dialogue.callerSpeaks();
    if (voice === 'speaking') this.#streams.noteInput();
    const lost = this.#input.push(pcm16k, voice, this.#nowMs, isBotHeard);
    if (lost > 0) this.#deps.counters.add('callerAudioOverflows', lost);
  }

  sendText(text: string): void {
    if (text.trim() === '' || this.#phase !== 'running') return;
    this.#dialogue.typed(text);
    // Without a stream, the one opened next is asked.
    this.#ask(text);
  }

  addContext(text: string): void {
    if (text.trim() === '' || this.#phase !== 'running') return;
    this.#dialogue.contextAdded(text);
    // Without a stream, the one opened next is told it with the history.
    this.#streams.session?.addContext(text);
  }

  heard(text: string): void {
    if (this.#phase === 'running') this.#dialogue.spoken(text);
  }

  sendToolResult(toolUseId: string, json: string): void {
    const { counters, logger } = this.#deps;
    const { session } = this.#streams;
    const answer = this.#tools.answer(toolUseId);
    if (answer.kind === 'send' && session !== undefined && this.#phase === 'running') {
      session.sendToolResult(toolUseId, json);
      this.#responseWatchdog.onToolAnswered(this.#nowMs);
      this.#tools.told(json, this.#nowMs);
    } else if (answer.kind === 'late') {
      counters.add('toolResultsLate');
      // A stream that was asked again may request the tool again, too; any other would never mention the result.
      const isLeftToIt = this.#isAskedAgain && (answer.isRequestedAnew || !this.#dialogue.isAtRest);
      const isAsked = session === undefined || !isLeftToIt;
      const words = this.#dialogue.toolAnsweredLate(json, isAsked);
      if (isAsked && this.#phase === 'running') this.#ask(words);
    } else if (this.#phase !== 'ended') {
      counters.add('toolResultsDropped');
      logger.warn({ answer: answer.kind }, 'a tool result was dropped');
    }
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shutDown());
  }

  /** Ends it at once and reports nothing: for an opening that was given up. */
  abandon(): void {
    if (this.#phase !== 'ended') this.#release();
  }

  /** Whether the caller hears the bot, or just did. */
  get #isBotHeard(): boolean {
    return this.#events.hearing.quietForMs < CALM_AFTER_SPEECH_MS;
  }

  get #nowMs(): number {
    return this.#deps.clock.nowMs();
  }

  async #shutDown(): Promise<void> {
    if (this.#phase === 'ended') return;
    this.#phase = 'closing';
    const hadStream = this.#streams.session !== undefined;
    const closed = this.#streams.close();
    if (!hadStream) this.#finish({ kind: 'closed' });
    await closed;
  }

  #ask(text: string): void {
    const { session } = this.#streams;
    if (session === undefined) return;
    session.sendText(text);
    this.#streams.noteInput();
    this.#typed.typed(text, this.#nowMs);
    this.#responseWatchdog.onAsked(this.#nowMs);
  }

  /** A stream becomes active: the one place where a stream is told what was said before. */
  #onPromoted(session: StreamSession, former: { readonly ageMs: number; readonly forced: boolean } | undefined): void {
    const nowMs = this.#nowMs;
    if (former !== undefined) {
      this.#rotationGap.tookOver(former);
      this.#endBrokenTurn(true);
      if (this.#phase !== 'running') return;
      if (!former.forced) this.#input.heardOut(nowMs);
    }
    const replay = this.#dialogue.replay(this.#events.hearing.unheard);
    this.#isAskedAgain = replay.question !== undefined;
    this.#typed.settled();
    this.#responseWatchdog.reset();
    this.#input.newStream();
    session.begin(replay);
    if (!this.#isAskedAgain) return;
    this.#responseWatchdog.onAsked(nowMs);
    this.#tell(() => this.#events.onAskedAgain());
  }

  /** Nothing was said since but by the caller: the former stream hears that now. */
  #onReturned(): void {
    this.#rotationGap.dropped();
    this.#isAskedAgain = false;
    this.#typed.settled();
    this.#responseWatchdog.reset();
    this.#input.formerStream();
    const question = this.#dialogue.openQuestion;
    if (question !== undefined) this.#ask(question);
  }

  #onUp(): void {
    if (!this.#isOpened) {
      this.#isOpened = true;
      this.#lostAtMs = undefined;
      this.#opening.onOpened();
      return;
    }
    if (this.#lostAtMs === undefined) return;
    const gapMs = this.#nowMs - this.#lostAtMs;
    this.#lostAtMs = undefined;
    this.#deps.counters.add('reconnects');
    this.#tell(() => this.#events.onReconnected(gapMs));
  }

  readonly #onTick = (): void => {
    if (this.#phase !== 'running') return;
    const nowMs = this.#nowMs;
    this.#streams.tick(() => this.#isCalm(nowMs));
    const { session } = this.#streams;
    // Until then the caller's audio waits in its buffer, where it does not expire.
    if (session === undefined || !this.#streams.canHear) return;
    const { hasPending } = this.#tools;
    for (const frame of this.#tools.isAudioHeld ? [] : this.#input.due(nowMs)) {
      this.#deps.counters.add(frame === undefined ? 'silentFramesSent' : 'audioFramesSent');
      session.sendFrame(frame);
    }
    if (this.#input.isSilent) session.callerSilent();
    const again = this.#typed.takeOverdue(nowMs, hasPending || this.#input.isPending(nowMs));
    if (again !== undefined) session.sendText(again);
    this.#noteRotation(nowMs);
    const overdue = this.#responseWatchdog.check(nowMs, hasPending, this.#events.hearing.quietForMs);
    if (overdue?.kind === 'turn-over') session.endTurn();
    else if (overdue !== undefined) this.#replace(overdue.failure);
    else this.#checkHearing(nowMs);
  };

  /** Whether a change of streams would go unnoticed now. */
  #isCalm(nowMs: number): boolean {
    if (this.#streams.session?.expectation !== 'nothing' || this.#tools.hasPending) return false;
    if (this.#tools.isAnswerDue(nowMs)) return false;
    return !this.#isBotHeard && !this.#input.isPending(nowMs) && this.#dialogue.isAtRest;
  }

  #noteRotation(nowMs: number): void {
    const rotation = this.#rotationGap.audioSent(nowMs);
    if (rotation === undefined) return;
    this.#deps.counters.add('rotations');
    if (rotation.forced) this.#deps.counters.add('rotationsForced');
    this.#tell(() => this.#events.onRotated(rotation));
  }

  #checkHearing(nowMs: number): void {
    if (this.#dialogue.awaitsAnswer || this.#tools.hasPending) return;
    const failure = this.#input.deafness(nowMs);
    if (failure === undefined) return;
    this.#deps.counters.add('deafStreams');
    this.#dialogue.instruct(ASK_AGAIN);
    this.#replace(failure);
  }

  /** A watchdog gave the stream up: another may do better, unless several in a row did not. */
  #replace(failure: StreamFailure): void {
    this.#unanswered += 1;
    this.#streams.abort(this.#unanswered > MAX_UNANSWERED ? { ...failure, recovery: 'none' } : failure);
  }

  #onEffects(effects: readonly Effect[]): void {
    if (this.#phase !== 'running') return;
    for (const effect of effects) this.#apply(effect);
    // Usage reports also come while the model does nothing.
    if (effects.length > 0 && effects.every(({ type }) => type === 'usage')) return;
    this.#responseWatchdog.onOutput(this.#nowMs, this.#expectation());
  }

  #expectation(): Expectation {
    const expected = this.#streams.session?.expectation ?? 'nothing';
    return expected === 'nothing' && this.#dialogue.awaitsAnswer ? 'answer' : expected;
  }

  #apply(effect: Effect): void {
    switch (effect.type) {
      case 'audio': {
        const pcm = bytesToPcm(Buffer.from(effect.base64, 'base64'));
        if (pcm.length === 0) return;
        this.#tell(() => this.#events.onAudio(pcm));
        return;
      }
      case 'transcript':
        this.#onTranscript(effect.transcript);
        return;
      case 'turn-started':
        this.#dialogue.turnStarted(this.#events.hearing.unheard.length);
        this.#tools.spoke(this.#nowMs);
        this.#typed.settled();
        this.#input.answering();
        this.#tell(() => this.#events.onTurnStarted());
        return;
      case 'turn-ended':
        this.#unanswered = 0;
        if (this.#dialogue.turnEnded()) this.#tell(() => this.#events.onTurnEnded(false));
        return;
      case 'interrupted':
        this.#onInterrupted(effect.by);
        return;
      case 'caller-heard':
        this.#dialogue.callerSpeaks();
        this.#input.heard();
        return;
      case 'caller-finished':
        this.#tell(() => this.#events.onCallerFinished());
        return;
      case 'tool-use':
        this.#onToolUse(effect.request);
        return;
      case 'usage':
        this.#tell(() => this.#events.onUsage(effect.usage));
        return;
      case 'ignored':
        this.#deps.counters.add(effect.what);
        this.#deps.logger.debug({ what: effect.what, event: effect.name }, 'a model event was ignored');
    }
  }

  /** Reported even after the turn has ended, because the caller may still be hearing it. */
  #onInterrupted(by: 'caller' | 'model'): void {
    const isCut = by === 'model' || this.#dialogue.isTurnOpen || this.#events.hearing.unheardMs > 0;
    this.#unanswered = 0;
    this.#dialogue.interrupted();
    this.#input.heard();
    if (isCut) this.#tell(() => this.#events.onInterrupted('caller'));
  }

  #onTranscript(transcript: Transcript): void {
    if (!this.#dialogue.heard(transcript)) return;
    if (transcript.role === 'user') this.#input.understood();
    else this.#tools.spoke(this.#nowMs);
    this.#tell(() => this.#events.onTranscript(transcript));
  }

  #onToolUse(request: ToolRequest): void {
    if (this.#tools.request(request.toolUseId, request.name)) this.#tell(() => this.#events.onToolUse(request));
    else this.#deps.counters.add('duplicateToolUses');
  }

  #onLost({ error, recovery }: StreamFailure, attempts: number, isReplaced: boolean): void {
    this.#rotationGap.dropped();
    if (recovery === 'doubt-input') this.#tools.inputDoubted();
    this.#endBrokenTurn(isReplaced);
    if (!isReplaced) return;
    this.#lostAtMs ??= this.#nowMs;
    if (this.#isOpened) this.#tell(() => this.#events.onReconnecting(error, attempts));
  }

  #endBrokenTurn(isReplaced: boolean): void {
    const { hasPending } = this.#tools;
    const unspoken = this.#tools.streamGone(this.#nowMs);
    const isToldInWords = hasPending || unspoken.length > 0;
    const how = this.#dialogue.streamLost(isReplaced, isToldInWords, this.#events.hearing.unheard);
    // Where the question is asked again, the next stream uses the tool itself.
    if (this.#dialogue.isAtRest) for (const json of unspoken) this.#dialogue.toolAnsweredLate(json);
    if (how === 'ended') this.#tell(() => this.#events.onTurnEnded(true));
    if (how === 'interrupted') this.#tell(() => this.#events.onInterrupted('stream'));
  }

  #fail(error: BotError): void {
    if (this.#isOpened) {
      this.#finish({ kind: 'failed', error });
      return;
    }
    this.#release();
    this.#opening.onFailed(error);
  }

  #finish(end: SessionEnd): void {
    if (this.#phase === 'ended') return;
    this.#release();
    const { logger, counters } = this.#deps;
    logger.info({ end: end.kind, counters: counters.snapshot() }, 'model session ended');
    if (this.#isOpened) this.#events.onEnd(end);
    else this.#opening.onFailed(new BotError('model_unavailable', 'The session was closed before it was open.'));
  }

  #release(): void {
    this.#phase = 'ended';
    this.#unsubscribe?.();
    this.#streams.release();
  }

  /** No event follows the end. */
  #tell(call: () => void): void {
    if (this.#phase !== 'ended') call();
  }
}
