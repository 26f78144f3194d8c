import { BotError } from '../errors';
import { RtviSession } from '../rtvi';
import type { SpeechEvents, SpeechSession } from '../sonic';
import type { CallTelemetry } from '../telemetry';
import { endsWithin, type Timer } from '../time';
import type { CallTransport, CloseReason, TransportEvents } from '../transport/transport';
import { Announcer } from './announcer';
import { CallBudget } from './call-budget';
import type { CallDeps } from './call-deps';
import { CallLimits } from './call-limits';
import type { CallSummary } from './calls';
import { isOver, nextCallState, type CallEvent, type CallState } from './call-state';
import { CallStats } from './call-stats';
import type { NoticeName } from './notices';
import { HoldNotices, type Awaited } from './hold-notices';
import { ToolCalls } from './tool-calls';
import { Turns } from './turns';

/** A client that speaks no RTVI never says that it is ready: greet it anyway, this long after media flows. */
const GREET_UNASKED_AFTER_MS = 3_000;
/** Model and transport are given this long to close; then the call is over without them. */
const CLOSE_WITHIN_MS = 5_000;

/**
 * One call from start to end: the caller's audio to the model, the model's through the playout to the caller, and to
 * the caller's client what happens. It owns its transport, its model session and every timer; closes once, in bounded
 * time, whatever failed; and nothing thrown in one call leaves it.
 */
