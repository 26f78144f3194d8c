import type { Logger } from 'pino';
import { bytesToPcm } from '../../audio/pcm';
import { BotError } from '../../errors';
import type { Clock, Timer } from '../../time/clock';
import type { Ticker } from '../../time/ticker';
import type { SonicCounters } from '../counters';
import type { SonicLimits } from '../limits';
import type { Effect } from '../protocol/output-reducer';
import type { SessionEnd, SessionOptions, SpeechEvents, SpeechSession, ToolRequest, Transcript } from '../speech-model';
import { attemptTimedOut } from '../stream/classify';
import type { StreamEnd, StreamOpener } from '../stream/model-stream';
import type { InferenceConfiguration } from '../wire';
import { AnswerWatch } from './answer-watch';
import { Dialogue } from './dialogue';
import { FrameFeed } from './frame-feed';
import { Link } from './link';
import { ReconnectBudget } from './reconnect-budget';
import { ToolLedger } from './tool-ledger';

export interface ConversationDeps {
  readonly opener: StreamOpener;
  readonly clock: Clock;
  /** A beat of 32 ms. */
  readonly ticker: Ticker;
  readonly limits: SonicLimits;
  readonly inference: InferenceConfiguration;
  readonly counters: SonicCounters;
  readonly logger: Logger;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/** What `open()` waits for. */
export interface Opening {
  onOpened(): void;
  onFailed(error: BotError): void;
}

type Phase =
  /** Before the first attempt, and between attempts. */
  | { readonly name: 'waiting' }
  | { readonly name: 'attempting'; readonly link: Link; connectedAtMs: number | undefined }
  | { readonly name: 'open'; readonly link: Link }
  | { readonly name: 'closing'; readonly link: Link }
  | { readonly name: 'ended' };

/**
 * One call's conversation with the model, over as many streams as it takes. Owns the history, the caller's audio and
 * the decision whether a lost stream is replaced; a stream (with its link) is one epoch of it.
 */
export class Conversation implements SpeechSession {
  readonly #deps: ConversationDeps;
  readonly #options: SessionOptions;
  readonly #events: SpeechEvents;
  readonly #opening: Opening;
  readonly #dialogue: Dialogue;
  readonly #feed: FrameFeed;
  readonly #tools = new ToolLedger();
  readonly #watch: AnswerWatch;
  readonly #budget: ReconnectBudget;
  readonly #counters: SonicCounters;
  #phase: Phase = { name: 'waiting' };
  /** The pause before an attempt, or the limit of one. */
  #timer: Timer | undefined;
  #unsubscribe: (() => void) | undefined;
  #isOpened = false;
  #lostAtMs: number | undefined;
  #lastError: BotError | undefined;
  #closing: Promise<void> | undefined;

  constructor(deps: ConversationDeps, options: SessionOptions, events: SpeechEvents, opening: Opening) {
    this.#deps = deps;
    this.#options = options;
    this.#events = events;
    this.#opening = opening;
    this.#counters = deps.counters;
    this.#dialogue = new Dialogue(deps.limits.historyBytes);
    this.#feed = new FrameFeed({ keepMs: deps.limits.keepCallerAudioMs, gapMs: deps.limits.audioGapMs });
    this.#watch = new AnswerWatch(deps.limits);
    this.#budget = new ReconnectBudget(deps.limits, deps.random);
  }

  /** Why the last stream was lost, if any was. */
  get lastError(): BotError | undefined {
    return this.#lastError;
  }

  /** Makes the first attempt; `opening` hears of the result. */
  start(): void {
    this.#unsubscribe = this.#deps.ticker.subscribe(() => this.#onTick());
    this.#attempt();
  }

