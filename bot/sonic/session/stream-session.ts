import { randomUUID } from 'node:crypto';
import { pcmToBytes } from '../../audio';
import {
  audioInputEncoder,
  audioStart,
  goodbye,
  promptStart,
  sessionStart,
  textBlock,
  toolResultBlock,
} from '../protocol/input-events';
import type { Replay } from '../protocol/history';
import {
  INITIAL_OUTPUT,
  isAnswering,
  isMuted,
  isOwn,
  reduceOutput,
  type Effect,
  type OutputState,
  type OwnEvent,
} from '../protocol/output-reducer';
import type { OutputEvent } from '../protocol/parse-output';
import type { SessionOptions } from '../speech-model';
import type { StreamFailure } from '../stream/failure';
import type { ModelStream, StreamEnd, StreamOpener, StreamProgress } from '../stream/model-stream';
import type { InferenceConfiguration } from '../wire';
import type { Expectation } from './response-watchdog';
import { FRAME_SAMPLES } from './replay-buffer';

/** What a session reports to its owner. None is called after `onClose`, `detach()` or `drain()`. */
export interface StreamSessionEvents {
  onAccepted(): void;
  onEffects(effects: readonly Effect[]): void;
  onClose(end: StreamEnd): void;
}

const SILENCE = Buffer.alloc(FRAME_SAMPLES * 2);
/**
 * So much audio a stream is fed before each typed text: 160 ms. With up to 66 ms since the block was opened, or since the
 * text before, the live service swallowed the text and said nothing, from 68 ms on it answered; silence counts, and may
 * come all at once.
 */
const FRAMES_BEFORE_TEXT = 5;

/**
 * One stream and its protocol state: names, the order of events, and what its output has said so far. It is opened with
 * prompt and tools only, so that it can stand by; takes audio once begun with the history; and reports nothing more once
 * it is detached or drained.
 */
export class StreamSession {
  readonly #promptName = randomUUID();
  readonly #audioName = randomUUID();
  readonly #encodeAudio = audioInputEncoder(this.#promptName, this.#audioName);
  /** Encoded once: most frames of most calls are silence. */
  readonly #silence = this.#encodeAudio(SILENCE);
  readonly #stream: ModelStream;
  #events: StreamSessionEvents | undefined;
  #output: OutputState = INITIAL_OUTPUT;
  #hasBegun = false;
  #framesFed = 0;
  #hasTyped = false;
  /** Since the text typed last. */
  #framesSinceText = 0;
  /** Texts held back until enough audio has flowed: the service answers no typed text before. */
  #heldTexts: string[] = [];
  /** Likewise: before the audio block is fed, text is history, which ends with the assistant's words. */
  #heldContext: string[] = [];

