import { randomUUID } from 'node:crypto';
import { constants } from 'node:http2';
import type { Behaviours } from './behaviours';
import { CallerAudio } from './caller-audio';
import { Conversation } from './conversation';
import { validation, type ServiceException } from './exceptions';
import { usualMessage, type Fault, type FaultTrigger, type PlannedFault } from './faults';
import { Inbox, type Received } from './inbox';
import { decodeBase64, isObject, type InputEvent } from './input';
import { Limits } from './limits';
import { inject } from './inject';
import { OutputEvents, type TokenCounts } from './output';
import { prefixed } from './prefix';
import type { Cassette } from './replay/refill';
import type { Act } from './replay/acts';
import { type Departure, Replay } from './replay/replay';
import { EventRules, type Accepted, type Endpointing, type TextRole, type Violation } from './rules';
import type { SessionOptions } from './session-options';
import { troubleWithHistory } from './trouble';
import { EventLog, type Ended, type FakeSession } from './types';
import { ResponseWire } from './wire';

/** The response headers wait no longer than this for what they wait for, divided by `timeScale`. */
const HEADERS_MS = 20_000;

/** A tick that comes later than this came to a process that stood still. */
const MAX_TICK_MS = 200;

/** What a fault may do to a conversation. */
type Affliction = 'becomeDeaf' | 'becomeStuck' | 'garbleNextToolUse';

/** One stream: takes messages apart, judges them, and drives the conversation. `tick` is called by its server. */
export class Session implements FakeSession {
  readonly id: string;
  readonly modelId: string;
  readonly behaviours: Behaviours;
  readonly openedAtMs: number;
  readonly texts: { role: TextRole; interactive: boolean; text: string }[] = [];
  readonly toolUses: { toolUseId: string; atMs: number; answeredAtMs?: number }[] = [];
  readonly toolResults: { toolUseId: string; content: string }[] = [];
  readonly violations: Violation[] = [];
  readonly faults: Fault[] = [];
  readonly toldOfSpeechAtMs: number[] = [];
  readonly ended: Promise<Ended>;
  voiceId: string | undefined;
  toolNames: readonly string[] = [];
  endedWith: Ended | undefined;
  readonly #o: SessionOptions;
  readonly #wire: ResponseWire;
  readonly #inbox: Inbox;
  readonly #rules: EventRules;
  readonly #limits: Limits;
  readonly #audio = new CallerAudio();
  readonly #in = new EventLog();
  readonly #out = new EventLog();
  readonly #startMs: number;
  #tickedAtMs: number;
  /** The limits' time, which passes while the process does: a client in the same one cannot send while it stands still. */
  #awakeMs = 0;
  #conversation: Conversation | undefined;
  #endpointing: Endpointing = 'HIGH';
  #planned: PlannedFault | undefined;
  readonly #replay: Replay | undefined;
  /** Why it is being ended, from the moment when that is decided. */
  #ending: Ended | undefined;
  /** The planned fault's time has come. */
  #triggered = false;
  readonly #afflictions: Affliction[] = [];
  #settle: (ended: Ended) => void = () => undefined;