  sendAudio(pcm16k: Int16Array): void {
    if (this.#phase.name === 'ended') return;
    const lost = this.#feed.push(pcm16k);
    if (lost > 0) this.#counters.add('callerAudioOverflows', lost);
  }

  sendText(text: string): void {
    if (text.trim() === '' || this.#phase.name === 'ended' || this.#phase.name === 'closing') return;
    this.#dialogue.typed(text);
    // Without a link the next one is asked.
    if (this.#phase.name === 'waiting') return;
    this.#phase.link.sendText(text);
    this.#watch.onAsked(this.#deps.clock.nowMs());
  }

  sendToolResult(toolUseId: string, json: string): void {
    const answer = this.#tools.answer(toolUseId);
    if (answer.kind === 'send' && this.#phase.name === 'open') {
      this.#phase.link.sendToolResult(toolUseId, json);
      this.#watch.onToolAnswered(this.#deps.clock.nowMs());
    } else if (answer.kind === 'late') {
      this.#counters.add('toolResultsLate');
      this.#dialogue.toolAnsweredLate(answer.toolName, json);
    } else if (this.#phase.name !== 'ended') {
      this.#counters.add('toolResultsDropped');
      this.#deps.logger.warn({ answer: answer.kind }, 'a tool result was dropped');
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  /** Ends it at once without telling anybody: for an opening that was given up. */
  abandon(): void {
    if (this.#phase.name !== 'ended') this.#release();
  }

  async #shutDown(): Promise<void> {
    const phase = this.#phase;
    if (phase.name === 'ended') return;
    this.#timer?.cancel();
    if (phase.name === 'waiting') {
      this.#finish({ kind: 'closed' });
      return;
    }
    this.#phase = { name: 'closing', link: phase.link };
    await phase.link.close();
  }

  #attempt(): void {
    const { opener, clock, limits, inference } = this.#deps;
    const replay = this.#dialogue.replay();
    const nowMs = clock.nowMs();
    this.#counters.add('streamsOpened');
    this.#watch.reset();
    this.#feed.rewind();
    const link = new Link(opener, this.#options, inference, replay, {
      onAccepted: () => this.#onAccepted(link),
      onEffects: (effects) => this.#onEffects(effects),
      onClose: (end) => this.#onClose(end),
    });
    if (replay.question !== undefined) this.#watch.onAsked(nowMs);
    this.#phase = { name: 'attempting', link, connectedAtMs: undefined };
    this.#timer = clock.after(limits.attemptTimeoutMs, () => link.abort(attemptTimedOut(link.progress)));
  }

  #onAccepted(link: Link): void {
    if (this.#phase.name !== 'attempting') return;
    this.#timer?.cancel();
    this.#phase = { name: 'open', link };
    if (!this.#isOpened) {
      this.#isOpened = true;
      this.#lostAtMs = undefined;
      this.#opening.onOpened();
      return;
    }
    const gapMs = this.#deps.clock.nowMs() - (this.#lostAtMs ?? 0);
    this.#lostAtMs = undefined;
    this.#counters.add('reconnects');
    this.#deps.logger.info({ gapMs }, 'model stream reopened');
    this.#tell(() => this.#events.onReconnected(gapMs));
  }

  #onTick(): void {
    const phase = this.#phase;
    if (phase.name !== 'attempting' && phase.name !== 'open') return;
    const nowMs = this.#deps.clock.nowMs();
    const { progress } = phase.link;
    // Before that the caller's audio waits here, where it does not grow old.
    if (progress !== 'connected' && progress !== 'accepted') return;
    this.#feed.tick(nowMs, (frame) => this.#sendFrame(phase.link, frame));
    if (phase.name === 'attempting') {
      phase.connectedAtMs ??= nowMs;
      if (nowMs - phase.connectedAtMs >= this.#deps.limits.quietAcceptMs) this.#onAccepted(phase.link);
    }
    const overdue = this.#watch.check(nowMs, this.#tools.hasPending);
    if (overdue?.kind === 'stream-dead') phase.link.abort(overdue.failure);
    else if (overdue?.kind === 'turn-over') phase.link.endTurn();
  }

  #sendFrame(link: Link, frame: Int16Array | undefined): void {
    this.#counters.add(frame === undefined ? 'silentFramesSent' : 'audioFramesSent');
    link.sendFrame(frame);
  }

  #onEffects(effects: readonly Effect[]): void {
    const phase = this.#phase;
    if (phase.name !== 'attempting' && phase.name !== 'open') return;
    for (const effect of effects) this.#apply(effect);
    this.#watch.onOutput(this.#deps.clock.nowMs(), phase.link.expectation);
  }

  #apply(effect: Effect): void {
    switch (effect.type) {
      case 'audio': {
        const pcm = bytesToPcm(Buffer.from(effect.base64, 'base64'));
        if (pcm.length > 0) this.#tell(() => this.#events.onAudio(pcm));
        return;
      }
      case 'transcript':
        this.#onTranscript(effect.transcript);
        return;
      case 'turn-started':
        this.#dialogue.turnStarted();
        this.#feed.settle();
        this.#tell(() => this.#events.onTurnStarted());
        return;
      case 'turn-ended':
        if (this.#dialogue.turnEnded()) this.#tell(() => this.#events.onTurnEnded());
        return;
      case 'interrupted':
        // Told even after the turn has ended, because the caller may still be hearing it.
        this.#dialogue.interrupted();
        this.#tell(() => this.#events.onInterrupted());
        return;
      case 'tool-use':
        this.#onToolUse(effect.request);
        return;
      case 'usage':
        this.#tell(() => this.#events.onUsage(effect.usage));
        return;
      case 'ignored':
        this.#counters.add(effect.what);
        this.#deps.logger.debug({ what: effect.what, event: effect.name }, 'a model event was ignored');
    }
  }

  #onTranscript(transcript: Transcript): void {
    if (!this.#dialogue.heard(transcript)) return;
    if (transcript.role === 'user') this.#feed.settle();
    this.#tell(() => this.#events.onTranscript(transcript));
  }

  #onToolUse(request: ToolRequest): void {
    if (this.#tools.request(request.toolUseId, request.name)) this.#tell(() => this.#events.onToolUse(request));
    else this.#counters.add('duplicateToolUses');
  }

  #onClose(end: StreamEnd): void {
    if (this.#phase.name === 'ended') return;
    this.#timer?.cancel();
    if (this.#phase.name === 'closing' || end.kind === 'closed') {
      this.#finish({ kind: 'closed' });
      return;
    }
    const { error, recovery } = end.failure;
    const nowMs = this.#deps.clock.nowMs();
    this.#lastError = error;
    this.#phase = { name: 'waiting' };
    this.#counters.add('streamsFailed');
    this.#tools.orphanPending();
    if (recovery === 'trim-history') this.#dialogue.trim();
    const delayMs = recovery === 'none' ? undefined : this.#budget.take(nowMs);
    const { attempts } = this.#budget;
    this.#deps.logger.warn({ code: error.code, err: error, recovery, attempts }, 'model stream lost');
    // Before anybody is told: a listener may close the session on hearing of it.
    if (delayMs !== undefined) this.#timer = this.#deps.clock.after(delayMs, () => this.#attempt());
    this.#endBrokenTurn(delayMs !== undefined);
    if (delayMs === undefined) {
      this.#fail(error);
      return;
    }
    this.#lostAtMs ??= nowMs;
    if (this.#isOpened) this.#tell(() => this.#events.onReconnecting(error, attempts));
  }

  #endBrokenTurn(isReplaced: boolean): void {
    const how = this.#dialogue.streamLost(isReplaced);
    if (how === 'interrupted') this.#tell(() => this.#events.onInterrupted());
    if (how === 'ended') this.#tell(() => this.#events.onTurnEnded());
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
    if (this.#phase.name === 'ended') return;
    this.#release();
    this.#deps.logger.info({ end: end.kind, counters: this.#counters.snapshot() }, 'model session ended');
    if (this.#isOpened) this.#guard(() => this.#events.onEnd(end));
    else this.#opening.onFailed(new BotError('model_unavailable', 'The session was closed before it was open.'));
  }

  #release(): void {
    const phase = this.#phase;
    this.#phase = { name: 'ended' };
    this.#timer?.cancel();
    this.#unsubscribe?.();
    if ('link' in phase) phase.link.detach();
  }

  /** Nothing is told after the end. */
  #tell(call: () => void): void {
    if (this.#phase.name !== 'ended') this.#guard(call);
  }

  /** A listener's fault is the listener's: it must not end the stream. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#counters.add('listenerErrors');
      this.#deps.logger.error({ err: error }, 'a listener of the model session failed');
    }
  }
}
