import { MODEL_INPUT_HZ, samplesToMs, type VoiceState } from '../../audio';
import type { BotError } from '../../errors';
import type { Ticker } from '../../time';
import type { Effect } from '../protocol/output-reducer';
import type { SessionEnd, SessionOptions, SpeechEvents, SpeechSession, Successor, ToolRequest } from '../speech-model';
import type { StreamFailure } from '../stream/failure';
import { Dialogue } from './dialogue';
import { HandingOver } from './handing-over';
import { type Frame, InputPacer } from './input-pacer';
import { InputWatchdog } from './input-watchdog';
import { OutputEffects } from './output-effects';
import { Patience } from './patience';
import { FRAME_MS, ReplayBuffer } from './replay-buffer';
import { ResponseWatchdog, type Expectation } from './response-watchdog';
import { SessionListener, type Opening } from './session-listener';
import { StreamGaps } from './stream-gaps';
import { StreamManager, type StreamManagerDeps } from './stream-manager';
import type { StreamSession } from './stream-session';
import { deliver } from './tool-delivery';
import { ToolExchange } from './tool-exchange';
import { TypedText } from './typed-text';

export interface ConversationDeps extends StreamManagerDeps {
  /** A beat of 32 ms. */
  readonly ticker: Ticker;
}

/** Streams are changed only after the caller has heard the bot out and had time to start speaking. */
const CALM_AFTER_SPEECH_MS = 250;
/** Frames replayed to a promoted stream even where nobody seems to speak: a word may just have begun. */
const QUIET_REPLAY_FRAMES = 10;
/** After so much silence behind the caller's last sound the model may be heard again, though it never wrote down what they said. */
const SILENT_AFTER_MS = 2_500;
/** Instruction to a stream whose predecessor did not hear the caller. */
const ASK_AGAIN = 'The caller said something that did not reach you. Ask them kindly to say it again.';

/** What an agent is answered that asks for something after it has given the conversation away. */
const GIVEN_AWAY = JSON.stringify({
  error: 'That was not done: another agent takes the call over.',
  next: 'Stay silent. Ask for it again if you are told to go on yourself.',
});

/** What is due of the caller's audio, or of silence, and when. */
const DUE = {
  'as it comes': (pacer) => pacer.arrived(),
  'on the beat': (pacer, nowMs) => pacer.tick(nowMs),
  'at once': (pacer) => pacer.first(),
} as const satisfies Record<string, (pacer: InputPacer, nowMs: number) => readonly Frame[]>;

/**
 * One call's conversation with the model, over as many streams as it takes. Owns the history, the caller's audio and
 * the watchdogs; the stream manager decides which stream carries it. Each stream session is one epoch of it.
 */
export class Conversation implements SpeechSession {
  readonly #deps: ConversationDeps;
  readonly #listener: SessionListener;
  readonly #streams: StreamManager;
  readonly #dialogue: Dialogue;
  readonly #audio: ReplayBuffer;
  readonly #pacer: InputPacer;
  readonly #inputWatchdog: InputWatchdog;
  readonly #tools: ToolExchange;
  readonly #responseWatchdog: ResponseWatchdog;
  readonly #gaps = new StreamGaps();
  readonly #handing: HandingOver;
  readonly #typed: TypedText;
  readonly #patience = new Patience();
  readonly #output: OutputEffects;
  #isClosing = false;
  #unsubscribe: (() => void) | undefined;
  /** The active stream was asked to answer the caller's last words again. */
  #isAskedAgain = false;
  #closing: Promise<void> | undefined;

