/* One person's voice on its way into the call's audio node. */
import type { Repair } from '../bridge/control';

/** A stream of nothing but zeros for this long is suspected; each further suspicion waits twice as long. */
const SUSPECT_AFTER_MS = 5_000;
const MAX_SUSPECT_AFTER_MS = 80_000;

interface RemoteAudioOptions {
  readonly context: AudioContext;
  readonly node: AudioWorkletNode;
  readonly slot: number;
  readonly repaired: (what: Repair) => void;
}

export class RemoteAudio {
  readonly #options: RemoteAudioOptions;
  /** Chromium hands WebAudio zeros unless the stream also plays in an element. */
  readonly #element = new Audio();
  #source: MediaStreamAudioSourceNode | undefined;
  #stream: MediaStream | undefined;
  #suspectAfterMs = SUSPECT_AFTER_MS;

  constructor(options: RemoteAudioOptions) {
    this.#options = options;
    this.#element.muted = true;
    // The audio service died: the element is mended by giving it its stream again, and only then comes sound.
    this.#element.onerror = () => {
      if (this.#stream === undefined) return;
      this.#options.repaired('element-failed');
      this.#attach();
    };
  }

  get slot(): number {
    return this.#options.slot;
  }

  get isHeard(): boolean {
    return this.#stream !== undefined;
  }

  hear(track: MediaStreamTrack): void {
    if (this.#stream?.getAudioTracks()[0]?.id === track.id) return;
    this.#stream = new MediaStream([track]);
    this.#suspectAfterMs = SUSPECT_AFTER_MS;
    this.#attach();
  }

  /** The person muted, or the track ended. */
  pause(): void {
    this.#source?.disconnect();
    this.#source = undefined;
    this.#stream = undefined;
    this.#element.srcObject = null;
  }

  /** Once a second. @param zeroMs how long this input has been exactly zero */
  check(zeroMs: number): void {
    if (this.#stream === undefined) return;
    if (this.#element.paused || this.#element.ended) {
      this.#options.repaired('element-paused');
      this.#attach();
    } else if (zeroMs >= this.#suspectAfterMs) {
      this.#suspectAfterMs = Math.min(2 * this.#suspectAfterMs, MAX_SUSPECT_AFTER_MS);
      this.#options.repaired('silent-zeros');
      this.#attach();
    } else if (zeroMs === 0) {
      this.#suspectAfterMs = SUSPECT_AFTER_MS;
    }
  }

  close(): void {
    this.#element.onerror = null;
    this.pause();
  }

  #attach(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    this.#element.srcObject = null;
    this.#element.srcObject = stream;
    void this.#element.play().catch(() => undefined); // the next check sees an element that does not play
    this.#source?.disconnect();
    this.#source = this.#options.context.createMediaStreamSource(stream);
    this.#source.connect(this.#options.node, 0, this.#options.slot);
  }
}
