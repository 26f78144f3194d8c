import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Behaviours } from './behaviours';
import type { PlannedFault } from './faults';
import type { Recogniser } from './recogniser';
import type { Cassette } from './replay/refill';
import type { Departure } from './replay/replay';
import type { ModelScript } from './script';
import type { ChunkChain } from './sigv4';
import type { SpeechCache } from './speech-cache';

/** What a stream is opened with, and what it shares with the others of its server. */
export interface SessionOptions {
  readonly id: string;
  readonly modelId: string;
  readonly behaviours: Behaviours;
  readonly stream: ServerHttp2Stream;
  readonly socket: Socket;
  readonly chain: ChunkChain;
  readonly speech: SpeechCache;
  readonly recogniser: Recogniser;
  readonly timeScale: number;
  readonly speechScale: number;
  readonly typedAnswerMs: ((text: string) => number | undefined) | undefined;
  readonly fault: PlannedFault | undefined;
  /** What it says instead of thinking for itself. */
  readonly cassette?: Cassette | undefined;
  /** Called when the client does otherwise than in it. */
  readonly onDeparture?: ((departure: Departure) => void) | undefined;
  readonly script: () => ModelScript | undefined;
  readonly onHeard: ((sessionId: string, pcm16k: Int16Array) => void) | undefined;
  readonly nowMs: () => number;
  /** The service's clock. */
  readonly epochMs: () => number;
  readonly log: (line: Record<string, unknown>) => void;
}
