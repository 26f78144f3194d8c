/* Runs on the page's audio thread: one processor a call. */
import { CallAudio, type CallAudioOptions } from './call-audio';

/* The audio thread's globals, which TypeScript's libraries leave out. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new (options: { processorOptions: CallAudioOptions }) => AudioWorkletProcessor,
): void;
declare const sampleRate: number;
declare const currentFrame: number;

const STATUS_EVERY_MS = 1_000;

registerProcessor(
  'call-audio',
  class extends AudioWorkletProcessor {
    readonly #audio: CallAudio;
    readonly #people: (Float32Array | undefined)[] = [];
    #sinceStatus = 0;
    #over = false;

    constructor({ processorOptions }: { processorOptions: CallAudioOptions }) {
      super();
      this.#audio = new CallAudio(processorOptions, (frame) => this.port.postMessage(frame, [frame]));
      this.port.onmessage = ({ data }: MessageEvent<ArrayBuffer | 'close'>) => {
        if (data === 'close') this.#over = true;
        else this.#audio.receive(data);
      };
    }

    process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
      const output = outputs[0]?.[0];
      if (output === undefined) return !this.#over;
      for (let slot = 0; slot < inputs.length; slot += 1) this.#people[slot] = inputs[slot]?.[0];
      this.#audio.process(this.#people, output, currentFrame);
      this.#sinceStatus += output.length;
      if ((this.#sinceStatus * 1000) / sampleRate >= STATUS_EVERY_MS) {
        this.#sinceStatus = 0;
        this.port.postMessage({ zeroMs: this.#audio.zeroRuns.map((samples) => (samples * 1000) / sampleRate) });
      }
      return !this.#over;
    }
  },
);
