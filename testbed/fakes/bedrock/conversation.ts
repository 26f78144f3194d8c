import { randomUUID } from 'node:crypto';
import { Answers, type AnswersOptions } from './answers';
import { cutBySpeech, cutByTyping, type Cut } from './cut';
import type { FaultTrigger } from './faults';
import { Listener, type ListenerOptions } from './listener';
import { PACES, type Pace } from './pace';
import { answerToolResult, type Reply } from './responder';
import type { Endpointing, TextRole } from './rules';
import type { ModelScript } from './script';
import type { Speaker } from './speaker';
import { encodeArguments } from './tool-arguments';
import { ToolUses } from './tool-uses';
import { TypedGate } from './typed-gate';
import type { TokenCounts } from './output';
import { UsageMeter } from './usage';
import { UsageReports } from './usage-reports';
import { saidByUser } from './user-text';
import { VoiceActivity, type VoiceEvent } from './vad';
import { sayNothing } from './wordless';

/** Said while a tool runs, where a filler is. */
const FILLER = ['One moment, please.'];

/** What a conversation needs from the session around it. */
export interface ConversationOptions extends AnswersOptions, ListenerOptions {
  readonly endpointing: Endpointing;
  readonly nowMs: () => number;
  /** From typed text to the first audio of its answer, where that is not the pace's. */
  readonly typedAnswerMs: ((text: string) => number | undefined) | undefined;
  readonly script: () => ModelScript | undefined;
  /** Something happened that a fault may wait for. @returns false when the conversation must not go on. */
  reached(trigger: Extract<FaultTrigger, string>): boolean;
  /** The client has been sent a sign that the caller speaks, or has spoken. */
  toldOfSpeech(): void;
  /** A tool use goes out: its result will be accepted. */
  toolUsed(toolUseId: string): void;
}

type Turn =
  | { readonly kind: 'listening' }
  /** The answer is known and will be begun. */
  | { readonly kind: 'thinking'; readonly untilMs: number; readonly reply: Reply }
  | { readonly kind: 'awaiting-tool'; readonly toolUseIds: Set<string> }
  | { readonly kind: 'speaking'; readonly speaker: Speaker };

const LISTENING: Turn = { kind: 'listening' };

/** Who speaks when: turns, barge-in, tools. Events go out through `output`; time comes in through `tick`. */
export class Conversation {
  readonly #o: ConversationOptions;
  readonly #pace: Pace;
  readonly #voice: VoiceActivity;
  readonly #usage = new UsageMeter();
  readonly #reports: UsageReports;
  readonly #answers: Answers;
  readonly #listener: Listener;
  readonly #typed: TypedGate;
  readonly #tools: ToolUses;
  #turn: Turn = LISTENING;
  /** What the caller says just now is no turn. */
  #ignores = false;
  /** What interrupts the answer, and when: the caller has begun to speak. */
  #cutDue: { readonly atMs: number; readonly cut: Cut } | undefined;
  /** The utterance that is being heard is told of only by its words. */
  #untold = false;
  /** Said after what is being said: answers of tools whose turn is over. */
  #later: (readonly string[])[] = [];
  #deaf = false;

  constructor(options: ConversationOptions) {
    const { behaviours, output } = options;
    this.#o = options;
    this.#pace = PACES[behaviours.pace];
    this.#voice = new VoiceActivity({ endpointMs: this.#pace.endpointMs[options.endpointing] });
    this.#reports = new UsageReports(output, this.#usage, behaviours.usage, options.nowMs());
    this.#answers = new Answers(options, this.#usage);
    this.#listener = new Listener(options);
    this.#typed = new TypedGate(behaviours.typedUnfed);
    this.#tools = new ToolUses(behaviours, this.#pace.toolPatienceMs);
  }

  /** True while it speaks, or would still be heard speaking. */
  get speaking(): boolean {
    return this.#turn.kind === 'speaking';
  }

  /** What there is to bill, reported or not. */
  get used(): TokenCounts {
    return this.#usage.total;
  }

  /** True between the onset of the caller's speech and the end of it. */
  get callerSpeaks(): boolean {
    return this.#voice.speaking;
  }

  /** Reacts to nothing from now on; what is being said is said to its end. */
  becomeDeaf(): void {
    this.#deaf = true;
  }

