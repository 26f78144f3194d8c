/**
 * The binary frames between the bot and a page, in both directions over one WebSocket a call. Shared by Node, the page
 * and its audio thread, so it knows nothing but typed arrays. All numbers are little endian, as every machine is that
 * this runs on; audio is PCM16 mono behind the header.
 *
 * | direction | kind    | bytes                                                                                 |
 * | --------- | ------- | ------------------------------------------------------------------------------------- |
 * | to page   | audio   | u8 1, u8 epoch, u16 0, 24 kHz samples                                                 |
 * | to page   | flush   | u8 2, u8 the new epoch, u16 0                                                         |
 * | from page | audio   | u8 1, u8 epoch, u16 0, u32 played samples of the epoch, u32 starvations, 16 kHz samples |
 * | from page | flushed | u8 2, u8 epoch, u16 0                                                                 |
 */
const KIND_AUDIO = 1;
const KIND_FLUSH = 2;

/** Bytes before the samples of a frame to the page. */
const DOWN_HEADER_BYTES = 4;
/** Bytes before the samples of a frame from the page. */
const UP_HEADER_BYTES = 12;

/** 24 kHz towards the caller, in every call; in one frame the pieces follow each other. */
export function encodeAudioDown(epoch: number, pieces: readonly Int16Array[]): Uint8Array<ArrayBuffer> {
  const bytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, DOWN_HEADER_BYTES);
  const frame = new Uint8Array(bytes);
  frame[0] = KIND_AUDIO;
  frame[1] = epoch;
  const samples = new Int16Array(frame.buffer, DOWN_HEADER_BYTES);
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return frame;
}

/** Drops all audio of older epochs. */
export function encodeFlush(epoch: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(KIND_FLUSH, epoch, 0, 0);
}

export type DownFrame =
  | { readonly kind: 'audio'; readonly epoch: number; readonly pcm24k: Int16Array }
  | { readonly kind: 'flush'; readonly epoch: number };

/** Undefined for what is no frame. */
export function decodeDown(frame: ArrayBuffer): DownFrame | undefined {
  const [kind, epoch] = new Uint8Array(frame);
  if (epoch === undefined || frame.byteLength < DOWN_HEADER_BYTES || frame.byteLength % 2 !== 0) return undefined;
  if (kind === KIND_FLUSH) return { kind: 'flush', epoch };
  return kind === KIND_AUDIO ? { kind: 'audio', epoch, pcm24k: new Int16Array(frame, DOWN_HEADER_BYTES) } : undefined;
}

export interface UpAudio {
  readonly kind: 'audio';
  readonly epoch: number;
  /** Samples (24 kHz) of this epoch that have gone out to the caller. */
  readonly playedSamples: number;
  /** How often audio ran out in the middle of speech, since the call began. */
  readonly starvations: number;
  readonly pcm16k: Int16Array;
}

export type UpFrame = UpAudio | { readonly kind: 'flushed'; readonly epoch: number };

export function encodeAudioUp({ epoch, playedSamples, starvations, pcm16k }: Omit<UpAudio, 'kind'>): ArrayBuffer {
  const frame = new ArrayBuffer(UP_HEADER_BYTES + pcm16k.byteLength);
  new Uint8Array(frame).set([KIND_AUDIO, epoch, 0, 0]);
  new Uint32Array(frame, 4, 2).set([playedSamples, starvations]);
  new Int16Array(frame, UP_HEADER_BYTES).set(pcm16k);
  return frame;
}

export function encodeFlushed(epoch: number): ArrayBuffer {
  return Uint8Array.of(KIND_FLUSH, epoch, 0, 0).buffer;
}

/** Undefined for what is no frame. The samples are a copy, the receiver's to keep. */
export function decodeUp(bytes: Uint8Array): UpFrame | undefined {
  const [kind, epoch] = bytes;
  if (epoch === undefined || bytes.byteLength < 4) return undefined;
  if (kind === KIND_FLUSH) return { kind: 'flushed', epoch };
  if (kind !== KIND_AUDIO || bytes.byteLength < UP_HEADER_BYTES || bytes.byteLength % 2 !== 0) return undefined;
  const frame = new Uint8Array(bytes).buffer; // slice() of a Buffer would be a view
  const [playedSamples = 0, starvations = 0] = new Uint32Array(frame, 4, 2);
  return { kind: 'audio', epoch, playedSamples, starvations, pcm16k: new Int16Array(frame, UP_HEADER_BYTES) };
}
