import type { OutputEvent } from '../../bot/sonic/protocol/parse-output';
import { classifyEnd } from '../../bot/sonic/stream/classify';
import type { StreamFailure } from '../../bot/sonic/stream/failure';
import type {
  ModelStream,
  Script,
  StreamEnd,
  StreamEvents,
  StreamOpener,
  StreamProgress,
} from '../../bot/sonic/stream/model-stream';

/** A control event as it was sent. */
export interface SentEvent {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A stream without a network: the test plays the service. It ends as a real one does, once. */
export class FakeModelStream implements ModelStream {
  progress: StreamProgress | undefined = 'preparing';
  credentialsExpireAtMs: number | undefined;
  readonly sent: SentEvent[] = [];
  audioEvents = 0;
  end: StreamEnd | undefined;
  readonly #events: StreamEvents;
  readonly #script: Script;

  constructor(script: Script, events: StreamEvents) {
    this.#script = script;
    this.#events = events;
    this.send(script.opening);
  }

  send(events: readonly Uint8Array[]): void {
    if (this.progress === undefined) return;
    for (const bytes of events) {
      const { event } = JSON.parse(Buffer.from(bytes).toString()) as { event: Record<string, SentEvent['body']> };
      for (const [name, body] of Object.entries(event)) this.sent.push({ name, body });
    }
  }

  sendAudio(): void {
    if (this.progress !== undefined) this.audioEvents += 1;
  }

  close(): Promise<void> {
    this.send(this.#script.goodbye());
    this.#finish({ kind: 'closed' });
    return Promise.resolve();
  }

  abort(failure?: StreamFailure): void {
    this.#finish(failure === undefined ? { kind: 'closed' } : { kind: 'failed', failure });
  }

  /** The service is reached, and takes the request. */
  accept(): this {
    this.progress = 'accepted';
    this.#events.onAccepted();
    return this;
  }

  /** The service says something. */
  output(...events: OutputEvent[]): this {
    for (const event of events) if (this.end === undefined) this.#events.onOutput(event);
    return this;
  }

  /** The service, or the network, ends the stream. */
  lose(exceptionName = 'ModelStreamErrorException', message = 'scripted'): void {
    const error = new Error(message);
    error.name = exceptionName;
    this.abort(classifyEnd(error, undefined));
  }

  /** The texts sent, in order: `USER! …` is interactive. */
  get texts(): string[] {
    const roles = new Map<unknown, string>();
    const texts = new Map<unknown, string>();
    for (const { name, body } of this.sent) {
      const id = body['contentName'];
      if (name === 'contentStart' && body['type'] === 'TEXT') {
        roles.set(id, `${String(body['role'])}${body['interactive'] === true ? '!' : ''}`);
      }
      if (name === 'textInput') texts.set(id, (texts.get(id) ?? '') + String(body['content']));
    }
    return [...texts].map(([id, text]) => `${roles.get(id) ?? '?'} ${text}`);
  }

  #finish(end: StreamEnd): void {
    if (this.end !== undefined) return;
    this.end = end;
    this.progress = undefined;
    this.#events.onClose(end);
  }
}

/** Opens fake streams and keeps them in order. */
export class FakeStreamOpener implements StreamOpener {
  readonly streams: FakeModelStream[] = [];

  open(script: Script, events: StreamEvents): ModelStream {
    const stream = new FakeModelStream(script, events);
    this.streams.push(stream);
    return stream;
  }

  /** The stream opened last. */
  get latest(): FakeModelStream {
    const latest = this.streams.at(-1);
    if (latest === undefined) throw new Error('no stream has been opened');
    return latest;
  }
}
