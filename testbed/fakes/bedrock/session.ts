import { randomUUID } from 'node:crypto';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { Conversation } from './conversation';
import { TEXTS, validation, type ServiceException } from './exceptions';
import { usualMessage, type Fault, type FaultTrigger, type PlannedFault } from './faults';
import { FrameReader, FramingError, decodeFrame, type Frame } from './framing';
import { HeardAudio } from './heard';
import { parseChunk } from './input';
import { Limits } from './limits';
import { inject } from './inject';
import { OutputEvents } from './output';
import type { Recogniser } from './recogniser';
import { EventRules, type Accepted, type Endpointing, type TextRole, type Violation } from './rules';
import type { ChunkChain } from './sigv4';
import type { SpeechCache } from './speech-cache';
import { EventLog, type Ended, type FakeSession } from './types';
import { ResponseWire } from './wire';

export interface SessionOptions {
  readonly id: string;
  readonly modelId: string;
  readonly stream: ServerHttp2Stream;
  readonly socket: Socket;
  readonly chain: ChunkChain;
  readonly speech: SpeechCache;
  readonly recogniser: Recogniser;
  readonly timeScale: number;
  readonly fault: PlannedFault | undefined;
  readonly onHeard: ((sessionId: string, pcm16k: Int16Array) => void) | undefined;
  readonly nowMs: () => number;
  readonly log: (line: Record<string, unknown>) => void;
}

/** What a fault may do to a conversation. */
type Affliction = 'becomeDeaf' | 'becomeStuck' | 'garbleNextToolUse';

/** One stream: takes messages apart, judges them, and drives the conversation. `tick` is called by its server. */
export class Session implements FakeSession {
  readonly id: string;
  readonly modelId: string;
  readonly openedAtMs: number;
  readonly texts: { role: TextRole; interactive: boolean; text: string }[] = [];
  readonly toolUses: { toolUseId: string }[] = [];
  readonly toolResults: { toolUseId: string; content: string }[] = [];
  readonly violations: Violation[] = [];
  readonly faults: Fault[] = [];
  readonly ended: Promise<Ended>;
  voiceId: string | undefined;
  toolNames: readonly string[] = [];
  endedWith: Ended | undefined;
  readonly #o: SessionOptions;
  readonly #wire: ResponseWire;
  readonly #reader = new FrameReader();
  readonly #rules = new EventRules();
  readonly #limits: Limits;
  readonly #heard = new HeardAudio();
  readonly #in = new EventLog();
  readonly #out = new EventLog();
  readonly #startMs: number;
  #conversation: Conversation | undefined;
  #endpointing: Endpointing = 'HIGH';
  #planned: PlannedFault | undefined;
  /** Why it is being ended, from the moment when that is decided. */
  #ending: Ended | undefined;
  /** The planned fault's time has come. */
  #triggered = false;
  readonly #afflictions: Affliction[] = [];
  #requestEnded = false;
  #settle: (ended: Ended) => void = () => undefined;

