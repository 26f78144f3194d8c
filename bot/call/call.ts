import type { NoticeName } from '../../contract/languages/speech-texts';
import type { CallAgent } from '../agents';
import { BotError } from '../errors';
import { RtviSession } from '../rtvi';
import type { SpeechEvents, SpeechSession } from '../sonic';
import type { CallTelemetry } from '../telemetry';
import { endsWithin } from '../time';
import type { CallTransport, CloseReason, TransportEvents } from '../transport/transport';
import { AgentInCall } from './agent-in-call';
import { CallBudget, type TextInput } from './call-budget';
import type { CallDeps } from './call-deps';
import { CallLength, type CallLengthEvents } from './call-length';
import { CallStats } from './call-stats';
import { CallerVoice } from './caller-voice';
import type { CallSummary } from './calls';
import { DueTimer } from './due-timer';
import { EarlyAudio } from './early-audio';
import { guarded } from './guarded';
import { listenedTo } from './listened-to';
import { Playback, type PlaybackEvents } from './playback';
import { PressedKeys } from './pressed-keys';
import { ToolCalls } from './tool-calls';
import { SOMEBODY_JOINED } from './transfers';
import { duckedBy } from './ducker';
import { WaitingSound } from './waiting-sound';
import { TurnEffects } from './turns/effects';
import {
  initialTurns,
  phaseOf,
  waitsForToolSinceMs,
  wakeAtMs,
  type TurnEvent,
  type TurnState,
  type Wish,
} from './turns/state';
import { reduceTurns } from './turns/reduce';

