import type { NoticeName } from '../../contract/languages/speech-texts';
import type { CallAgent } from '../agents';
import { BotError } from '../errors';
import type { CallRecorder } from '../records';
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
import { clientHandlers } from './client-handlers';
import { DueTimer } from './due-timer';
import { EarlyAudio } from './early-audio';
import { guarded } from './guarded';
import { listenedTo } from './listened-to';
import { modelListeners } from './model-listeners';
import { Playback, type PlaybackEvents } from './playback';
import { PressedKeys } from './pressed-keys';
import { RecordingInCall } from './recording-in-call';
import { ToolCalls } from './tool-calls';
import { transportListeners } from './transport-listeners';
import { duckedBy } from './ducker';
import { voiceListeners } from './voice-listeners';
import { WaitingSound } from './waiting-sound';
import { TurnEffects } from './turns/effects';
import {
  initialTurns,
  phaseOf,
  waitsForToolSinceMs,
  waitsSinceMs,
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
  /** Undefined where nothing is kept of the call. */
  readonly #record: CallRecorder | undefined;
  readonly #recording: RecordingInCall;
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

  /** @param caller who calls, where that is known: never logged, and kept as a pseudonym */
  constructor(id: string, transport: CallTransport, deps: CallDeps, agent: CallAgent, caller?: string) {
    this.id = id;
    this.#deps = deps;
    this.#transport = transport;
    const { clock, ticker, settings } = deps;
    this.#startedAt = new Date(clock.epochMs()).toISOString();
    const record = deps.records?.call({
      callId: id,
      agent,
      transport: transport.kind,
      caller,
      startedAt: this.#startedAt,
      figures: () => this.#stats.figures,
    });
    this.#record = record;
    const recorded = deps.telemetry.forCall(id, transport.kind, { agent: agent.name, model: deps.modelId });
    const telemetry = record?.listening(recorded) ?? recorded;
    this.#telemetry = telemetry;
    this.#turns = initialTurns(agent.limits.userAbsentMs, settings.waiting);
    this.#timer = new DueTimer(clock, this.#own.onTime);
    const stats = new CallStats({ clock, telemetry, prices: deps.prices });
    const dispatch = (event: TurnEvent): void => this.#dispatch(event);
    const rtvi = new RtviSession({
      send: (message) => transport.send(message),
      clock,
      typedText: settings.typedText,
      onMalformed: () => telemetry.record('clientMessageMalformed', {}),
      handlers: clientHandlers({
        dispatch,
        type: (text, wish) => this.#type(text, wish),
        press: (keys) => this.#keys.press(keys),
        close: (reason) => void this.close(reason),
        record,
        recording: () => this.#recording,
      }),
    });
    this.#stats = stats;
    this.#rtvi = rtvi;
    this.#recording = new RecordingInCall({
      record,
      agent: () => this.#agent.speaking,
      playNotice: (name, onHeard) => this.#effects.playNotice(name, onHeard),
      rtvi,
      telemetry,
      clock,
      ticker,
    });
    this.#keys = new PressedKeys({
      clock,
      type: (words) => this.#type(words, 'aloud'),
      keep: (name, digits) => this.#tools.keep(name, digits),
      record,
    });
    this.#voice = new CallerVoice({
      clock,
      ticker,
      events: guarded(this.#onFault, voiceListeners({ clock, rtvi, record, dispatch, session: () => this.#session })),
    });
    this.#playback = new Playback({
      transport: listenedTo(this.#recording.output(transport), (pcm24k) => rtvi.botSound(pcm24k)),
      ticker,
      clock,
      loudness: settings.isDucking ? duckedBy(this.#voice, clock) : undefined,
      events: guarded<PlaybackEvents>(this.#onFault, {
        onAudible: (sound) => this.#dispatch({ kind: 'audible', sound, voicedAtMs: this.#voice.voicedAtMs }),
        onStarved: () => this.#dispatch({ kind: 'starved' }),
        onDrained: () => {
          this.#dispatch({ kind: 'drained' });
          if (!this.#isOver) this.#recording.botSilent();
        },
        onUnderrun: (gapMs) => stats.glitched(gapMs),
        onOverflow: (droppedMs) => stats.overflowed(droppedMs),
        onSegment: (segment) => rtvi.botOutput(segment),
        onError: (error) => telemetry.logger.error({ err: error }, 'playout did not flush'),
        onHeard: (text) => {
          this.#session?.heard(text);
          this.#tools.botHeard(text);
          this.#recording.botHeard(text);
        },
        onSaid: (said) => record?.botSaid(said),
      }),
    });
    this.#effects = new TurnEffects({
      clock,
      playback: this.#playback,
      rtvi,
      stats,
      telemetry,
      record,
      modelId: deps.modelId,
      agent: () => this.#agent.speaking,
      greetingPrompt: () => this.#recording.greetingPrompt,
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
        stopRecording: () => this.#recording.stopRecording(),
      },
      tools: () => this.#tools,
      texts: () => this.#texts,
      close: (reason) => void this.close(reason),
      stats,
      rtvi,
      telemetry,
      record,
    });
    this.#tools = new ToolCalls({
      runner: this.#agent.runner,
      rtvi,
      stats,
      record,
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
    this.#recording.tell();
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
    const ends = Promise.allSettled([this.#session?.close(), this.#transport.close(reason), this.#recording.stop()]);
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
    this.#record?.waits(waitsSinceMs(this.#turns), this.#turns.tools > 0);
  }

  #transportEvents(): TransportEvents {
    const listeners = transportListeners({
      dispatch: (event) => this.#dispatch(event),
      type: (words) => this.#type(words, 'aloud'),
      close: (reason) => void this.close(reason),
      rtvi: this.#rtvi,
      voice: this.#voice,
      telemetry: this.#telemetry,
    });
    return { ...guarded(this.#onFault, listeners), onAudio: this.#onAudio };
  }

  /** Guarded by itself: it is called fifty times a second. */
  readonly #onAudio = (pcm16k: Int16Array): void => {
    try {
      this.#recording.callerHeard(pcm16k);
      if (this.#isOver) return;
      this.#rtvi.userSound(pcm16k);
      (this.#session ?? this.#early).sendAudio(pcm16k, this.#voice.push(pcm16k));
    } catch (error) {
      this.#onFault(error, 'onAudio');
    }
  };

  #speechEvents(): SpeechEvents {
    const listeners = modelListeners({
      dispatch: (event) => this.#dispatch(event),
      tools: this.#tools,
      keys: this.#keys,
      agent: this.#agent,
      stats: this.#stats,
      rtvi: this.#rtvi,
      telemetry: this.#telemetry,
      record: this.#record,
      recording: this.#recording,
      texts: () => (this.#isOver ? undefined : this.#texts),
      onToolAnswered: this.#own.onToolAnswered,
      onLost: (error) => void this.#onModelLost(error),
    });
    return { ...guarded(this.#onFault, listeners), hearing: this.#playback };
  }

  async #onModelLost(error: BotError): Promise<void> {
    if (this.#isOver) return;
    this.#telemetry.record('modelFailed', { err: error, code: error.code });
    this.#rtvi.error(this.#agent.speaking.texts.shown.modelLost, false);
    await this.close('model-failed', 'model-lost');
  }
}
