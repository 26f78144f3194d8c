import { randomUUID } from 'node:crypto';
import { answerText, answerToolResult, splitSentences, type Reply } from './responder';
import type { DeclaredTool } from './events';
import type { FaultTrigger } from './faults';
import type { HeardAudio } from './heard';
import { Memory } from './memory';
import type { OutputEvents } from './output';
import type { NamedRecording, Recogniser } from './recogniser';
import type { Endpointing, TextRole } from './rules';
import { Speaker } from './speaker';
import type { SpeechCache } from './speech-cache';
import { UsageMeter } from './usage';
import { VoiceActivity } from './vad';

/** The pause that ends a turn. The service documents 1.5 s for HIGH and no figure for the others; these are the sandbox's own. */
export const ENDPOINT_MS: Readonly<Record<Endpointing, number>> = { HIGH: 800, MEDIUM: 1200, LOW: 1600 };

/** What a conversation needs from the session around it. */
export interface ConversationOptions {
  readonly output: OutputEvents;
  readonly endpointing: Endpointing;
  readonly voiceId: string;
  readonly tools: readonly DeclaredTool[];
  readonly speech: SpeechCache;
  readonly recogniser: Recogniser;
  readonly heard: HeardAudio;
  readonly nowMs: () => number;
  /** Something happened that a fault may wait for. @returns false when the conversation must not go on. */
  reached(trigger: Extract<FaultTrigger, string>): boolean;
  /** A tool use goes out: its result will be accepted. */
  toolUsed(toolUseId: string): void;
  /** Speech could not be made. */
  failed(error: unknown): void;
}

type Turn =
  | { readonly kind: 'listening' }
  | { readonly kind: 'awaiting-tool'; readonly toolUseId: string }
  | { readonly kind: 'speaking'; readonly speaker: Speaker };

const LISTENING: Turn = { kind: 'listening' };

/** Who speaks when: turns, barge-in, tools. Events go out through `output`; time comes in through `tick`. */
export class Conversation {
  readonly #o: ConversationOptions;
  readonly #voice: VoiceActivity;
  readonly #usage = new UsageMeter();
  readonly #memory = new Memory();
  #turn: Turn = LISTENING;
  /** Said after what is being said: answers of tools whose turn is over. */
  #later: (readonly string[])[] = [];
  #deaf = false;
  #stuckNext = false;
  #badArgumentsNext = false;

  constructor(options: ConversationOptions) {
    this.#o = options;
    this.#voice = new VoiceActivity({ endpointMs: ENDPOINT_MS[options.endpointing] });
  }

  /** True while it speaks, or would still be heard speaking. */
  get speaking(): boolean {
    return this.#turn.kind === 'speaking';
  }

  /** Reacts to nothing from now on; what is being said is said to its end. */
  becomeDeaf(): void {
    this.#deaf = true;
  }

