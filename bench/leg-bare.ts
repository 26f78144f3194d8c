/** The same work as leg-ours by a bare loop over the SDK: what anybody would pay who wrote it in fifty lines. */
import { BedrockRuntimeClient, InvokeModelWithBidirectionalStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { randomUUID } from 'node:crypto';
import { DEFAULT_MODEL_ID } from '../contract/models';
import type { LegRequest } from './leg';
import { measureCost, serve, span } from '../testbed/processes/worker';
import { textLasting } from './speech';

const TYPED_AFTER_FRAMES = 4;

let receivedSamples = 0;
let faults = 0;

/** One session: a queue of events behind an async generator, and a loop over the answers. */
class BareSession {
  readonly #queue: Uint8Array[] = [];
  readonly #promptName = randomUUID();
  readonly #audioName = randomUUID();
  #wake: () => void = () => undefined;
  #samples: Int16Array[] = [];
  #frames = 0;
  readonly #typed: string;

  constructor(client: BedrockRuntimeClient, text: string) {
    const { promptName } = { promptName: this.#promptName };
    this.#push({ sessionStart: { inferenceConfiguration: { maxTokens: 1024, topP: 0.9, temperature: 0.7 } } });
    const audioOutputConfiguration = {
      mediaType: 'audio/lpcm',
      sampleRateHertz: 24_000,
      sampleSizeBits: 16,
      channelCount: 1,
      voiceId: 'matthew',
      encoding: 'base64',
      audioType: 'SPEECH',
    };
    this.#push({
      promptStart: { promptName, textOutputConfiguration: { mediaType: 'text/plain' }, audioOutputConfiguration },
    });
    this.#text('SYSTEM', false, 'Bench.');
    const audioInputConfiguration = {
      mediaType: 'audio/lpcm',
      sampleRateHertz: 16_000,
      sampleSizeBits: 16,
      channelCount: 1,
      audioType: 'SPEECH',
      encoding: 'base64',
    };
    const contentName = this.#audioName;
    this.#push({
      contentStart: {
        promptName,
        contentName,
        type: 'AUDIO',
        interactive: true,
        role: 'USER',
        audioInputConfiguration,
      },
    });
    this.#typed = text;
    void this.#run(client).catch(() => void (faults += 1));
  }

  hear(pcm16k: Int16Array): void {
    this.#samples.push(pcm16k);
  }

  /** Every 32 ms: 512 samples of what came. */
  flush(): void {
    let waiting = this.#samples.reduce((n, piece) => n + piece.length, 0);
    if (waiting < 512) return;
    const all = new Int16Array(waiting);
    let at = 0;
    for (const piece of this.#samples) {
      all.set(piece, at);
      at += piece.length;
    }
    at = 0;
    while (waiting >= 512) {
      const content = Buffer.from(all.buffer, at * 2, 1024).toString('base64');
      this.#push({ audioInput: { promptName: this.#promptName, contentName: this.#audioName, content } });
      at += 512;
      waiting -= 512;
      this.#frames += 1;
      // The service answers no text that is typed before it has heard some audio.
      if (this.#frames === TYPED_AFTER_FRAMES) this.#text('USER', true, this.#typed);
    }
    this.#samples = [all.slice(at)];
  }

  #text(role: 'SYSTEM' | 'USER', interactive: boolean, content: string): void {
    const contentName = randomUUID();
    const promptName = this.#promptName;
    const textInputConfiguration = { mediaType: 'text/plain' };
    this.#push({ contentStart: { promptName, contentName, type: 'TEXT', interactive, role, textInputConfiguration } });
    for (let at = 0; at < content.length; at += 900) {
      this.#push({ textInput: { promptName, contentName, content: content.slice(at, at + 900) } });
    }
    this.#push({ contentEnd: { promptName, contentName } });
  }

  #push(event: object): void {
    this.#queue.push(Buffer.from(JSON.stringify({ event })));
    this.#wake();
  }

  async *#body(): AsyncGenerator<{ chunk: { bytes: Uint8Array } }> {
    for (;;) {
      const bytes = this.#queue.shift();
      if (bytes !== undefined) yield { chunk: { bytes } };
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async #run(client: BedrockRuntimeClient): Promise<void> {
    const command = new InvokeModelWithBidirectionalStreamCommand({
      modelId: DEFAULT_MODEL_ID,
      body: this.#body(),
    });
    const { body } = await client.send(command);
    for await (const { chunk } of body ?? []) {
      if (chunk?.bytes === undefined) continue;
      const { event } = JSON.parse(Buffer.from(chunk.bytes).toString()) as {
        event: { audioOutput?: { content: string } };
      };
      if (event.audioOutput !== undefined)
        receivedSamples += Buffer.from(event.audioOutput.content, 'base64').length / 2;
    }
    faults += 1;
  }
}

serve({
  rss: () => process.memoryUsage.rss() / 1_048_576,
  async run({ url, credentials, calls, seconds }: LegRequest) {
    const client = new BedrockRuntimeClient({ region: 'eu-north-1', endpoint: url, credentials });
    const text = textLasting((seconds + 6) * 1000);
    const sessions = Array.from({ length: calls }, () => new BareSession(client, text));
    const frame = new Int16Array(320).fill(40);
    setInterval(() => {
      for (const session of sessions) session.hear(frame);
    }, 20);
    setInterval(() => {
      for (const session of sessions) session.flush();
    }, 32);
    await span(3_000);
    receivedSamples = 0;
    const cost = measureCost();
    await span(seconds * 1000);
    return { ...cost(), receivedSamples, faults };
  },
});