/** Model and transport are given this long to close. */
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
  readonly #keys: PressedKeys;
  readonly #voice: CallerVoice;
  readonly #playback: Playback;
  readonly #effects: TurnEffects;
  readonly #length: CallLength;
  readonly #budget: CallBudget;
  readonly #tools: ToolCalls;
  readonly #waitingSound: WaitingSound;
  readonly #abort = new AbortController();
  /** An exception in a listener ends this call, and nothing else. */
  readonly #onFault = (error: unknown, listener: string): void => {
    this.#telemetry.logger.error({ err: error, listener }, 'call failed');
    void this.close('internal');
  };
  readonly #own = guarded(this.#onFault, {
    onTime: () => this.#dispatch({ kind: 'time' }),
    onToolAnswered: () => this.#dispatch({ kind: 'tool-answered' }),
  });
  readonly #agent: AgentInCall;
  #turns: TurnState;
  readonly #timer: DueTimer;
  readonly #early = new EarlyAudio();
  #session: SpeechSession | undefined;
  /** Texts to the session, which the budget counts. */
  #texts: TextInput | undefined;
  #isClosed = false;
  #hangingUp: Promise<void> | undefined;
  #markEnded: () => void = () => undefined;
  /** Resolves when the call is over and nothing of it is left; never rejects. */
  readonly ended = new Promise<void>((resolve) => (this.#markEnded = resolve));

  constructor(id: string, transport: CallTransport, deps: CallDeps, agent: CallAgent) {
    this.id = id;
    this.#deps = deps;
    this.#transport = transport;
    const { clock, ticker, settings } = deps;
    const telemetry = deps.telemetry.forCall(id, transport.kind);
    this.#telemetry = telemetry;
    this.#startedAt = new Date(clock.epochMs()).toISOString();
    this.#turns = initialTurns(agent.limits.userAbsentMs, settings.waiting);
    this.#timer = new DueTimer(clock, this.#own.onTime);
    const stats = new CallStats({ clock, telemetry, prices: deps.prices });
    const rtvi = new RtviSession({
      send: (message) => transport.send(message),
      clock,
      typedText: settings.typedText,
      onMalformed: () => telemetry.record('clientMessageMalformed', {}),
      handlers: {
        onClientReady: () => this.#dispatch({ kind: 'client-ready' }),
        onSendText: (text, { runImmediately, audioResponse }) => {
          if (runImmediately) this.#type(text, audioResponse ? 'aloud' : 'in-text');
          else this.#dispatch({ kind: 'context', text });
        },
        onKeys: (keys) => {
          this.#dispatch({ kind: 'interrupted', by: 'caller' });
          this.#keys.press(keys);
        },
        onDisconnectBot: () => void this.close('client-request'),
        onClientMessage: (messageId) => rtvi.errorResponse(messageId, 'This bot knows no such message'),
      },
    });
    this.#stats = stats;
    this.#rtvi = rtvi;
    this.#keys = new PressedKeys({
      clock,
      type: (words) => this.#type(words, 'aloud'),
      keep: (name, digits) => this.#tools.keep(name, digits),
    });
    this.#voice = new CallerVoice({
      clock,
      ticker,
      events: guarded(this.#onFault, {
        onStarted: () => {
          rtvi.userVoice(true);
          this.#dispatch({ kind: 'caller-started' });
        },
        onStopped: (voicedAtMs) => {
          rtvi.userVoice(false);
          this.#session?.sendAudio(new Int16Array(0), 'silent');
          this.#dispatch({ kind: 'caller-stopped', voicedAtMs });
        },
      }),
    });
    this.#playback = new Playback({
      transport: listenedTo(transport, (pcm24k) => rtvi.botSound(pcm24k)),
      ticker,
      clock,
      loudness: settings.isDucking ? duckedBy(this.#voice, clock) : undefined,
      events: guarded<PlaybackEvents>(this.#onFault, {
        onAudible: (sound) => this.#dispatch({ kind: 'audible', sound, voicedAtMs: this.#voice.voicedAtMs }),
        onStarved: () => this.#dispatch({ kind: 'starved' }),
        onDrained: () => this.#dispatch({ kind: 'drained' }),
        onUnderrun: (gapMs) => stats.glitched(gapMs),
        onOverflow: (droppedMs) => stats.overflowed(droppedMs),
        onSegment: (segment) => rtvi.botOutput(segment),
        onError: (error) => telemetry.logger.error({ err: error }, 'playout did not flush'),
        onHeard: (text) => {
          this.#session?.heard(text);
          this.#tools.botHeard(text);
        },
      }),
    });
    this.#effects = new TurnEffects({
      clock,
      playback: this.#playback,
      rtvi,
      stats,
      telemetry,
      modelId: deps.modelId,
      agent: () => this.#agent.speaking,
      voice: () => this.#voice.last,
      session: () => this.#session,
      texts: () => this.#texts,
      close: (reason, goodbye) => void this.close(reason, goodbye),
      transfer: (to) => void this.#agent.connect(to),
      hangUp: () => this.#hangUp(),
    });
    this.#waitingSound = new WaitingSound({
      clock,
      start: () => this.#playback.startSound(deps.waitingSound),
      stop: () => this.#playback.stopSound(),
    });
    this.#agent = new AgentInCall({
      callId: id,
      agent,
      deps,
      transport,
      actions: {
        isBusy: () => this.#tools.pending > 1,
        part: (transferTo) => this.#dispatch({ kind: 'hang-up-asked', transferTo }),
        waits: (isWaiting) => this.#dispatch(isWaiting ? { kind: 'tool-used' } : { kind: 'tool-answered' }),
        keep: (name, value) => this.#tools.keep(name, value),
        takeKeys: (keys) => this.#keys.want(keys),
      },
      tools: () => this.#tools,
      texts: () => this.#texts,
      close: (reason) => void this.close(reason),
      stats,
      rtvi,
      telemetry,
    });
    this.#tools = new ToolCalls({
      runner: this.#agent.runner,
      rtvi,
      stats,
      call: { callId: id, startedAt: this.#startedAt, agent: agent.name, variables: agent.variables },
      showsToolCalls: settings.showsToolCalls,
      maxPerTurn: agent.limits.toolCallsPerTurn,
    });
    const { prices, admission } = deps;
    const onSpent = (): void => void this.close('budget-spent', 'budget-goodbye');
    this.#budget = new CallBudget({ callId: id, clock, ceilings: settings.ceilings, prices, admission, onSpent });
    this.#length = new CallLength({
      clock,
      maxCallMs: agent.limits.maxCallMs,
      events: guarded<CallLengthEvents>(this.#onFault, {
        onNearlyOver: () => this.#dispatch({ kind: 'nearly-over' }),
        onOver: () => void this.close('too-long', 'over-goodbye'),
      }),
    });
  }

  get summary(): CallSummary {
    return {
      id: this.id,
      agent: this.#agent.name,
      transport: this.#transport.kind,
      state: this.#isClosed ? 'closed' : phaseOf(this.#turns),
      startedAt: this.#startedAt,
      ...this.#stats.soFar,
    };
  }

  /** Connects caller and model, then greets. Resolves when both are there or the call is closed; never rejects. */
  async start(): Promise<void> {
    this.#telemetry.record('callStarted', { transport: this.#transport.kind, agent: this.#agent.name });
    const options = this.#agent.session;
    const events = this.#budget.counted(options.systemPrompt, this.#speechEvents());
    const open = () =>
      this.#deps.model.open(options, events, this.#abort.signal).then(
        (session) => ({ kind: 'open', session, texts: this.#budget.countedTexts(session) }) as const,
        (error: unknown) => ({ kind: 'failed', error: BotError.from(error, 'model_stream_broken') }) as const,
      );
    // Both at once: the greeting is heard sooner by the time that one of them takes. Where it rings, most of that is no call.
    const early = this.#transport.isRinging === true ? undefined : open();
    try {
      await this.#transport.start(this.#transportEvents(), this.#abort.signal);
    } catch (error) {
      this.#telemetry.logger.info({ err: error }, 'caller did not connect');
      void early?.then((late) => (late.kind === 'open' ? late.session.close() : undefined));
      return this.close('never-connected');
    }
    this.#stats.connected();
    this.#dispatch({ kind: 'connected' });
    const result = await (early ?? open());
    if (result.kind === 'failed') return this.#onModelLost(result.error);
    if (this.#isOver) return result.session.close();
    this.#session = result.session;
    this.#texts = result.texts;
    this.#early.passTo(result.session);
    this.#deps.admission.begun(this.id);
    this.#length.start();
    this.#agent.ready();
    this.#dispatch({ kind: 'opened' });
  }

  /**
   * Ends the call: says `goodbye` if one is named, then closes model and transport. Idempotent; the first reason
   * stands. Resolves when all is closed, at most about 20 s later; never rejects.
   */
  close(reason: CloseReason, goodbye?: NoticeName): Promise<void> {
    if (this.#isOver) return this.ended;
    this.#length.stop();
    // A model that is listening costs, even if it is silent.
    if (reason === 'budget-spent') void this.#session?.close();
    const canModelSpeak = this.#session !== undefined && reason !== 'model-failed' && reason !== 'budget-spent';
    this.#tools.close(goodbye === undefined || !canModelSpeak);
    try {
      this.#dispatch({ kind: 'close', reason, goodbye, canModelSpeak });
    } catch (error) {
      this.#telemetry.logger.error({ err: error }, 'no goodbye could be said');
      this.#hangUp();
    }
    return this.ended;
  }

  #hangUp(): void {
    const { model } = this.#turns;
    this.#hangingUp ??= this.#shutDown(model.kind === 'closing' ? model.reason : 'internal')
      .catch((error: unknown) => this.#telemetry.logger.error({ err: error }, 'call did not close cleanly'))
      .finally(this.#markEnded);
  }

  async #shutDown(reason: CloseReason): Promise<void> {
    this.#timer.set(undefined);
    this.#waitingSound.stop();
    this.#keys.stop();
    this.#agent.stop();
    this.#voice.close();
    this.#playback.close();
    this.#abort.abort();
    const ends = Promise.allSettled([this.#session?.close(), this.#transport.close(reason)]);
    await endsWithin(this.#deps.clock, CLOSE_WITHIN_MS, ends);
    this.#budget.stop();
    this.#rtvi.close();
    this.#isClosed = true;
    this.#stats.ended(reason);
  }

  #type(text: string, wish: Wish): void {
    this.#tools.callerSaid(text);
    this.#dispatch({ kind: 'typed', text, wish });
  }

  get #isOver(): boolean {
    return this.#turns.model.kind === 'closing';
  }

  #dispatch(event: TurnEvent): void {
    const { state, effects } = reduceTurns(this.#turns, event, this.#deps.clock.nowMs());
    this.#turns = state;
    for (const effect of effects) this.#effects.carryOut(effect);
    this.#timer.set(this.#hangingUp === undefined ? wakeAtMs(this.#turns) : undefined);
    this.#waitingSound.update(state.waiting === 'soft' ? waitsForToolSinceMs(this.#turns) : undefined);
  }

  #transportEvents(): TransportEvents {
    const listeners = guarded<Omit<TransportEvents, 'onAudio'>>(this.#onFault, {
      onMessage: (message) => this.#rtvi.receive(message),
      onLastWords: (words) => {
        this.#type(words, 'aloud');
        this.#dispatch({ kind: 'hang-up-asked', transferTo: undefined });
      },
      onJoined: () => this.#dispatch({ kind: 'context', text: SOMEBODY_JOINED }),
      onLeft: (remaining) => {
        if (remaining === 0) void this.close('caller-left');
      },
      onFailed: (error) => {
        this.#telemetry.logger.warn({ err: error, code: error.code }, 'transport failed');
        void this.close('caller-vanished');
      },
      onMalformed: () => this.#telemetry.record('clientMessageMalformed', {}),
      onMuted: (muted) => {
        this.#voice.mute(muted);
        this.#dispatch({ kind: 'muted', muted });
      },
    });
    return { ...listeners, onAudio: this.#onAudio };
  }

  /** Guarded by itself: it is called fifty times a second. */
  readonly #onAudio = (pcm16k: Int16Array): void => {
    try {
      if (this.#isOver) return;
      this.#rtvi.userSound(pcm16k);
      (this.#session ?? this.#early).sendAudio(pcm16k, this.#voice.push(pcm16k));
    } catch (error) {
      this.#onFault(error, 'onAudio');
    }
  };

  #speechEvents(): SpeechEvents {
    const listeners = guarded<Omit<SpeechEvents, 'hearing'>>(this.#onFault, {
      onAudio: (pcm24k) => this.#dispatch({ kind: 'audio', pcm24k }),
      onTranscript: ({ role, text, stage }) => {
        if (role === 'user') {
          this.#tools.callerSaid(text);
          this.#dispatch({ kind: 'words', text });
        } else if (stage === 'speculative') this.#dispatch({ kind: 'sentence', text });
      },
      onCallerFinished: () => this.#dispatch({ kind: 'caller-finished' }),
      onTurnStarted: () => this.#dispatch({ kind: 'turn-started' }),
      onTurnEnded: (isBroken) => this.#dispatch({ kind: 'turn-ended', isBroken }),
      onInterrupted: (by) => this.#dispatch({ kind: 'interrupted', by }),
      onToolUse: (request) => {
        if (this.#texts === undefined || this.#isOver) return;
        this.#dispatch({ kind: 'tool-used', waiting: this.#tools.waitingFor(request) });
        void this.#tools.handle(request, this.#texts).then(this.#own.onToolAnswered);
      },
      onUsage: (usage) => this.#stats.used(usage),
      onReconnecting: (cause, attempt) => {
        this.#telemetry.record('modelReconnecting', { err: cause, code: cause.code, attempt });
        this.#rtvi.serverMessage({ type: 'notice', text: this.#agent.speaking.texts.shown.reconnecting });
        this.#dispatch({ kind: 'reconnecting' });
      },
      onReconnected: (gapMs) => {
        this.#stats.reconnected(gapMs);
        this.#rtvi.serverMessage({ type: 'notice', text: '' });
        this.#dispatch({ kind: 'reconnected' });
      },
      onAskedAgain: () => this.#dispatch({ kind: 'asked-again' }),
      onRotated: (rotation) => this.#stats.rotated(rotation),
      onHandedOver: (gapMs) => this.#agent.handedOver(gapMs),
      onHandoverFailed: () => this.#agent.handoverFailed(),
      onEnd: (end) => {
        this.#telemetry.record('modelEnded', { end: end.kind === 'closed' ? 'closed' : end.error.code });
        if (end.kind === 'failed') void this.#onModelLost(end.error);
      },
    });
    return { ...listeners, hearing: this.#playback };
  }

  async #onModelLost(error: BotError): Promise<void> {
    if (this.#isOver) return;
    this.#telemetry.record('modelFailed', { err: error, code: error.code });
    this.#rtvi.error(this.#agent.speaking.texts.shown.modelLost, false);
    await this.close('model-failed', 'model-lost');
  }
}