  /** Never ends what it says now or, when silent, next. */
  becomeStuck(): void {
    if (this.#turn.kind === 'speaking') this.#turn.speaker.stuck = true;
    else this.#stuckNext = true;
  }

  /** Asks for the next tool with arguments that are not JSON. */
  garbleNextToolUse(): void {
    this.#badArgumentsNext = true;
  }

  /** Audio that the caller has said (or silence); also kept in `heard`. */
  hear(pcm: Int16Array): void {
    this.#usage.heardSpeech(pcm.length);
    for (const event of this.#voice.push(pcm)) {
      if (this.#deaf) return;
      if (event.kind === 'started') this.#bargeIn();
      else this.#answerSpeech(event.startSample, event.endSample);
    }
  }

  /** Text that the caller has typed. */
  type(text: string): void {
    this.#usage.readText(text);
    if (this.#deaf || !this.#o.reached('on-user-turn')) return;
    this.#beginTurn();
    const reply = answerText(text, this.#o.tools, this.#memory);
    this.#memory.add('USER', text);
    this.#carryOut(reply);
  }

  /** Text that only sets the scene, prompt or history: it costs tokens, and is remembered. */
  read(role: TextRole, text: string): void {
    this.#usage.readText(text);
    this.#memory.add(role, text);
  }

  toolResult(toolUseId: string, content: string): void {
    this.#usage.readText(content);
    if (this.#deaf || !this.#o.reached('on-tool-result')) return;
    const sentences = answerToolResult(content);
    if (this.#turn.kind === 'awaiting-tool' && this.#turn.toolUseId === toolUseId) this.#say(sentences);
    else this.#later.push(sentences);
  }

  /** Moves on to now: sends what is due. */
  tick(nowMs: number): void {
    if (this.#turn.kind === 'listening') this.#sayWhatWaits();
    if (this.#turn.kind !== 'speaking') return;
    const { speaker } = this.#turn;
    const done = speaker.tick(nowMs);
    if (speaker.sending && !this.#o.reached('during-speech')) return;
    if (done) this.#endTurn('END_TURN');
  }

  #sayWhatWaits(): void {
    const sentences = this.#voice.speaking ? undefined : this.#later.shift();
    if (sentences === undefined) return;
    this.#beginTurn();
    this.#say(sentences);
  }

  #answerSpeech(startSample: number, endSample: number): void {
    const utterance = this.#o.heard.slice(startSample, endSample);
    const recording = this.#o.recogniser.recognise(utterance);
    const seconds = (utterance.length / 16_000).toFixed(1);
    if (!this.#o.reached('on-user-turn')) return;
    this.#beginTurn();
    const words = recording?.words ?? `[${seconds} seconds of speech]`;
    this.#o.output.text('USER', 'FINAL', words, 'END_TURN');
    const reply = this.#replyTo(recording, seconds);
    this.#memory.add('USER', words);
    this.#carryOut(reply);
  }

  #replyTo(recording: NamedRecording | undefined, seconds: string): Reply {
    if (recording?.treatAs !== undefined) return answerText(recording.treatAs, this.#o.tools, this.#memory);
    if (recording?.reply !== undefined) return { kind: 'say', sentences: splitSentences(recording.reply) };
    if (recording !== undefined) return answerText(recording.words, this.#o.tools, this.#memory);
    return { kind: 'say', sentences: [`I heard ${seconds} seconds of speech, but I cannot understand words.`] };
  }

  #carryOut(reply: Reply): void {
    if (reply.kind === 'say') this.#say(reply.sentences);
    else this.#useTool(reply.tool, reply.argumentsJson);
  }

  #useTool(tool: string, argumentsJson: string): void {
    const toolUseId = randomUUID();
    const content = this.#badArgumentsNext ? argumentsJson.slice(0, -2) : argumentsJson;
    this.#badArgumentsNext = false;
    this.#turn = { kind: 'awaiting-tool', toolUseId };
    this.#o.toolUsed(toolUseId);
    this.#o.output.toolUse(tool, toolUseId, content);
    this.#usage.wroteText(content.length);
    this.#o.reached('on-tool-use');
  }

  #say(sentences: readonly string[]): void {
    const speaker = new Speaker(this.#o.output, sentences);
    speaker.stuck = this.#stuckNext;
    this.#stuckNext = false;
    this.#turn = { kind: 'speaking', speaker };
    for (const [index, sentence] of sentences.entries()) {
      this.#o.speech.get(sentence, this.#o.voiceId).then(
        (spoken) => speaker.ready(index, spoken),
        (error: unknown) => this.#o.failed(error),
      );
    }
  }

  /** A new turn of the caller's has been completed: whatever was going on is over. */
  #beginTurn(): void {
    this.#bargeIn();
    if (this.#turn.kind === 'awaiting-tool') this.#endTurn('INTERRUPTED');
    this.#o.output.completionStart();
  }

  #bargeIn(): void {
    if (this.#turn.kind !== 'speaking') return;
    this.#turn.speaker.interrupt(this.#o.nowMs());
    this.#endTurn('INTERRUPTED');
  }

  #endTurn(stopReason: 'END_TURN' | 'INTERRUPTED'): void {
    if (this.#turn.kind === 'speaking') {
      const { speechMs, textChars } = this.#turn.speaker.sent;
      this.#usage.spoke(speechMs);
      this.#usage.wroteText(textChars);
    }
    this.#turn = LISTENING;
    const { delta, total } = this.#usage.report();
    this.#o.output.usage(delta, total);
    this.#o.output.completionEnd(stopReason);
  }
}
