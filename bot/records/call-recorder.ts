import {
  type CallRecord,
  type ConsentOutcome,
  recordKey,
  type RecordLevel,
  type RecordsRule,
} from '../../contract/call-record';
import type { Redactor } from '../../contract/redactor';
import type { CallEventName, EventFields } from '../../contract/telemetry/catalogue';
import type { CallTelemetry, Logger, SpanAttributes } from '../telemetry';
import type { Clock, Timer } from '../time';
import { CallPrivacy } from './call-privacy';
import { type CallEvent, collect, NOTHING_COLLECTED, type ToolContent } from './collect';
import type { Said } from './collected';
import { composeRecord } from './compose-record';
import type { CallFigures } from './record-figures';
import { RecordingIntake } from './recording-intake';
import { SpanContent, toolAttributes } from './span-content';
import type { RecordWriter } from './writer';

/** What is known of a call before anything is said in it. */
export interface RecordedCall {
  readonly callId: string;
  readonly agent: { readonly name: string; readonly language: string; readonly records: Required<RecordsRule> };
  readonly transport: string;
  /** A pseudonym. */
  readonly caller: string | undefined;
  readonly startedAt: string;
  /** Its numbers so far. */
  readonly figures: () => CallFigures;
}

interface CallRecorderOptions {
  readonly call: RecordedCall;
  readonly writer: RecordWriter;
  readonly intake: Omit<ConstructorParameters<typeof RecordingIntake>[0], 'call' | 'writer'>;
  readonly clock: Clock;
  /** Its version, and the model's name. */
  readonly about: Pick<CallRecord, 'bot' | 'model'>;
  readonly flushEveryMs: number;
  readonly redactor: Pick<Redactor, 'clean'>;
  readonly tracesContent: boolean;
  readonly logger: Logger;
  readonly onEnded: (record: CallRecord) => void;
}

/** What is told of something said, but for what this knows itself. */
type SaidOfBot = Omit<Said & { readonly by: 'bot' }, 'by' | 'isSecret' | 'text'> & { readonly text: string };

/**
 * Keeps what the call shows of itself, as much as its level says, and has it written: every 30 s, and at its end. Nothing
 * in it waits, and words that the level does not keep are not even held in memory.
 */
export class CallRecorder {
  readonly #o: CallRecorderOptions;
  readonly #startedMs: number;
  readonly #privacy: CallPrivacy;
  #collected = NOTHING_COLLECTED;
  #agent: string;
  /** Of the tool's call that is recorded next; undefined: it cannot be kept. */
  #toolContent: ToolContent | undefined = {};
  /** Undefined where spans have no words. */
  readonly #spans: SpanContent | undefined;
  #intake: RecordingIntake | undefined;
  #sequence = 0;
  #timer: Timer | undefined;
  #isEnded = false;

  constructor(options: CallRecorderOptions) {
    this.#o = options;
    const { agent } = options.call;
    this.#startedMs = options.clock.nowMs();
    this.#privacy = new CallPrivacy(agent.records);
    this.#agent = agent.name;
    this.#spans = options.tracesContent ? new SpanContent() : undefined;
    this.#flushLater();
  }

  /** In force now: what the caller was not told of, or does not want any more, is not kept. */
  get level(): RecordLevel {
    return this.#privacy.level;
  }

  /** What callers have to do with it, by the agent that answered. */
  get consent(): CallRecord['consent'] {
    return this.#privacy.consent;
  }

  /** The caller enters a secret: what they say or press meanwhile is not kept. */
  get isSecretAsked(): boolean {
    return this.#privacy.isSecret(this.#nowMs());
  }