  constructor(options: SessionOptions) {
    this.#o = options;
    this.id = options.id;
    this.modelId = options.modelId;
    this.behaviours = options.behaviours;
    this.#startMs = options.nowMs();
    this.#tickedAtMs = this.#startMs;
    this.openedAtMs = performance.timeOrigin + this.#startMs;
    this.#inbox = new Inbox(options.chain, options.epochMs);
    this.#rules = new EventRules(options.behaviours);
    this.#limits = new Limits(0, options.timeScale, options.behaviours);
    this.#wire = new ResponseWire(options.stream, options.socket, options.epochMs);
    this.#planned = options.fault;
    this.#replay = this.#replayOf(options.cassette);
    if (options.behaviours.headers === 'at-once' || options.fault?.when === 'at-open') this.#wire.respond();
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    const { stream } = options;
    stream.on('data', (chunk: Buffer) => this.#guard(() => this.#receive(chunk)));
    stream.on('end', () => this.#guard(() => this.#clientEnded()));
    // A reset is no error here: 'close' always follows and settles what it was.
    stream.on('error', () => undefined);
    stream.on('close', () => this.#closed());
    this.reached('at-open');
  }

  get inputEvents(): EventLog['entries'] {
    return this.#in.entries;
  }

  get outputEvents(): EventLog['entries'] {
    return this.#out.entries;
  }

  get departures(): readonly Departure[] {
    return this.#replay?.departures ?? [];
  }

  get playedTo(): number {
    return this.#replay?.playedTo ?? Infinity;
  }

  get speaking(): boolean {
    return this.#conversation?.speaking ?? false;
  }

  get used(): TokenCounts | undefined {
    return this.#conversation?.used;
  }

  heardPcm16k(): Int16Array {
    return this.#audio.heard.slice();
  }

  /** Moves on to now: speech, limits, faults that wait for a time. */
  tick(nowMs: number): void {
    if (this.#ending !== undefined) return;
    this.#awakeMs += Math.min(nowMs - this.#tickedAtMs, MAX_TICK_MS);
    this.#tickedAtMs = nowMs;
    this.#guard(() => {
      if (this.#planned !== undefined && this.#isDue(this.#planned, nowMs)) this.#inject(this.#planned);
      if (this.#ending !== undefined) return;
      if ((nowMs - this.#startMs) * this.#o.timeScale >= HEADERS_MS) this.#wire.respond();
      this.#replay?.tick(nowMs);
      const exceeded = this.#replay === undefined ? this.#limits.exceeded(this.#awakeMs) : undefined;
      if (exceeded !== undefined) this.#refuse('limit', exceeded);
      else this.#conversation?.tick(nowMs * this.#o.speechScale);
      this.#wire.flush(nowMs);
    });
  }

  /** Ends it because the sandbox closes. */
  close(): void {
    this.#ending ??= { kind: 'sandbox-closed' };
    this.#o.stream.destroy();
  }

  /** Forgets the audio: the session is kept for its log only. */
  forgetAudio(): void {
    this.#audio.heard.clear();
  }

  fail(fault: Fault): void {
    if (this.#ending !== undefined) return;
    this.#o.log({ msg: 'fault', session: this.id, fault: fault.kind });
    inject(fault, {
      wire: this.#wire,
      send: (name, frame) => this.#send(name, frame),
      endBy: (cause) => (this.#ending ??= { kind: 'fault', fault: cause }),
      becomeDeaf: () => this.#affect('becomeDeaf'),
      becomeStuck: () => this.#affect('becomeStuck'),
      garbleNextToolUse: () => this.#affect('garbleNextToolUse'),
    });
    this.faults.push(fault);
  }

  /** Changes the conversation, now or as soon as there is one. */
  #affect(change: Affliction): void {
    if (this.#conversation === undefined) this.#afflictions.push(change);
    else this.#conversation[change]();
  }

  /**
   * A point that a planned fault may wait for. What waits for something to have been sent happens with the next tick,
   * when it has left. @returns false when the session has been ended by the fault.
   */
  reached(trigger: Extract<FaultTrigger, string>): boolean {
    if (this.#planned?.when !== trigger) return this.#ending === undefined;
    if (trigger === 'after-first-event' || trigger === 'during-speech' || trigger === 'on-tool-use')
      this.#triggered = true;
    else this.#inject(this.#planned);
    return this.#ending === undefined;
  }

  #isDue({ when }: PlannedFault, nowMs: number): boolean {
    return typeof when === 'object' ? nowMs - this.#startMs >= when.afterMs : this.#triggered;
  }

  #inject(planned: PlannedFault): void {
    this.#planned = undefined;
    this.fail(planned.fault);
  }

  /** A mistake of the sandbox itself is the service's internal error, and never takes the process down. */
  #guard(work: () => void): void {
    try {
      this.#wire.batch(work);
    } catch (error) {
      this.#o.log({ msg: 'internal error', session: this.id, error: String(error) });
      this.#refuse('internal', { type: 'internalServerException', message: usualMessage('internalServerException') });
    }
  }

  #receive(chunk: Buffer): void {
    for (const received of this.#inbox.push(chunk)) {
      if (this.#ending !== undefined && this.#ending.kind !== 'completed') return;
      this.#judge(received);
    }
  }

  #judge(received: Received): void {
    if (received.kind === 'problem') {
      this.#refuse(received.about, received.exception);
      return;
    }
    const nowMs = this.#o.nowMs();
    this.#in.add(received.event.name, received.bytes, nowMs - this.#startMs);
    if (this.#replay !== undefined) {
      this.#replayInput(this.#replay, received.event, nowMs);
      return;
    }
    const result = this.#rules.check(received.event, nowMs);
    if (result.ok) this.#accept(result.accepted);
    else this.#refuse(result.violation.event, { type: result.type, message: result.violation.message });
  }

  #replayOf(cassette: Cassette | undefined): Replay | undefined {
    if (cassette === undefined) return undefined;
    return new Replay({
      cassette,
      speed: this.#o.speechScale,
      nowMs: this.#startMs,
      send: (name, frame) => this.#send(name, frame),
      refuse: (exception) => this.#refuse('replay', exception),
      breakOff: () => this.fail({ kind: 'tcp-rst' }),
      onAct: (act) => this.#note(act),
      onToolUse: (toolUseId) => this.toolUses.push({ toolUseId, atMs: this.#o.nowMs() }),
      onDeparture: (departure) => this.#o.onDeparture?.(departure),
    });
  }

  /** What is told to a recording was told all the same. */
  #note(act: Act): void {
    if (act.kind === 'text') {
      const { role, interactive, content = '' } = act;
      this.texts.push({ role: role as TextRole, interactive, text: content });
    }
    if (act.kind === 'tool-result') this.#noteResult({ toolUseId: act.toolUseId, content: act.content ?? '' });
  }

  /** A recording judges a client by what it did then, not by the rules. */
  #replayInput(replay: Replay, { name, body }: InputEvent, nowMs: number): void {
    const fields = isObject(body) ? body : {};
    if (name === 'audioInput') {
      const pcm = this.#audio.push(decodeBase64(String(fields['content'])) ?? Buffer.alloc(0));
      this.#o.onHeard?.(this.id, pcm);
      replay.hear(pcm, nowMs);
      return;
    }
    replay.input(name, fields, nowMs);
    if (name === 'promptStart') this.#wire.respond();
    if (name !== 'sessionEnd') return;
    replay.over(nowMs);
    this.#ending ??= { kind: 'completed' };
    this.#wire.finish();
  }

  #accept(accepted: Accepted): void {
    if (!this.#limits.waitsForAudio) this.#limits.input(this.#awakeMs);
    switch (accepted.kind) {
      case 'audio':
        this.#hear(accepted.pcm);
        return;
      case 'session-started':
        this.#endpointing = accepted.endpointing;
        return;
      case 'prompt-started':
        this.#wire.respond();
        this.#startConversation(accepted);
        return;
      case 'audio-opened':
        if (this.texts.some((text) => text.role !== 'SYSTEM')) this.#planned ??= troubleWithHistory(this.behaviours);
        this.#audio.opened(accepted.rateHz);
        this.#limits.audioOpened(this.#awakeMs);
        this.#conversation?.audioOpened();
        return;
      case 'text':
        this.texts.push({ role: accepted.role, interactive: accepted.interactive, text: accepted.text });
        if (!accepted.interactive) return this.#conversation?.read(accepted.role, accepted.text);
        this.#limits.input(this.#awakeMs);
        return this.#conversation?.type(accepted.text);
      case 'tool-result':
        this.#limits.input(this.#awakeMs);
        this.#noteResult(accepted);
        return this.#conversation?.toolResult(accepted.toolUseId, accepted.content);
      case 'session-ended':
        this.#ending ??= { kind: 'completed' };
        this.#wire.finish();
        return;
      case 'prompt-ended':
        this.#conversation?.promptEnded();
        return;
      case 'prepared':
      case 'audio-closed':
        return;
    }
  }

  #noteResult({ toolUseId, content }: { readonly toolUseId: string; readonly content: string }): void {
    this.toolResults.push({ toolUseId, content });
    for (const use of this.toolUses) if (use.toolUseId === toolUseId) use.answeredAtMs ??= this.#o.nowMs();
  }

  #hear(bytes: Buffer): void {
    const pcm = this.#audio.push(bytes);
    this.#o.onHeard?.(this.id, pcm);
    const accepted = this.#conversation?.hear(pcm) ?? true;
    this.#limits.audio(this.#awakeMs, this.#conversation?.callerSpeaks ?? false);
    if (!accepted) this.#violate('audioInput', usualMessage('validationException'));
  }

  #startConversation(prompt: Extract<Accepted, { kind: 'prompt-started' }>): void {
    this.voiceId = prompt.voiceId;
    this.toolNames = prompt.tools.map((tool) => tool.name);
    const { behaviours } = this;
    const ids = { promptName: prompt.promptName, sessionId: randomUUID() };
    const style = { behaviours, rateHz: prompt.outputHz };
    this.#conversation = new Conversation({
      behaviours,
      output: new OutputEvents(ids, (name, frame) => this.#send(name, frame), style),
      outputHz: prompt.outputHz,
      endpointing: this.#endpointing,
      voiceId: prompt.voiceId,
      tools: prompt.tools,
      speech: this.#o.speech,
      recogniser: this.#o.recogniser,
      heard: this.#audio.heard,
      typedAnswerMs: this.#o.typedAnswerMs,
      script: this.#o.script,
      nowMs: () => this.#o.nowMs() * this.#o.speechScale,
      reached: (trigger) => this.reached(trigger),
      toldOfSpeech: () => this.toldOfSpeechAtMs.push(this.#o.nowMs()),
      toolUsed: (toolUseId) => {
        this.toolUses.push({ toolUseId, atMs: this.#o.nowMs() });
        this.#rules.expectToolResult(toolUseId);
      },
      failed: (error) => this.#synthesisFailed(error),
    });
    for (const affliction of this.#afflictions) this.#conversation[affliction]();
  }

  #synthesisFailed(error: unknown): void {
    if (this.#ending !== undefined) return;
    this.#o.log({ msg: 'speech synthesis failed', session: this.id, error: String(error) });
    this.#refuse('speech', { type: 'modelStreamErrorException', message: usualMessage('modelStreamErrorException') });
  }

  #send(name: string, frame: Buffer): void {
    if (this.#ending !== undefined) return;
    const nowMs = this.#o.nowMs();
    if (!this.#wire.muted) this.#out.add(name, frame.length, nowMs - this.#startMs);
    this.#wire.write(frame, nowMs);
    if (this.#planned?.when === 'after-first-event' && name !== 'usageEvent') this.reached('after-first-event');
  }

  #violate(event: string, message: string): void {
    this.#refuse(event, validation(message));
  }

  #refuse(event: string, exception: ServiceException): void {
    this.violations.push({ event, message: exception.message });
    this.#o.log({ msg: 'refused', session: this.id, event, type: exception.type, reason: exception.message });
    this.#ending ??= { kind: 'refused', type: exception.type, message: exception.message };
    this.#wire.refuse({ ...exception, message: prefixed(exception.message, this.behaviours.prefix) });
  }

  #clientEnded(): void {
    // A reset stream "ends" as well; its 'close' follows.
    if (this.#o.stream.aborted || this.#o.stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
    const over = this.#ending !== undefined && this.#ending.kind !== 'completed';
    if (this.#inbox.incomplete !== undefined && (this.#inbox.cutOff || !over)) {
      this.#violate('message', this.#inbox.incomplete);
      return;
    }
    if (over) return;
    this.#ending ??= { kind: 'client-ended' };
    this.#wire.finish();
  }

  #closed(): void {
    this.#ending ??= { kind: 'client-gone' };
    if (this.endedWith !== undefined) return;
    if (this.#ending.kind === 'client-ended' || this.#ending.kind === 'client-gone')
      this.#replay?.over(this.#o.nowMs());
    this.endedWith = this.#ending;
    this.#o.log({ msg: 'session ended', session: this.id, ended: this.#ending.kind });
    this.#settle(this.#ending);
  }
}
