import { randomUUID } from 'node:crypto';
import { DOCUMENTED, type Behaviours } from './behaviours';
import { encodeAsciiFrame, encodeFrame, encodeStringHeaders } from './framing';
import type { ServiceException } from './exceptions';
import type { EncodedPiece } from './speech-cache';

export type StopReason = 'PARTIAL_TURN' | 'END_TURN' | 'INTERRUPTED' | 'TOOL_USE';
export type Stage = 'SPECULATIVE' | 'FINAL';

export interface TokenCounts {
  readonly input: { readonly speechTokens: number; readonly textTokens: number };
  readonly output: { readonly speechTokens: number; readonly textTokens: number };
}

const CHUNK_HEADERS = encodeStringHeaders({
  ':event-type': 'chunk',
  ':content-type': 'application/json',
  ':message-type': 'event',
});
const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A `chunk` message around the base64 of an event, with the padding that hides the length of what is said. */
function chunkFrame(base64: string): Buffer {
  const padding = PADDING.slice(0, 1 + Math.floor(Math.random() * PADDING.length));
  return encodeAsciiFrame(CHUNK_HEADERS, `{"bytes":"${base64}","p":"${padding}"}`);
}

/** A `chunk` message around any text, JSON or not. */
export function eventFrame(eventText: string): Buffer {
  return chunkFrame(Buffer.from(eventText, 'utf8').toString('base64'));
}

/** A `chunk` message whose own payload is not JSON. */
export function garbageFrame(): Buffer {
  return encodeAsciiFrame(CHUNK_HEADERS, '{"bytes":');
}

/** A modelled exception; with an unknown type the SDK makes a plain Error of it. */
export function exceptionFrame(exception: ServiceException): Buffer {
  const headers = {
    ':exception-type': exception.type,
    ':content-type': 'application/json',
    ':message-type': 'exception',
  };
  return encodeFrame(encodeStringHeaders(headers), Buffer.from(JSON.stringify({ message: exception.message }), 'utf8'));
}

/** An unmodelled error. */
export function errorFrame(code: string, message: string): Buffer {
  return encodeFrame(
    encodeStringHeaders({ ':error-code': code, ':error-message': message, ':message-type': 'error' }),
    Buffer.alloc(0),
  );
}

const AUDIO_OUTPUT = {
  audioType: 'SPEECH',
  channelCount: 1,
  encoding: 'base64',
  mediaType: 'audio/lpcm',
  sampleSizeBits: 16,
};

export interface OutputStyle {
  readonly behaviours: Pick<Behaviours, 'stage' | 'audioStage' | 'completion'>;
  readonly rateHz: number;
}

const USUAL_STYLE: OutputStyle = { behaviours: DOCUMENTED, rateHz: 24_000 };

/** Output events of one prompt, written in the service's shape to `write(name, frame)`. */
export class OutputEvents {
  readonly #ids: { readonly promptName: string; readonly sessionId: string };
  readonly #write: (name: string, frame: Buffer) => void;
  readonly #style: OutputStyle;
  #completionId = randomUUID() as string;
  #completionOpen = false;
  #audio: { readonly contentId: string; readonly prefix: string; readonly suffix: string } | undefined;

  constructor(
    ids: { readonly promptName: string; readonly sessionId: string },
    write: (name: string, frame: Buffer) => void,
    style: OutputStyle = USUAL_STYLE,
  ) {
    this.#ids = ids;
    this.#write = write;
    this.#style = style;
  }