  /** Never ends what it says now or, when silent, next. */
  becomeStuck(): void {
    if (this.#turn.kind === 'speaking') this.#turn.speaker.stuck = true;
    else this.#answers.stickNext();
  }

  /** Asks for the next tool with arguments that are not JSON. */
  garbleNextToolUse(): void {
    this.#tools.garbleNext();
  }

  audioOpened(): void {
    this.#typed.opened();
  }

  /** Audio that the caller has said (or silence), 16 kHz; also kept in `heard`. @returns false when it is refused. */
  hear(pcm: Int16Array): boolean {
    const ms = pcm.length / 16;
    if (!this.#tools.heard(ms)) return false;
    const noticed = this.#typed.fed(ms);
    if (noticed !== undefined) this.#answerTyped(noticed);
    const events = this.#voice.push(pcm);
    const counts = this.#o.behaviours.usage === 'per-turn' || this.#voice.speaking || events.length > 0;
    if (counts) this.#usage.heardSpeech(pcm.length);
    this.#answers.finals.input(this.#o.nowMs());
    for (const event of events) {
      if (this.#deaf) return true;
      if (event.kind === 'started') this.#speechStarted(event.startSample);
      else this.#speechEnded(event);
    }
    return true;
  }

  /** Text that the caller has typed. */
  type(text: string): void {
    this.#usage.readText(text);
    this.#answers.finals.input(this.#o.nowMs());
    if (this.#typed.admits(text)) this.#answerTyped(text);
  }

  /** Text that only sets the scene, prompt or history: it costs tokens, and is remembered. */
  read(role: TextRole, text: string): void {
    this.#usage.readText(text);
    this.#listener.read(role, text);
  }

  toolResult(toolUseId: string, content: string): void {
    this.#usage.readText(content);
    this.#listener.toolResult(content);
    const again = this.#tools.answered(toolUseId);
    if (this.#deaf || !this.#o.reached('on-tool-result')) return;
    const awaited = this.#turn.kind === 'awaiting-tool' && this.#turn.toolUseIds.delete(toolUseId);
    // The others of those that were asked for together are waited for.
    if (this.#turn.kind === 'awaiting-tool' && awaited && this.#turn.toolUseIds.size > 0) return;
    if (awaited && again !== undefined) {
      this.#useTool(again);
      return;
    }
    const scripted = awaited ? this.#o.script()?.toolAnswered(content) : undefined;
    const sentences = answerToolResult(content);
    const toolResultMs = this.#pace.thinkMs.toolResult;
    if (scripted !== undefined) this.#think(scripted.reply, scripted.afterMs ?? toolResultMs);
    else if (awaited) this.#think({ kind: 'say', sentences }, toolResultMs);
    else this.#later.push(sentences);
  }

  /** No more will come from the client: the completion that spans the session ends. */
  promptEnded(): void {
    if (this.#o.behaviours.completion === 'session') this.#o.output.completionEnd('END_TURN');
  }

  /** Moves on to now: sends what is due. */
  tick(nowMs: number): void {
    this.#reports.tick(nowMs, this.#deaf);
    if (this.#cutDue !== undefined && this.#cutDue.atMs <= nowMs) this.#carryOutCut();
    if (this.#tools.abandoned(nowMs) && this.#turn.kind === 'awaiting-tool') this.#endWithoutWords();
    if (this.#turn.kind === 'listening') this.#sayWhatWaits();
    if (this.#turn.kind === 'thinking' && this.#turn.untilMs <= nowMs && !this.#voice.speaking)
      this.#carryOut(this.#turn.reply);
    if (this.#turn.kind === 'speaking') this.#speak(this.#turn.speaker, nowMs);
    else this.#answers.tick(nowMs);
  }

  #speak(speaker: Speaker, nowMs: number): void {
    const done = speaker.tick(nowMs);
    if (speaker.sending && !this.#o.reached('during-speech')) return;
    if (done) this.#endTurn('END_TURN');
  }

  #sayWhatWaits(): void {
    const sentences = this.#voice.speaking ? undefined : this.#later.shift();
    if (sentences === undefined) return;
    this.#beginTurn();
    this.#think({ kind: 'say', sentences }, this.#pace.thinkMs.toolResult);
  }

  #speechStarted(startSample: number): void {
    this.#ignores = this.#o.script()?.ignores?.() ?? false;
    if (this.#ignores) return;
    const nowMs = this.#o.nowMs();
    const { behaviours, output } = this.#o;
    const over = this.#turn.kind === 'speaking' && !this.#turn.speaker.heard(nowMs);
    this.#untold = behaviours.speechEvents === 'missing' || (over && behaviours.bargeIn === 'F');
    if (!this.#untold) {
      output.userSpeechStart(Math.round(startSample / 16));
      this.#o.toldOfSpeech();
      if (behaviours.completion === 'session') output.completionStart();
    }
    if (!over) return;
    this.#cutDue = { atMs: nowMs + this.#pace.cutMs, cut: cutBySpeech(behaviours) };
    if (this.#pace.cutMs === 0) this.#carryOutCut();
  }

  #speechEnded({ startSample, endSample }: Extract<VoiceEvent, { kind: 'ended' }>): void {
    if (this.#ignores) return;
    const { behaviours, output } = this.#o;
    this.#carryOutCut();
    if (!this.#o.reached('on-user-turn')) return;
    const endMs = Math.round(endSample / 16);
    const tellEnd = (): void => {
      if (!this.#untold) output.userSpeechEnd(endMs, endMs + this.#pace.endpointMs[this.#o.endpointing]);
    };
    if (behaviours.speechEnd === 'before-text') tellEnd();
    this.#beginTurn();
    const understood = this.#listener.spoken(startSample, endSample);
    const scripted = this.#o.script()?.said(understood.words, true);
    saidByUser(scripted?.words ?? understood.words, output, behaviours);
    this.#o.toldOfSpeech();
    if (behaviours.speechEnd === 'after-text') tellEnd();
    this.#think(scripted?.reply ?? understood.reply, scripted?.afterMs ?? this.#pace.thinkMs.spoken);
  }

  #answerTyped(text: string): void {
    if (this.#deaf || !this.#o.reached('on-user-turn')) return;
    const { behaviours, nowMs } = this.#o;
    const over = this.#turn.kind === 'speaking' && !this.#turn.speaker.heard(nowMs());
    if (over) {
      this.#cutDue = { atMs: nowMs(), cut: cutByTyping(behaviours) };
      this.#carryOutCut();
      if (behaviours.typedInSpeech === 'unanswered') return;
    }
    this.#beginTurn();
    const reply = this.#listener.typed(text);
    const scripted = this.#o.script()?.said(text, false);
    this.#think(scripted?.reply ?? reply, scripted?.afterMs ?? this.#typedThinkMs(text));
  }

  #typedThinkMs(text: string): number {
    const answerMs = this.#o.typedAnswerMs?.(text);
    const { thinkMs, audioLagMs } = this.#pace;
    return answerMs === undefined ? thinkMs.typed : Math.max(0, answerMs - audioLagMs.first);
  }

  #think(reply: Reply, ms: number): void {
    if (ms === 0) this.#carryOut(reply);
    else this.#turn = { kind: 'thinking', untilMs: this.#o.nowMs() + ms, reply };
  }

  #carryOut(reply: Reply): void {
    if (reply.kind === 'use-tool') this.#useTool(reply);
    else if (this.#o.behaviours.answers === 'wordless') this.#endWithoutWords();
    else this.#say(reply.sentences);
  }

  #useTool(use: Extract<Reply, { kind: 'use-tool' }>): void {
    const { behaviours, output } = this.#o;
    const all = [use, ...(use.also ?? [])];
    const ids = all.map(() => randomUUID());
    this.#turn = { kind: 'awaiting-tool', toolUseIds: new Set(ids) };
    for (const [at, { id, tool, argumentsJson }] of this.#tools.asked(use, ids, this.#o.nowMs()).entries()) {
      this.#o.toolUsed(id);
      const broken = argumentsJson !== all[at]?.argumentsJson;
      const contents = broken ? [argumentsJson] : encodeArguments(argumentsJson, behaviours.toolArguments);
      output.toolUse(tool, id, ...contents);
      this.#usage.wroteText(argumentsJson.length);
    }
    if (this.#o.reached('on-tool-use') && behaviours.toolFiller === 'spoken') this.#say(FILLER);
  }

  #say(sentences: readonly string[]): void {
    this.#turn = { kind: 'speaking', speaker: this.#answers.begin(sentences) };
  }

  #endWithoutWords(): void {
    sayNothing(this.#o.output, this.#o.behaviours.wordlessEnd);
    this.#endTurn('END_TURN');
  }

  /** A new turn of the caller's has been completed: whatever was going on is over. */
  #beginTurn(): void {
    this.#carryOutCut();
    const turn = this.#turn;
    if (turn.kind === 'speaking') {
      // Only what ran on over the caller's words is still being said.
      turn.speaker.close();
      this.#answers.tick(this.#o.nowMs());
      this.#endTurn('END_TURN');
    } else if (turn.kind !== 'listening') this.#endTurn('INTERRUPTED');
    this.#o.output.completionStart();
  }

  /** The interruption that is due, if one is, happens now. */
  #carryOutCut(): void {
    const cut = this.#cutDue?.cut;
    this.#cutDue = undefined;
    if (cut === undefined || this.#turn.kind !== 'speaking') return;
    const { speaker } = this.#turn;
    if (speaker.interrupt(this.#o.nowMs(), cut)) this.#o.toldOfSpeech();
    if (speaker.sending) return;
    this.#answers.over(speaker);
    this.#endTurn('INTERRUPTED');
  }

  #endTurn(stopReason: 'END_TURN' | 'INTERRUPTED'): void {
    this.#turn = LISTENING;
    this.#reports.turnEnded();
    if (this.#o.behaviours.completion === 'turn') this.#o.output.completionEnd(stopReason);
  }
}
