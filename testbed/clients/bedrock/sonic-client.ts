import { randomUUID } from 'node:crypto';
import {
  BedrockRuntimeClient,
  InvokeModelWithBidirectionalStreamCommand,
  type InvokeModelWithBidirectionalStreamCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import { FAKE_CREDENTIALS } from '../../fakes/bedrock';

export type OutputEvent = { readonly name: string; readonly body: Record<string, unknown> };
export type ToolSpec = {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: { readonly json: string };
};

export interface ClientOptions {
  readonly url: string;
  readonly region?: string;
  readonly modelId?: string;
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  readonly systemClockOffset?: number;
  readonly token?: string;
  /** PEM of a certificate to trust. */
  readonly ca?: string;
}

export const TIME_TOOL: ToolSpec = {
  name: 'get_current_time',
  description: 'The time in a place',
  inputSchema: {
    json: JSON.stringify({ type: 'object', properties: { place: { type: 'string' } }, required: ['place'] }),
  },
};

/** A caller of the sandbox through the unmodified SDK: events in one by one, events out as a list one can wait on. */
export class SonicClient {
  readonly events: OutputEvent[] = [];
  /** How the response ended. */
  readonly finished: Promise<{ readonly error: Error | undefined }>;
  readonly promptName = randomUUID();
  readonly audioName: string = randomUUID();
  /** The audio block opened last. */
  #openName = this.audioName;
  readonly #queue: unknown[] = [];
  readonly #abort = new AbortController();
  readonly #client: BedrockRuntimeClient;
  #wake: () => void = () => undefined;
  #bodyDone = false;
  #over = false;
  #waiters: (() => void)[] = [];

  constructor(options: ClientOptions) {
    this.#client = new BedrockRuntimeClient({
      region: options.region ?? 'eu-north-1',
      endpoint: options.url,
      credentials: options.credentials ?? FAKE_CREDENTIALS,
      maxAttempts: 1,
      logger: { debug: noop, info: noop, warn: noop, error: noop },
      ...(options.token === undefined
        ? { authSchemePreference: ['aws.auth#sigv4'] }
        : { token: { token: options.token }, authSchemePreference: ['httpBearerAuth'] }),
      ...(options.systemClockOffset === undefined ? {} : { systemClockOffset: options.systemClockOffset }),
      requestHandler: {
        sessionTimeout: 60_000,
        ...(options.ca === undefined ? {} : { nodeHttp2ConnectOptions: { ca: options.ca } }),
      },
    });
    this.finished = this.#run(options.modelId ?? 'amazon.nova-2-sonic-v1:0');
  }

  async #run(modelId: string): Promise<{ readonly error: Error | undefined }> {
    let error: Error | undefined;
    try {
      const command = new InvokeModelWithBidirectionalStreamCommand({ modelId, body: this.#body() });
      const response = await this.#client.send(command, { abortSignal: this.#abort.signal });
      for await (const item of response.body ?? []) {
        const bytes = item.chunk?.bytes;
        if (bytes === undefined) continue;
        const text = Buffer.from(bytes).toString('utf8');
        this.#received(text);
      }
    } catch (caught) {
      error = caught as Error;
    } finally {
      this.#abort.abort();
      this.#client.destroy();
      this.#over = true;
      this.#notify();
    }
    return { error };
  }

  #received(text: string): void {
    let event: Record<string, Record<string, unknown>>;
    try {
      ({ event } = JSON.parse(text) as { event: Record<string, Record<string, unknown>> });
    } catch {
      event = { unreadable: { text } };
    }
    for (const [name, body] of Object.entries(event)) this.events.push({ name, body });
    this.#notify();
  }

  #notify(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  async *#body(): NonNullable<InvokeModelWithBidirectionalStreamCommandInput['body']> {
    for (;;) {
      while (this.#queue.length > 0) {
        const next = this.#queue.shift();
        const bytes = typeof next === 'string' ? Buffer.from(next) : Buffer.from(JSON.stringify({ event: next }));
        yield { chunk: { bytes } };
      }
      if (this.#bodyDone) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Sends one event, or raw text when it is a string. */
  send(event: unknown): this {
    this.#queue.push(event);
    this.#wake();
    return this;
  }

  endBody(): void {
    this.#bodyDone = true;
    this.#wake();
  }

  abort(): void {
    this.#bodyDone = true;
    this.#wake();
    this.#abort.abort();
  }

  sessionStart(endpointingSensitivity: 'HIGH' | 'MEDIUM' | 'LOW' = 'HIGH'): this {
    return this.send({
      sessionStart: {
        inferenceConfiguration: { maxTokens: 1024, topP: 0.9, temperature: 0.7 },
        turnDetectionConfiguration: { endpointingSensitivity },
      },
    });
  }

  promptStart(tools: readonly ToolSpec[] = [], voiceId = 'tiffany', outputHz = 24_000): this {
    return this.send({ promptStart: promptStart(this.promptName, tools, voiceId, outputHz) });
  }

  text(role: string, content: string, options: { interactive?: boolean; contentName?: string } = {}): this {
    const contentName = options.contentName ?? randomUUID();
    const ids = { promptName: this.promptName, contentName };
    const interactive = options.interactive ?? false;
    this.send({
      contentStart: { ...ids, type: 'TEXT', interactive, role, textInputConfiguration: { mediaType: 'text/plain' } },
    });
    this.send({ textInput: { ...ids, content } });
    return this.send({ contentEnd: ids });
  }

  openAudio(contentName = this.audioName, rateHz = 16_000): this {
    this.#openName = contentName;
    return this.send({ contentStart: audioContentStart(this.promptName, contentName, rateHz) });
  }

  closeAudio(): this {
    return this.send({ contentEnd: { promptName: this.promptName, contentName: this.#openName } });
  }

  audio(pcm: Int16Array): this {
    const content = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('base64');
    return this.send({ audioInput: { promptName: this.promptName, contentName: this.#openName, content } });
  }

  /** Sends audio in pieces of 32 ms, all at once: the sandbox lives on the audio's own time. */
  speak(pcm: Int16Array): this {
    for (let at = 0; at < pcm.length; at += 512) this.audio(pcm.slice(at, at + 512));
    return this;
  }

  silence(ms: number): this {
    return this.speak(new Int16Array(ms * 16));
  }

  toolResult(toolUseId: string, content: string): this {
    const ids = { promptName: this.promptName, contentName: randomUUID() };
    this.send({ contentStart: toolContentStart(ids, toolUseId) });
    this.send({ toolResult: { ...ids, content } });
    return this.send({ contentEnd: ids });
  }

  /** Everything up to an open audio block. */
  open(options: { tools?: readonly ToolSpec[]; endpointing?: 'HIGH' | 'MEDIUM' | 'LOW'; voiceId?: string } = {}): this {
    this.sessionStart(options.endpointing).promptStart(options.tools, options.voiceId);
    return this.text('SYSTEM', 'You are a friendly assistant.').openAudio();
  }

  /** The same, with silence enough for typed text to be taken note of. */
  openFed(options: Parameters<SonicClient['open']>[0] = {}): this {
    return this.open(options).silence(100);
  }

  type(text: string): this {
    return this.text('USER', text, { interactive: true });
  }

  endPolitely(): this {
    this.closeAudio()
      .send({ promptEnd: { promptName: this.promptName } })
      .send({ sessionEnd: {} });
    this.endBody();
    return this;
  }

  /** Waits for an event. @throws when the stream ends before it, or nothing comes for `timeoutMs`. */
  async until(predicate: (event: OutputEvent) => boolean, from = 0, timeoutMs = 30_000): Promise<OutputEvent> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = this.events.slice(from).find(predicate);
      if (found !== undefined) return found;
      if (this.#over) throw new Error(`The stream ended: ${String((await this.finished).error)}`);
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new Error(`No such event; got ${this.names().join(' ')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#waiters.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Waits for the end of the turn; gives its events. */
  async turn(from = 0): Promise<OutputEvent[]> {
    const end = await this.until((event) => event.name === 'completionEnd', from);
    return this.events.slice(from, this.events.indexOf(end) + 1);
  }

  /** Waits for the last piece of an answer, which is how a turn ends live; gives the events up to it. */
  async spoken(from = 0): Promise<OutputEvent[]> {
    const end = await this.until(
      ({ name, body }) => name === 'contentEnd' && body['type'] === 'AUDIO' && body['stopReason'] === 'END_TURN',
      from,
    );
    return this.events.slice(from, this.events.indexOf(end) + 1);
  }

  /** Names of events, runs merged. */
  names(from = 0): string[] {
    const names = this.events.slice(from).map((event) => event.name);
    return names.filter((name, index) => name !== names[index - 1]);
  }
}

export function promptStart(
  promptName: string,
  tools: readonly ToolSpec[] = [],
  voiceId = 'tiffany',
  outputHz = 24_000,
): Record<string, unknown> {
  return {
    promptName,
    textOutputConfiguration: { mediaType: 'text/plain' },
    audioOutputConfiguration: {
      mediaType: 'audio/lpcm',
      sampleRateHertz: outputHz,
      sampleSizeBits: 16,
      channelCount: 1,
      voiceId,
      encoding: 'base64',
      audioType: 'SPEECH',
    },
    ...(tools.length === 0
      ? {}
      : {
          toolUseOutputConfiguration: { mediaType: 'application/json' },
          toolConfiguration: { tools: tools.map((toolSpec) => ({ toolSpec })) },
        }),
  };
}

export function audioContentStart(promptName: string, contentName: string, rateHz = 16_000): Record<string, unknown> {
  return {
    promptName,
    contentName,
    type: 'AUDIO',
    interactive: true,
    role: 'USER',
    audioInputConfiguration: {
      mediaType: 'audio/lpcm',
      sampleRateHertz: rateHz,
      sampleSizeBits: 16,
      channelCount: 1,
      audioType: 'SPEECH',
      encoding: 'base64',
    },
  };
}

export function toolContentStart(
  ids: { readonly promptName: string; readonly contentName: string },
  toolUseId: string,
): Record<string, unknown> {
  return {
    ...ids,
    interactive: false,
    type: 'TOOL',
    role: 'TOOL',
    toolResultInputConfiguration: { toolUseId, type: 'TEXT', textInputConfiguration: { mediaType: 'text/plain' } },
  };
}

function noop(): void {
  // The SDK's own warnings are what these tests provoke.
}