  constructor(
    opener: StreamOpener,
    options: SessionOptions,
    inference: InferenceConfiguration,
    events: StreamSessionEvents,
  ) {
    this.#events = events;
    const script = { opening: this.#opening(options, inference), goodbye: () => this.#goodbye() };
    this.#stream = opener.open(script, {
      onAccepted: () => this.#events?.onAccepted(),
      onOutput: (event) => this.#onOutput(event),
      onClose: (end) => {
        const listener = this.#events;
        this.#events = undefined;
        listener?.onClose(end);
      },
    });
  }

  get progress(): StreamProgress | undefined {
    return this.#stream.progress;
  }

  /** When the credentials it was opened with expire, on the clock's scale. */
  get credentialsExpireAtMs(): number | undefined {
    return this.#stream.credentialsExpireAtMs;
  }

  /** Sends what was said before and opens the audio block; audio may follow. Once. */
  begin({ messages, question }: Replay): void {
    this.#hasBegun = true;
    this.#stream.send([
      ...messages.flatMap(({ role, text }) =>
        textBlock(this.#promptName, randomUUID(), role === 'user' ? 'USER' : 'ASSISTANT', text, { interactive: false }),
      ),
      audioStart(this.#promptName, this.#audioName),
    ]);
    if (question !== undefined) this.#heldTexts.unshift(question);
  }

  /** What the model still owes, judging by its last event. */
  get expectation(): Expectation {
    if (!isAnswering(this.#output)) return 'nothing';
    const { block } = this.#output;
    return block?.role === 'ASSISTANT' ? 'rest-of-block' : 'more-of-turn';
  }

  /** Ends the answer on the model's behalf, which has not said so. */
  endTurn(): void {
    this.#onOutput({ kind: 'turn-over' });
  }

  /** The caller has long been silent, whatever the model says: the next answer may be heard. */
  callerSilent(): void {
    if (isMuted(this.#output)) this.#onOutput({ kind: 'caller-silent' });
  }

  /** Sends one frame of the caller's audio, or of silence. */
  sendFrame(frame: Int16Array | undefined): void {
    this.#stream.sendAudio(frame === undefined ? this.#silence : this.#encodeAudio(pcmToBytes(frame)));
    this.#framesFed += 1;
    this.#framesSinceText += 1;
    for (const text of this.#heldContext.splice(0)) this.#sendContextNow(text);
    this.#sendHeldText();
  }

  /** Typed text, which the model answers aloud. */
  sendText(text: string): void {
    this.#heldTexts.push(text);
    this.#sendHeldText();
  }

  /** Text that the model knows of when it answers next. */
  addContext(text: string): void {
    if (this.#framesFed > 0) this.#sendContextNow(text);
    else this.#heldContext.push(text);
  }

  sendToolResult(toolUseId: string, json: string): void {
    this.#stream.send(toolResultBlock(this.#promptName, randomUUID(), toolUseId, json));
  }

  close(): Promise<void> {
    return this.#stream.close();
  }

  abort(failure: StreamFailure): void {
    this.#stream.abort(failure);
  }

  /** Aborts the stream and reports nothing more. */
  detach(): void {
    this.#events = undefined;
    this.#stream.abort();
  }

  /** Closes the stream politely and reports nothing more. Resolves when it is gone, within the limit of a goodbye. */
  drain(): Promise<void> {
    this.#events = undefined;
    return this.#stream.close();
  }

  /** The first text goes as soon as audio flows, behind silence that is added; each later one in its time. */
  #sendHeldText(): void {
    if (this.#framesFed === 0 || this.#heldTexts.length === 0) return;
    if (!this.#hasTyped)
      for (; this.#framesSinceText < FRAMES_BEFORE_TEXT; this.#framesSinceText += 1)
        this.#stream.sendAudio(this.#silence);
    if (this.#framesSinceText < FRAMES_BEFORE_TEXT) return;
    const text = this.#heldTexts.shift();
    if (text === undefined) return;
    this.#hasTyped = true;
    this.#framesSinceText = 0;
    this.#sendTextNow(text);
  }

  /** The service lets no prompt end without an audio block, and no such block that got nothing. */
  #goodbye(): Buffer[] {
    return [
      ...(this.#hasBegun ? [] : [audioStart(this.#promptName, this.#audioName)]),
      ...(this.#framesFed === 0 ? [this.#silence] : []),
      ...goodbye(this.#promptName, this.#audioName),
    ];
  }

  /** The live service takes the caller's text that is not interactive at any time, and answers none of it. */
  #sendContextNow(text: string): void {
    this.#stream.send(textBlock(this.#promptName, randomUUID(), 'USER', text, { interactive: false }));
  }

  #sendTextNow(text: string): void {
    this.#onOutput({ kind: 'own-text' });
    this.#stream.send(textBlock(this.#promptName, randomUUID(), 'USER', text, { interactive: true }));
  }

  #onOutput(event: OutputEvent | OwnEvent): void {
    const { state, effects } = reduceOutput(this.#output, event);
    this.#output = state;
    // Of what we did ourselves nobody need hear that nothing came of it.
    if (effects.length > 0 || !isOwn(event)) this.#events?.onEffects(effects);
  }

  #opening(options: SessionOptions, inference: InferenceConfiguration): Buffer[] {
    const prompt = this.#promptName;
    return [
      sessionStart(inference, options.endpointingSensitivity),
      promptStart(prompt, options.voiceId, options.tools),
      ...textBlock(prompt, randomUUID(), 'SYSTEM', options.systemPrompt, { interactive: false }),
    ];
  }
}