  /** Where the call's recording goes. Whoever makes it asks `level` and `isSecretAsked` for each piece of sound. */
  get recording(): RecordingIntake {
    const { writer, intake } = this.#o;
    return (this.#intake ??= new RecordingIntake({ ...intake, writer, call: this.#name }));
  }

  /** The same telemetry, of which this takes what belongs into the record. */
  listening(telemetry: CallTelemetry): CallTelemetry {
    return {
      logger: telemetry.logger,
      record: (event, fields, level) => {
        const ofTool = event === 'toolCall' ? this.#toolContent : {};
        // First, so that whoever is told that the call is over can be told what is kept of it.
        this.#safely(() => this.#onRecorded(event, fields));
        telemetry.record(event, fields, level, this.#contentOf(event, ofTool));
      },
    };
  }

  /** The caller was told, or has answered, or has had it stopped. */
  consentIs(outcome: ConsentOutcome): void {
    this.#privacy.consentIs(outcome, this.#nowMs());
  }

  /** Another agent has the call: where it keeps less, less is kept from now on. */
  handedTo({ name, records }: { readonly name: string; readonly records: Required<RecordsRule> }): void {
    this.#agent = name;
    this.#privacy.handedTo(records);
  }

  /** @param isAsked whether the caller is to enter a secret */
  secretAsked(isAsked: boolean): void {
    this.#privacy.secretAsked(isAsked, this.#nowMs());
  }

  /** This was heard of the bot, or shown to the caller; times on the call's clock. */
  botSaid({ text, startMs, endMs, ...said }: Omit<SaidOfBot, 'agent'>): void {
    const times = { startMs: startMs - this.#startedMs, endMs: endMs - this.#startedMs };
    const kept = this.#privacy.keepsWords ? this.#o.redactor.clean(text) : undefined;
    this.#said({ by: 'bot', agent: this.#agent, ...said, ...times, text: kept, isSecret: false });
  }

  /** The caller said, typed or pressed this. */
  callerSaid(text: string, via: 'voice' | 'text' | 'keys'): void {
    const atMs = this.#nowMs();
    // Spoken words are known some time after they were said.
    const fromMs = via === 'voice' ? (this.#collected.voice?.startMs ?? atMs) : atMs;
    const isSecret = this.#privacy.isSecret(fromMs);
    const isKept = !isSecret && this.#privacy.keepsWordsFrom(fromMs);
    this.#said({ by: 'caller', via, atMs, text: isKept ? this.#o.redactor.clean(text) : undefined, isSecret });
  }

  /** The caller's voice is there, or is not any more since `atMs` on the call's clock. */
  callerVoice(isHeard: boolean, atMs: number): void {
    this.#collect({ kind: 'voice', isHeard, atMs: Math.max(0, atMs - this.#startedMs) });
  }

  /** @param sinceMs when the caller began to wait for the bot, on the call's clock; undefined: they do not wait */
  waits(sinceMs: number | undefined, isForTool: boolean): void {
    const atMs = this.#nowMs();
    const startMs = sinceMs === undefined ? undefined : Math.max(0, sinceMs - this.#startedMs);
    this.#collect({ kind: 'waits', startMs, isForTool, atMs });
  }

  /** What a tool was asked and answered, without what is private; the tool's call is recorded next. */
  toolContent(content: () => ToolContent): void {
    if (this.#privacy.keepsToolContent) this.#toolContent = cleaned(content, this.#o.redactor);
  }

  #onRecorded<E extends CallEventName>(event: E, fields: EventFields<E>): void {
    // The compiler does not see that a union of pairs is made pair by pair.
    const seen = { kind: 'recorded', event, fields, atMs: this.#nowMs() } as CallEvent & { readonly kind: 'recorded' };
    if (seen.event === 'toolCall') {
      const content = this.#toolContent;
      this.#toolContent = {};
      this.#collect({ kind: 'tool', fields: seen.fields, agent: this.#agent, content, atMs: seen.atMs });
    } else if (seen.event === 'callEnded' && !this.#isEnded) this.#end(seen.fields.reason);
    else this.#collect(seen);
  }

  #contentOf(event: CallEventName, ofTool: ToolContent | undefined): SpanAttributes | undefined {
    if (this.#spans === undefined) return undefined;
    if (event === 'toolCall') return toolAttributes(ofTool ?? {});
    return event === 'turnEnded' || event === 'callEnded' ? this.#spans.take() : undefined;
  }

  #said(said: Said): void {
    if (this.#isEnded) return;
    this.#spans?.said(said);
    this.#collect({ kind: 'said', said });
  }

  #collect(event: CallEvent): void {
    if (this.#isEnded) return;
    this.#safely(() => (this.#collected = collect(this.#collected, event)));
  }

  /** A mistake in what is kept of a call ends that, and not the call. */
  #safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#isEnded = true;
      this.#timer?.cancel();
      this.#o.logger.error({ err: error, callId: this.#o.call.callId }, 'call record broken off');
    }
  }

  #end(reason: string): void {
    this.#timer?.cancel();
    this.waits(undefined, false);
    this.#isEnded = true;
    const record = this.#record(reason);
    this.#write(record);
    this.#o.onEnded(record);
  }

  #flushLater(): void {
    this.#timer = this.#o.clock.after(this.#o.flushEveryMs, () => {
      this.#flushLater();
      this.#safely(() => this.#write(this.#record()));
    });
  }

  #write(record: CallRecord): void {
    const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
    this.#o.writer.write({ key: recordKey(this.#name), bytes, isBulk: false });
  }

  #record(reason?: string): CallRecord {
    const { call, clock, about } = this.#o;
    this.#sequence += 1;
    return composeRecord({
      name: this.#name,
      about: { ...about, language: call.agent.language, transport: call.transport },
      caller: call.caller,
      sequence: this.#sequence,
      reason,
      durationMs: Math.round(this.#nowMs()),
      writtenEpochMs: clock.epochMs(),
      privacy: this.#privacy,
      collected: this.#collected,
      figures: call.figures(),
      recording: this.#intake,
    });
  }

  get #name(): { callId: string; agent: string; startedAt: string } {
    const { callId, agent, startedAt } = this.#o.call;
    return { callId, agent: agent.name, startedAt };
  }

  #nowMs(): number {
    return this.#o.clock.nowMs() - this.#startedMs;
  }
}

/** Without the process's secrets. Undefined for what is no JSON then, such as a number that a secret is part of, or lists too deep. */
function cleaned(content: () => ToolContent, redactor: Pick<Redactor, 'clean'>): ToolContent | undefined {
  try {
    return JSON.parse(redactor.clean(JSON.stringify(content()))) as ToolContent;
  } catch {
    return undefined;
  }
}