  constructor(options: SessionOptions) {
    this.#o = options;
    this.id = options.id;
    this.modelId = options.modelId;
    this.#startMs = options.nowMs();
    this.openedAtMs = performance.timeOrigin + this.#startMs;
    this.#limits = new Limits(this.#startMs, options.timeScale);
    this.#wire = new ResponseWire(options.stream, options.socket);
    this.#planned = options.fault;
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

  get speaking(): boolean {
    return this.#conversation?.speaking ?? false;
  }

  heardPcm16k(): Int16Array {
    return this.#heard.slice();
  }

  /** Moves on to now: speech, limits, faults that wait for a time. */
  tick(nowMs: number): void {
    if (this.#ending !== undefined) return;
    this.#guard(() => {
      if (this.#planned !== undefined && this.#isDue(this.#planned, nowMs)) this.#inject(this.#planned);
      if (this.#ending !== undefined) return;
      const exceeded = this.#limits.exceeded(nowMs);
      if (exceeded !== undefined) this.#refuse('limit', exceeded);
      else this.#conversation?.tick(nowMs);
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
    this.#heard.clear();
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
    try {
      for (const frame of this.#reader.push(chunk)) {
        if (this.#ending !== undefined && this.#ending.kind !== 'completed') return;
        this.#message(frame);
      }
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#violate('message', error.message);
    }
  }

  #message(frame: Frame): void {
    const problem = this.#o.chain.verify(frame, Date.now());
    if (problem !== undefined) {
      this.#refuse('signature', {
        type: 'InvalidSignatureException',
        message: `${TEXTS.invalidSignature} (${problem})`,
      });
      return;
    }
    if (this.#requestEnded) {
      this.#violate('message', 'Message after the empty last message');
      return;
    }
    if (frame.body.length === 0) {
      this.#requestEnded = true;
      return;
    }
    const inner = decodeFrame(frame.body);
    const type = inner.headers.get(':event-type')?.value;
    if (inner.headers.get(':message-type')?.value !== 'event' || type !== 'chunk') {
      this.#violate('message', 'Expected an event message of type chunk');
      return;
    }
    const parsed = parseChunk(inner.body);
    if (!parsed.ok) {
      this.#violate('chunk', parsed.message);
      return;
    }
    const nowMs = this.#o.nowMs();
    this.#in.add(parsed.event.name, inner.body.length, nowMs - this.#startMs);
    const result = this.#rules.check(parsed.event);
    if (!result.ok) {
      this.#violate(result.violation.event, result.violation.message);
      return;
    }
    this.#accept(result.accepted, nowMs);
  }

  #accept(accepted: Accepted, nowMs: number): void {
    if (!this.#limits.waitsForAudio) this.#limits.input(nowMs);
    switch (accepted.kind) {
      case 'audio':
        this.#limits.input(nowMs);
        this.#hear(accepted.pcm);
        return;
      case 'session-started':
        this.#endpointing = accepted.endpointing;
        return;
      case 'prompt-started': {
        this.#startConversation(accepted);
        return;
      }
      case 'audio-opened': {
        this.#limits.audioOpened(nowMs);
        return;
      }
      case 'text':
        this.texts.push({ role: accepted.role, interactive: accepted.interactive, text: accepted.text });
        if (!accepted.interactive) return this.#conversation?.read(accepted.role, accepted.text);
        this.#limits.input(nowMs);
        return this.#conversation?.type(accepted.text);
      case 'tool-result':
        this.#limits.input(nowMs);
        this.toolResults.push({ toolUseId: accepted.toolUseId, content: accepted.content });
        return this.#conversation?.toolResult(accepted.toolUseId, accepted.content);
      case 'session-ended':
        this.#ending ??= { kind: 'completed' };
        {
          this.#wire.finish();
          return;
        }
      case 'prepared':
      case 'audio-closed':
      case 'prompt-ended':
        return;
    }
  }

  #hear(bytes: Buffer): void {
    const pcm = this.#heard.push(bytes);
    this.#o.onHeard?.(this.id, pcm);
    this.#conversation?.hear(pcm);
  }

  #startConversation(prompt: Extract<Accepted, { kind: 'prompt-started' }>): void {
    this.voiceId = prompt.voiceId;
    this.toolNames = prompt.tools.map((tool) => tool.name);
    this.#conversation = new Conversation({
      output: new OutputEvents({ promptName: prompt.promptName, sessionId: randomUUID() }, (name, frame) =>
        this.#send(name, frame),
      ),
      endpointing: this.#endpointing,
      voiceId: prompt.voiceId,
      tools: prompt.tools,
      speech: this.#o.speech,
      recogniser: this.#o.recogniser,
      heard: this.#heard,
      nowMs: this.#o.nowMs,
      reached: (trigger) => this.reached(trigger),
      toolUsed: (toolUseId) => {
        this.toolUses.push({ toolUseId });
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
    if (this.#planned?.when === 'after-first-event') this.reached('after-first-event');
  }

  #violate(event: string, message: string): void {
    this.#refuse(event, validation(message));
  }

  #refuse(event: string, exception: ServiceException): void {
    this.violations.push({ event, message: exception.message });
    this.#o.log({ msg: 'refused', session: this.id, event, type: exception.type, reason: exception.message });
    this.#ending ??= { kind: 'refused', type: exception.type, message: exception.message };
    this.#wire.refuse(exception);
  }

  #clientEnded(): void {
    // A reset stream "ends" as well; its 'close' follows.
    if (this.#o.stream.aborted || this.#o.stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
    if (this.#reader.pendingBytes > 0) {
      this.#violate('message', 'The request ended within a message');
      return;
    }
    if (this.#ending !== undefined && this.#ending.kind !== 'completed') return;
    if (!this.#requestEnded) {
      this.#violate('message', 'The request ended without its empty last message');
      return;
    }
    this.#ending ??= { kind: 'client-ended' };
    this.#wire.finish();
  }

  #closed(): void {
    this.#ending ??= { kind: 'client-gone' };
    if (this.endedWith !== undefined) return;
    this.endedWith = this.#ending;
    this.#o.log({ msg: 'session ended', session: this.id, ended: this.#ending.kind });
    this.#settle(this.#ending);
  }
}