export class Call {
  readonly id: string;
  readonly #deps: CallDeps;
  readonly #transport: CallTransport;
  readonly #telemetry: CallTelemetry;
  readonly #startedAt: string;
  readonly #stats: CallStats;
  readonly #rtvi: RtviSession;
  readonly #turns: Turns;
  readonly #announcer: Announcer;
  readonly #limits: CallLimits;
  readonly #budget: CallBudget;
  readonly #holdNotices: HoldNotices;
  readonly #tools: ToolCalls;
  readonly #abort = new AbortController();
  #state: CallState = { kind: 'connecting' };
  #session: SpeechSession | undefined;
  #greetTimer: Timer | undefined;
  #clientReady = false;
  #closing: Promise<void> | undefined;
  #markEnded: () => void = () => undefined;
  /** Resolves when the call is over and nothing of it is left; never rejects. */
  readonly ended = new Promise<void>((resolve) => (this.#markEnded = resolve));

  constructor(id: string, transport: CallTransport, deps: CallDeps) {
    this.id = id;
    this.#deps = deps;
    this.#transport = transport;
    const { clock } = deps;
    const telemetry = deps.telemetry.forCall(id, transport.kind);
    this.#telemetry = telemetry;
    this.#startedAt = new Date(clock.epochMs()).toISOString();
    this.#stats = new CallStats({ clock, telemetry, prices: deps.prices });
    this.#rtvi = new RtviSession({
      send: (message) => transport.send(message),
      clock,
      typedText: deps.settings.typedText,
      onMalformed: () => telemetry.record('clientMessageMalformed', {}),
      handlers: {
        onClientReady: () => this.#onClientReady(),
        onSendText: (text, options) => this.#onTyped(text, options),
        onDisconnectBot: () => void this.close('client-request'),
        onClientMessage: (messageId) => this.#rtvi.errorResponse(messageId, 'This bot knows no such message'),
      },
    });
    const rtvi = this.#rtvi;
    this.#turns = new Turns({
      deps,
      transport,
      rtvi,
      stats: this.#stats,
      telemetry,
      events: {
        onBotAudible: () => this.#onBotAudible(),
        onBotSilent: () => this.#onBotSilent(),
        onCallerActive: () => {
          this.#limits.callerActive();
          this.#limits.pause();
        },
        onCallerPaused: () => {
          this.#holdNotices.callerPaused();
          this.#awaitCaller();
        },
      },
    });
    this.#announcer = new Announcer({ clock, turns: this.#turns, recordings: deps.notices });
    this.#holdNotices = new HoldNotices(
      clock,
      () => !this.#turns.somebodySpeaks,
      (times) => void this.#announcer.say(times === 1 ? 'one-moment' : 'still-trying'),
    );
    this.#tools = new ToolCalls({
      runner: deps.tools,
      rtvi,
      stats: this.#stats,
      callId: id,
      maxPerTurn: deps.settings.toolCallsPerTurn,
    });
    const { prices, admission } = deps;
    const { ceilings } = deps.settings;
    const onSpent = (): void => void this.close('budget-spent', 'budget-goodbye');
    this.#budget = new CallBudget({ callId: id, clock, ceilings, prices, admission, onSpent });
    this.#limits = new CallLimits({
      clock,
      maxCallMs: deps.settings.maxCallMs,
      userAbsentMs: deps.settings.userAbsentMs,
      events: {
        onAbsent: () => this.#announce('still-there'),
        onAbsentForGood: () => void this.close('caller-absent', 'absent-goodbye'),
        onNearlyOver: () => this.#announce('nearly-over'),
        onOver: () => void this.close('too-long', 'over-goodbye'),
      },
    });
  }

  get summary(): CallSummary {
    const { durationMs, turns, bargeIns, reconnects, rotations } = this.#stats.figures;
    return {
      id: this.id,
      transport: this.#transport.kind,
      state: this.#state.kind,
      startedAt: this.#startedAt,
      durationMs,
      turns,
      bargeIns,
      reconnects,
      rotations,
    };
  }

  /** Connects caller and model, then greets. Resolves when both are there or the call is closed; never rejects. */
  async start(): Promise<void> {
    this.#telemetry.record('callStarted', { transport: this.#transport.kind });
    const { signal } = this.#abort;
    const options = { ...this.#deps.session, callId: this.id, tools: this.#deps.tools.describe() };
    // Both at once: the greeting is heard sooner by the time that one of them takes.
    const model = this.#budget.meter(this.#deps.model);
    const opening = model.open(options, this.#speechEvents(), signal).then(
      (session) => ({ kind: 'open', session }) as const,
      (error: unknown) => ({ kind: 'failed', error: BotError.from(error, 'model_stream_broken') }) as const,
    );
    try {
      await this.#transport.start(this.#transportEvents(), signal);
    } catch (error) {
      this.#telemetry.logger.info({ err: error }, 'caller did not connect');
      void opening.then((late) => (late.kind === 'open' ? late.session.close() : undefined));
      return this.close('never-connected');
    }
    this.#stats.connected();
    const result = await opening;
    if (result.kind === 'failed') return this.#onModelLost(result.error);
    if (isOver(this.#state)) return result.session.close();
    this.#session = result.session;
    this.#deps.admission.begun(this.id);
    this.#limits.start();
    this.#rtvi.botReady();
    this.#greetTimer = this.#deps.clock.after(GREET_UNASKED_AFTER_MS, () => this.#greet());
    if (this.#clientReady) this.#greet();
  }

  /**
   * Ends the call: says `goodbye` if one is named, then closes model and transport. Idempotent; the first reason
   * stands. Resolves when all is closed, at most about 20 s later; never rejects.
   */
  close(reason: CloseReason, goodbye?: NoticeName): Promise<void> {
    return (this.#closing ??= this.#close(reason, goodbye)
      .catch((error: unknown) => this.#telemetry.logger.error({ err: error }, 'call did not close cleanly'))
      .finally(this.#markEnded));
  }

  async #close(reason: CloseReason, goodbye: NoticeName | undefined): Promise<void> {
    this.#move({ kind: 'close-asked', reason });
    this.#limits.stop();
    this.#tools.close(goodbye === undefined || reason === 'model-failed');
    this.#greetTimer?.cancel();
    this.#holdNotices.stop();
    if (goodbye !== undefined) await this.#sayGoodbye(goodbye, reason);
    this.#announcer.close();
    this.#turns.close();
    this.#abort.abort();
    const ends = Promise.allSettled([this.#session?.close(), this.#transport.close(reason)]);
    await endsWithin(this.#deps.clock, CLOSE_WITHIN_MS, ends);
    this.#budget.stop();
    this.#rtvi.close();
    this.#move({ kind: 'closed' });
    this.#stats.ended(reason);
  }

  /** What the bot still has to say is cut: a goodbye that waits for a long answer is not heard in time. */
  async #sayGoodbye(goodbye: NoticeName, reason: CloseReason): Promise<void> {
    this.#rtvi.serverMessage({ type: 'call-ending', reason });
    // A model that is listening costs, even if it is silent.
    if (reason === 'budget-spent') void this.#session?.close();
    await this.#turns.cutShort();
    const modelCan = this.#session !== undefined && reason !== 'model-failed' && reason !== 'budget-spent';
    await this.#announcer.say(goodbye, modelCan ? (text) => this.#session?.sendText(text) : undefined);
  }

  #transportEvents(): TransportEvents {
    return this.#guarded<TransportEvents>({
      onAudio: (pcm16k) => {
        if (isOver(this.#state)) return;
        const voice = this.#turns.callerAudio(pcm16k);
        this.#session?.sendAudio(pcm16k, voice);
      },
      onMessage: (message) => this.#rtvi.receive(message),
      onLeft: (remaining) => {
        if (remaining === 0) void this.close('caller-left');
      },
      onFailed: (error) => {
        this.#telemetry.logger.warn({ err: error, code: error.code }, 'transport failed');
        void this.close('caller-vanished');
      },
      onMalformed: () => this.#telemetry.record('clientMessageMalformed', {}),
      onMuted: (muted) => {
        this.#turns.callerMuted(muted);
        this.#limits.callerActive();
      },
    });
  }

  #speechEvents(): SpeechEvents {
    return this.#guarded<SpeechEvents>({
      onAudio: (pcm24k) => {
        this.#holdNotices.arrived('answer');
        this.#turns.modelAudio(pcm24k);
      },
      onTranscript: (transcript) => {
        if (transcript.role === 'user') {
          this.#tools.turnBegan();
          this.#callerAwaits('answer');
        }
        this.#turns.transcript(transcript);
      },
      onTurnStarted: () => {
        this.#limits.pause();
        this.#turns.modelTurnStarted();
      },
      onTurnEnded: () => {
        this.#holdNotices.arrived('answer');
        this.#turns.modelTurnEnded();
      },
      onInterrupted: () => void this.#turns.modelInterrupted(),
      onToolUse: (request) => {
        if (this.#session === undefined || isOver(this.#state)) return;
        this.#callerAwaits('answer');
        this.#limits.pause();
        void this.#tools.handle(request, this.#session).then(() => this.#awaitCaller());
      },
      onUsage: (usage) => this.#stats.used(usage),
      onReconnecting: (cause, attempt) => this.#onReconnecting(cause, attempt),
      onReconnected: (gapMs) => this.#onReconnected(gapMs),
      onAskedAgain: () => this.#callerAwaits('answer'),
      onRotated: (rotation) => this.#stats.rotated(rotation),
      onEnd: (end) => {
        this.#telemetry.record('modelEnded', { end: end.kind === 'closed' ? 'closed' : end.error.code });
        if (end.kind === 'failed') void this.#onModelLost(end.error);
      },
    });
  }

  #onReconnecting(cause: BotError, attempt: number): void {
    this.#telemetry.record('modelReconnecting', { err: cause, code: cause.code, attempt });
    this.#rtvi.serverMessage({ type: 'notice', text: 'Reconnecting…' });
    this.#limits.pause();
    this.#callerAwaits('model');
  }

  #onReconnected(gapMs: number): void {
    this.#holdNotices.arrived('model');
    this.#stats.reconnected(gapMs);
    this.#rtvi.serverMessage({ type: 'notice', text: '' });
    this.#awaitCaller();
  }

  async #onModelLost(error: BotError): Promise<void> {
    if (isOver(this.#state)) return;
    this.#telemetry.record('modelFailed', { err: error, code: error.code });
    this.#rtvi.error('The voice model cannot be reached. The call ends.', false);
    await this.close('model-failed', 'model-lost');
  }

  #onClientReady(): void {
    this.#clientReady = true;
    if (this.#session !== undefined) this.#greet();
  }

  #onTyped(text: string, options: { runImmediately: boolean; audioResponse: boolean }): void {
    if (isOver(this.#state)) return;
    this.#limits.callerActive();
    this.#turns.callerTyped(text, options);
    this.#tools.turnBegan();
    this.#callerAwaits('answer');
    this.#session?.sendText(text);
  }

  /** The bot speaks first, and once. */
  #greet(): void {
    this.#greetTimer?.cancel();
    if (this.#state.kind !== 'connecting') return;
    this.#move({ kind: 'greeting-asked' });
    this.#callerAwaits('answer');
    this.#session?.sendText(this.#deps.settings.greetingPrompt);
  }

  #onBotAudible(): void {
    this.#move({ kind: 'bot-audible' });
    this.#limits.pause();
    this.#announcer.botAudible();
  }

  #onBotSilent(): void {
    this.#move({ kind: 'bot-silent' });
    this.#announcer.botSilent();
    this.#awaitCaller();
  }

  #announce(name: NoticeName): void {
    this.#limits.pause();
    void this.#announcer
      .say(name, (instruction) => this.#session?.sendText(instruction))
      .then(() => this.#awaitCaller());
  }

  /** A call that is over waits for nothing. */
  #callerAwaits(what: Awaited): void {
    if (!isOver(this.#state)) this.#holdNotices.await(what);
  }

  /** It is the caller's turn, unless somebody speaks or a tool runs. */
  #awaitCaller(): void {
    if (!isOver(this.#state) && !this.#turns.somebodySpeaks && !this.#tools.busy) this.#limits.resume();
  }

  #move(event: CallEvent): void {
    this.#state = nextCallState(this.#state, event);
  }

  /** The same listeners, but an exception in one of them ends this call instead of reaching whoever calls it. */
  #guarded<T extends object>(listeners: T): T {
    const guarded = Object.entries(listeners).map(([name, listener]: [string, (...args: unknown[]) => void]) => [
      name,
      (...args: unknown[]): void => {
        try {
          listener(...args);
        } catch (error) {
          this.#telemetry.logger.error({ err: error, listener: name }, 'call failed');
          void this.close('internal');
        }
      },
    ]);
    return Object.fromEntries(guarded) as T;
  }
}