  constructor(deps: ConversationDeps, options: SessionOptions, events: SpeechEvents, opening: Opening) {
    const { limits } = deps;
    this.#deps = deps;
    this.#handing = new HandingOver(options, limits.openDeadlineMs);
    this.#listener = new SessionListener(opening, events);
    this.#tools = new ToolExchange(limits.holdAudioDuringTools);
    this.#dialogue = new Dialogue(limits.historyBytes);
    this.#typed = new TypedText(limits.repeatTextMs);
    this.#audio = new ReplayBuffer(limits.keepCallerAudioMs);
    this.#pacer = new InputPacer(this.#audio, limits.audioGapMs);
    this.#inputWatchdog = new InputWatchdog(limits);
    this.#responseWatchdog = new ResponseWatchdog(limits);
    this.#output = new OutputEffects({
      ...deps,
      listener: this.#listener,
      dialogue: this.#dialogue,
      tools: this.#tools,
      typed: this.#typed,
      audio: this.#audio,
      inputWatchdog: this.#inputWatchdog,
      patience: this.#patience,
    });
    this.#streams = new StreamManager(deps, options, {
      onPromoted: (session, former) => this.#onPromoted(session, former),
      onReturned: () => this.#onReturned(),
      mayGoOn: ({ recovery }) => this.#dialogue.mayGoOn(recovery),
      onUp: () => this.#onUp(),
      onEffects: (effects) => this.#onEffects(effects),
      onLost: (failure, attempts, isReplaced) => this.#onLost(failure, attempts, isReplaced),
      onGivenUp: (error) => this.#finish({ kind: 'failed', error }),
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
    if (this.#listener.hasEnded) return;
    const isBotHeard = this.#isBotHeard;
    if (voice === 'speaking' && !isBotHeard) this.#dialogue.callerSpeaks();
    if (voice === 'speaking') this.#streams.noteInput();
    this.#inputWatchdog.onAudio(samplesToMs(pcm16k.length, MODEL_INPUT_HZ), voice, this.#nowMs, isBotHeard);
    const lost = this.#audio.push(pcm16k);
    if (lost > 0) this.#deps.counters.add('callerAudioOverflows', lost);
    if (this.#isRunning) this.#feed('as it comes');
  }

  sendText(text: string): void {
    if (text.trim() === '' || !this.#isRunning) return;
    this.#dialogue.typed(text);
    // Without a stream, the one opened next is asked.
    this.#ask(text);
  }

  addContext(text: string): void {
    if (text.trim() === '' || !this.#isRunning) return;
    this.#dialogue.contextAdded(text);
    // Without a stream, the one opened next is told it with the history.
    this.#streams.session?.addContext(text);
  }

  heard(text: string): void {
    if (this.#isRunning) this.#dialogue.spoken(text);
  }

  sendToolResult(toolUseId: string, json: string, forOthers = json): void {
    if (this.#listener.hasEnded) return;
    const session = this.#isRunning ? this.#streams.session : undefined;
    const delivered = deliver(
      toolUseId,
      { json, forOthers },
      {
        ...this.#deps,
        tools: this.#tools,
        dialogue: this.#dialogue,
        session,
        isAskedAgain: this.#isAskedAgain,
        nowMs: this.#nowMs,
      },
    );
    if (delivered.kind === 'sent') this.#responseWatchdog.onToolAnswered(this.#nowMs);
    if (delivered.kind === 'words' && this.#isRunning) this.#ask(delivered.words);
  }

  handOver({ opening, ...options }: Successor): void {
    if (!this.#isRunning) return;
    this.#handing.asked(options, this.#nowMs);
    this.#dialogue.handOver(opening);
    this.#output.endTurn();
    this.#typed.settled();
    this.#responseWatchdog.reset();
    this.#streams.replace(options, true);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shutDown());
  }

  /** Ends it at once and reports nothing: for an opening that was given up. */
  abandon(): void {
    this.#release();
    this.#listener.leave();
  }

  get #isRunning(): boolean {
    return !this.#isClosing && !this.#listener.hasEnded;
  }

  /** Whether the caller hears the bot, or just did. */
  get #isBotHeard(): boolean {
    return this.#listener.hearing.quietForMs < CALM_AFTER_SPEECH_MS;
  }

  get #nowMs(): number {
    return this.#deps.clock.nowMs();
  }

  async #shutDown(): Promise<void> {
    if (this.#listener.hasEnded) return;
    this.#isClosing = true;
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
      this.#gaps.tookOver(former);
      this.#endBrokenTurn(true);
      if (!this.#isRunning) return;
      // A stream that has heard the caller out was left at a calm moment.
      if (!former.forced && !this.#inputWatchdog.isCallerPending(nowMs)) this.#audio.settle(QUIET_REPLAY_FRAMES);
    }
    const isSuccessor = this.#handing.taken();
    if (former === undefined && this.#handing.isTaken) this.#gaps.tookOver({ ageMs: 0, forced: true });
    const replay = this.#dialogue.replay(this.#listener.hearing.unheard);
    // A successor has other tools, and requests none of the former agent's again.
    this.#isAskedAgain = replay.question !== undefined && !isSuccessor;
    this.#typed.settled();
    this.#responseWatchdog.reset();
    this.#inputWatchdog.onNewStream();
    this.#audio.rewind(former === undefined ? 0 : 1);
    session.begin(replay);
    // On the next beat it would hear the caller later than the former stream did, by as much as that beat is late.
    this.#feed('at once');
    if (replay.question === undefined) return;
    this.#responseWatchdog.onAsked(nowMs);
    this.#listener.tell((events) => events.onAskedAgain());
  }

  /** Nothing was said since but by the caller: the former stream hears that now. */
  #onReturned(): void {
    this.#gaps.dropped();
    this.#isAskedAgain = false;
    this.#typed.settled();
    this.#responseWatchdog.reset();
    this.#audio.rewind();
    const question = this.#dialogue.openQuestion;
    if (question !== undefined) this.#ask(question);
  }

  #onUp(): void {
    const gapMs = this.#gaps.cameUp(this.#nowMs);
    if (!this.#listener.isOpen) this.#listener.open();
    else if (gapMs !== undefined) {
      this.#deps.counters.add('reconnects');
      this.#listener.tell((events) => events.onReconnected(gapMs));
    }
  }

  readonly #onTick = (): void => {
    if (!this.#isRunning) return;
    const nowMs = this.#nowMs;
    // The stream that has the conversation hears what is due before another may take over.
    this.#feed('on the beat');
    this.#streams.tick(() => this.#mayChange(nowMs));
    if (this.#handing.failed(nowMs)) this.#keepOn();
    const { session } = this.#streams;
    if (session === undefined || !this.#streams.canHear) return;
    const { hasPending } = this.#tools;
    if (this.#inputWatchdog.isSilentFor(SILENT_AFTER_MS)) session.callerSilent();
    const again = this.#typed.takeOverdue(nowMs, hasPending || this.#inputWatchdog.isCallerPending(nowMs));
    if (again !== undefined) session.sendText(again);
    const overdue = this.#responseWatchdog.check(nowMs, hasPending, this.#listener.hearing.quietForMs);
    if (overdue?.kind === 'turn-over') session.endTurn();
    else if (overdue !== undefined) this.#streams.abort(this.#patience.givenUp(overdue.failure));
    else this.#checkHearing(nowMs);
  };

  /** Sends the stream that has the conversation what is due of the caller's audio, or of silence. */
  #feed(when: keyof typeof DUE): void {
    const { session } = this.#streams;
    // Until then the caller's audio waits in its buffer, where it does not expire.
    if (session === undefined || !this.#streams.canHear) return;
    const nowMs = this.#nowMs;
    const frames = this.#tools.isAudioHeld ? [] : DUE[when](this.#pacer, nowMs);
    if (when === 'as it comes' && frames.length === 0) return;
    for (const frame of frames) {
      this.#deps.counters.add(frame === undefined ? 'silentFramesSent' : 'audioFramesSent');
      session.sendFrame(frame);
    }
    if (this.#audio.waitingFrames === 0) this.#inputWatchdog.onSent(frames.length * FRAME_MS);
    this.#noteRotation(nowMs);
  }

  /** Whether the stream may be changed now. */
  #mayChange(nowMs: number): boolean {
    if (!this.#handing.isAsked) return this.#isCalm(nowMs);
    return this.#handing.mayBeTaken(nowMs, this.#inputWatchdog.isCallerPending(nowMs));
  }

  /** Whether a change of streams would go unnoticed now. */
  #isCalm(nowMs: number): boolean {
    if (this.#streams.session?.expectation !== 'nothing' || this.#tools.hasPending) return false;
    if (this.#tools.isAnswerDue(nowMs)) return false;
    return !this.#isBotHeard && !this.#inputWatchdog.isCallerPending(nowMs) && this.#dialogue.isAtRest;
  }

  /** No successor came: the agent who has the conversation goes on, on this stream or the next. */
  #keepOn(): void {
    this.#dialogue.handOver(undefined);
    this.#streams.replace(this.#handing.options, false);
    this.#listener.tell((events) => events.onHandoverFailed());
  }

  #noteRotation(nowMs: number): void {
    const rotation = this.#gaps.audioSent(nowMs);
    if (rotation === undefined) return;
    if (this.#handing.flows()) {
      this.#listener.tell((events) => events.onHandedOver(rotation.gapMs));
      return;
    }
    this.#deps.counters.add('rotations');
    if (rotation.forced) this.#deps.counters.add('rotationsForced');
    this.#listener.tell((events) => events.onRotated(rotation));
  }

  #checkHearing(nowMs: number): void {
    if (this.#dialogue.awaitsAnswer || this.#tools.hasPending) return;
    const failure = this.#inputWatchdog.check(nowMs);
    if (failure === undefined) return;
    this.#deps.counters.add('deafStreams');
    this.#dialogue.instruct(ASK_AGAIN);
    this.#streams.abort(this.#patience.givenUp(failure));
  }

  #onEffects(effects: readonly Effect[]): void {
    if (!this.#isRunning) return;
    const { heeded, unheeded } = this.#handing.sorted(effects);
    for (const effect of heeded) this.#output.apply(effect);
    for (const effect of unheeded) if (effect.type === 'tool-use') this.#refuse(effect.request);
    // Usage reports also come while the model does nothing.
    if (effects.length > 0 && effects.every(({ type }) => type === 'usage')) return;
    this.#responseWatchdog.onOutput(this.#nowMs, this.#expectation());
  }

  /** The former agent may have to go on, and would wait for the answer for ever. */
  #refuse({ toolUseId, name }: ToolRequest): void {
    if (!this.#tools.request(toolUseId, name)) return;
    this.#tools.answer(toolUseId);
    this.#streams.session?.sendToolResult(toolUseId, GIVEN_AWAY);
  }

  #expectation(): Expectation {
    const expected = this.#streams.session?.expectation ?? 'nothing';
    return expected === 'nothing' && this.#dialogue.awaitsAnswer ? 'answer' : expected;
  }

  #onLost({ error, recovery }: StreamFailure, attempts: number, isReplaced: boolean): void {
    this.#gaps.dropped();
    if (recovery === 'doubt-input') this.#tools.inputDoubted();
    this.#endBrokenTurn(isReplaced);
    if (!isReplaced) return;
    this.#gaps.lost(this.#nowMs);
    if (this.#listener.isOpen) this.#listener.tell((events) => events.onReconnecting(error, attempts));
  }

  #endBrokenTurn(isReplaced: boolean): void {
    const { hasPending } = this.#tools;
    const unspoken = this.#tools.streamGone(this.#nowMs);
    const isToldInWords = hasPending || unspoken.length > 0;
    const how = this.#dialogue.streamLost(isReplaced, isToldInWords, this.#listener.hearing.unheard);
    // Where the question is asked again, the next stream uses the tool itself.
    const isLeftToIt = !this.#handing.isAsked && this.#dialogue.isAtRest;
    if (isLeftToIt) for (const json of unspoken) this.#dialogue.toolAnsweredLate(json);
    if (how === 'ended') this.#listener.tell((events) => events.onTurnEnded(true));
    if (how === 'interrupted') this.#listener.tell((events) => events.onInterrupted('stream'));
  }

  #finish(end: SessionEnd): void {
    if (this.#listener.hasEnded) return;
    this.#release();
    const { logger, counters } = this.#deps;
    logger.info({ end: end.kind, counters: counters.snapshot() }, 'model session ended');
    this.#listener.end(end);
  }

  #release(): void {
    this.#unsubscribe?.();
    this.#streams.release();
  }
}
