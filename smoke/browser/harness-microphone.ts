/* Runs in the browser: a microphone that is silent until a test speaks into it, with no processing on the way. */

export class ScriptedMicrophone {
  #context: AudioContext | undefined;
  #destination: MediaStreamAudioDestinationNode | undefined;

  /** From now on whoever asks the browser for audio gets this microphone. */
  install(): void {
    if (this.#context !== undefined) return;
    const context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
    const destination = context.createMediaStreamDestination();
    destination.channelCount = 1;
    // A constant source of nothing keeps the track running between utterances, as a real microphone does.
    const nothing = new ConstantSourceNode(context, { offset: 0 });
    nothing.connect(destination);
    nothing.start();
    // Every taker gets a track of its own: the client stops what it was given when a call ends.
    navigator.mediaDevices.getUserMedia = async () => {
      await context.resume();
      return new MediaStream(destination.stream.getAudioTracks().map((track) => track.clone()));
    };
    this.#context = context;
    this.#destination = destination;
  }

  /** Speaks mono PCM16 at `rateHz`; resolves at once with the times (ms since 1970) of its first and last sample. */
  say(pcm16Base64: string, rateHz: number): Promise<{ startAtMs: number; endAtMs: number }> {
    const context = this.#context;
    const destination = this.#destination;
    if (context === undefined || destination === undefined) throw new Error('the microphone is not a scripted one');
    const text = atob(pcm16Base64);
    const buffer = context.createBuffer(1, text.length >> 1, rateHz);
    const samples = buffer.getChannelData(0);
    for (let i = 0; i < samples.length; i += 1) {
      const value = text.charCodeAt(2 * i) | (text.charCodeAt(2 * i + 1) << 8);
      samples[i] = (value >= 32_768 ? value - 65_536 : value) / 32_768;
    }
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(destination);
    const startAt = context.currentTime + 0.02;
    source.start(startAt);
    const startAtMs = performance.timeOrigin + performance.now() + (startAt - context.currentTime) * 1000;
    return Promise.resolve({ startAtMs, endAtMs: startAtMs + buffer.duration * 1000 });
  }
}
