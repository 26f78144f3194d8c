/* Runs in the browser: records what comes out of the bot's track. */

/** Mono PCM16 as base64, with the time at which its first sample was heard. */
export interface Recording {
  readonly pcm16Base64: string;
  readonly rateHz: number;
  /** ms since 1970. */
  readonly startAtMs: number;
}

/** 24 kHz: what the bot's voice is made at, so that nothing of it is lost. */
const RATE_HZ = 24_000;

const WORKLET = `
registerProcessor('recorder', class extends AudioWorkletProcessor {
  process([input]) {
    const samples = input[0] ? input[0].slice() : new Float32Array(128);
    this.port.postMessage({ frame: currentFrame, samples }, [samples.buffer]);
    return true;
  }
});`;

export class CallRecorder {
  #chunks: Float32Array[] = [];
  #firstFrame = 0;
  #nextFrame: number | undefined;
  /** Wall clock minus audio clock in ms; the smallest seen is the one with the least delay in delivery. */
  #clockOffsetMs = Infinity;
  #context: AudioContext | undefined;
  readonly #element = new Audio();

  /** Starts with the first track and goes on through later ones. */
  begin(track: MediaStreamTrack): void {
    const stream = new MediaStream([track]);
    // Chrome hands WebAudio silence unless the remote stream also plays in an element.
    this.#element.srcObject = stream;
    this.#element.muted = true;
    void this.#element.play();
    void this.#connect(stream);
  }

  async #connect(stream: MediaStream): Promise<void> {
    if (this.#context === undefined) {
      this.#context = new AudioContext({ sampleRate: RATE_HZ, latencyHint: 'interactive' });
      await this.#context.audioWorklet.addModule(URL.createObjectURL(new Blob([WORKLET], { type: 'text/javascript' })));
    }
    const node = new AudioWorkletNode(this.#context, 'recorder', { channelCount: 1, channelCountMode: 'explicit' });
    node.port.onmessage = (event: MessageEvent<{ frame: number; samples: Float32Array }>) => this.#take(event.data);
    this.#context.createMediaStreamSource(stream).connect(node);
  }

  #take({ frame, samples }: { frame: number; samples: Float32Array }): void {
    const endMs = ((frame + samples.length) * 1000) / RATE_HZ;
    this.#clockOffsetMs = Math.min(this.#clockOffsetMs, performance.timeOrigin + performance.now() - endMs);
    this.#nextFrame ??= this.#firstFrame = frame;
    if (frame < this.#nextFrame) return; // a second track's node overlaps the first
    if (frame > this.#nextFrame) this.#chunks.push(new Float32Array(frame - this.#nextFrame));
    this.#chunks.push(samples);
    this.#nextFrame = frame + samples.length;
  }

  take(): Recording {
    const bytes = new Uint8Array(this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0) * 2);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const chunk of this.#chunks) {
      for (const sample of chunk) {
        view.setInt16(at, Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))), true);
        at += 2;
      }
    }
    let text = '';
    for (let i = 0; i < bytes.length; i += 8_192) text += String.fromCharCode(...bytes.subarray(i, i + 8_192));
    const startAtMs = this.#clockOffsetMs === Infinity ? 0 : this.#clockOffsetMs + (this.#firstFrame * 1000) / RATE_HZ;
    return { pcm16Base64: btoa(text), rateHz: RATE_HZ, startAtMs };
  }
}