  /** Opens a completion; without effect while the session's only one is open. */
  completionStart(): void {
    if (this.#style.behaviours.completion === 'session' && this.#completionOpen) return;
    if (this.#style.behaviours.completion === 'turn') this.#completionId = randomUUID();
    this.#completionOpen = true;
    this.#send('completionStart', {});
  }

  /** Closes the completion that is open, if one is. */
  completionEnd(stopReason: StopReason): void {
    if (!this.#completionOpen) return;
    this.#completionOpen = false;
    this.#send('completionEnd', { stopReason });
  }

  /** `offsetMs` counts from the beginning of the audio. */
  userSpeechStart(offsetMs: number): void {
    this.#sendBare('userSpeechStart', { inputAudioOffsetMs: offsetMs });
  }

  userSpeechEnd(offsetMs: number, detectionOffsetMs: number): void {
    this.#sendBare('userSpeechEnd', {
      inputAudioDetectionOffsetMs: detectionOffsetMs,
      inputAudioOffsetMs: offsetMs,
    });
  }

  /** A whole text block. */
  text(role: 'USER' | 'ASSISTANT', stage: Stage, content: string, stopReason: StopReason): void {
    const contentId = randomUUID();
    this.#send('contentStart', {
      ...this.#stage(stage),
      contentId,
      role,
      textOutputConfiguration: { mediaType: 'text/plain' },
      type: 'TEXT',
    });
    this.#send('textOutput', { content, contentId, role });
    this.#send('contentEnd', { contentId, stopReason, type: 'TEXT' });
  }

  /** A whole tool block; of several pieces of arguments each is an event. */
  toolUse(toolName: string, toolUseId: string, ...contents: readonly unknown[]): void {
    const contentId = randomUUID();
    this.#send('contentStart', {
      contentId,
      role: 'TOOL',
      toolUseOutputConfiguration: { mediaType: 'application/json' },
      type: 'TOOL',
    });
    for (const content of contents) this.#send('toolUse', { content, contentId, role: 'TOOL', toolName, toolUseId });
    this.#send('contentEnd', { contentId, stopReason: 'TOOL_USE', type: 'TOOL' });
  }

  audioStart(): void {
    const contentId = randomUUID();
    this.#send('contentStart', {
      ...(this.#style.behaviours.audioStage === 'final' ? this.#stage('FINAL') : {}),
      audioOutputConfiguration: { ...AUDIO_OUTPUT, sampleRateHertz: this.#style.rateHz },
      contentId,
      role: 'ASSISTANT',
      type: 'AUDIO',
    });
    // Whole triples of bytes before the audio let its base64 be used as it is kept; JSON allows the spaces for it.
    const start = '{"event":{"audioOutput":{';
    const rest = `"completionId":${JSON.stringify(this.#completionId)},"content":"`;
    const spaces = ' '.repeat((3 - ((start.length + rest.length) % 3)) % 3);
    const tail = { contentId, promptName: this.#ids.promptName, role: 'ASSISTANT', sessionId: this.#ids.sessionId };
    this.#audio = {
      contentId,
      prefix: Buffer.from(start + spaces + rest, 'utf8').toString('base64'),
      suffix: `",${JSON.stringify(tail).slice(1)}}}`,
    };
  }

  audioPiece(piece: EncodedPiece): void {
    if (this.#audio === undefined) throw new Error('No audio block is open');
    const { prefix, suffix } = this.#audio;
    this.#write(
      'audioOutput',
      chunkFrame(prefix + piece.encoded + Buffer.from(piece.rest + suffix, 'utf8').toString('base64')),
    );
  }

  audioEnd(stopReason: StopReason): void {
    const contentId = this.#audio?.contentId ?? '';
    this.#audio = undefined;
    this.#send('contentEnd', { contentId, stopReason, type: 'AUDIO' });
  }

  usage(delta: TokenCounts, total: TokenCounts): void {
    const totalInputTokens = total.input.speechTokens + total.input.textTokens;
    const totalOutputTokens = total.output.speechTokens + total.output.textTokens;
    this.#send('usageEvent', {
      details: { delta, total },
      totalInputTokens,
      totalOutputTokens,
      totalTokens: totalInputTokens + totalOutputTokens,
    });
  }

  #stage(stage: Stage): { readonly additionalModelFields?: unknown } {
    const fields = { generationStage: stage };
    switch (this.#style.behaviours.stage) {
      case 'text':
        return { additionalModelFields: JSON.stringify(fields) };
      case 'object':
        return { additionalModelFields: fields };
      case 'missing':
        return {};
    }
  }

  #send(name: string, fields: Record<string, unknown>): void {
    this.#sendBare(name, { completionId: this.#completionId, ...fields });
  }

  /** Without a completion id. */
  #sendBare(name: string, fields: Record<string, unknown>): void {
    const body = { ...fields, ...this.#ids };
    this.#write(name, eventFrame(JSON.stringify({ event: { [name]: body } })));
  }
}
