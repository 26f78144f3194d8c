import { type Clock, RateLimit } from '../time';
import { parseClientMessage, type Reports } from './parse';
import { TypedTextBudget, type TypedTextLimits, type TypedTextVerdict } from './typed-text-budget';
import { unsupported } from './unsupported';

/** What a client asks of the call. Called synchronously from `receive`; an exception is answered with an error-response. */
export interface RtviHandlers {
  /** Once a session, at the first `client-ready`. */
  onClientReady(): void;
  onSendText(text: string, options: { runImmediately: boolean; audioResponse: boolean }): void;
  /** Keys of a telephone, one or more in order: 0–9, `*`, `#`. */
  onKeys(keys: string): void;
  onDisconnectBot(): void;
  /** Answer with `serverResponse(id, …)` or `errorResponse(id, …)` within 10 s, or the client gives up. */
  onClientMessage(id: string, t: string, d: unknown): void;
}

/** What the session itself sees to. */
interface SessionSide {
  /** A client said which protocol it speaks. */
  onVersion(id: string, version: string | undefined): void;
  /** It may be told that the bot is ready. */
  onReadyAsked(id: string): void;
  onReportsAsked(id: string, reports: Reports): void;
  error(text: string): void;
  errorResponse(id: string, text: string): void;
}

interface ClientRequestsOptions {
  readonly clock: Clock;
  /** How much the caller may type. */
  readonly typedText: TypedTextLimits;
  readonly handlers: RtviHandlers;
  readonly session: SessionSide;
  /** Told of each message that was refused or dropped; `reason` holds nothing a client wrote. */
  onMalformed?(reason: string): void;
}

/* A person and a client library send a few messages a second at most. */
const MESSAGES_BURST = 100;
const MESSAGES_PER_SECOND = 50;
const REFUSALS_BURST = 20;
const REFUSALS_PER_SECOND = 2;

const TYPED_TOO_MUCH: Readonly<Record<Exclude<TypedTextVerdict, 'fits'>, string>> = {
  'too-fast': 'Too much text at once: the bot has not read this. Please wait a little, or say it.',
  'used-up': 'This call has had all the text that it may: the bot has not read this. Please say it.',
};

/** What comes from a client: read, held to its limits, and handed to who answers for it, or refused in words. Never throws. */
export class ClientRequests {
  readonly #options: ClientRequestsOptions;
  readonly #messageLimit: RateLimit;
  readonly #refusalLimit: RateLimit;
  readonly #typedText: TypedTextBudget;
  #clientReady = false;

  constructor(options: ClientRequestsOptions) {
    this.#options = options;
    const { clock, typedText: limits } = options;
    this.#messageLimit = new RateLimit({ clock, burst: MESSAGES_BURST, perSecond: MESSAGES_PER_SECOND });
    this.#refusalLimit = new RateLimit({ clock, burst: REFUSALS_BURST, perSecond: REFUSALS_PER_SECOND });
    this.#typedText = new TypedTextBudget({ clock, limits });
  }

  /** Takes anything that arrived. */
  take(message: unknown): void {
    if (!this.#messageLimit.take()) {
      this.#options.onMalformed?.('too many messages');
      return;
    }
    const parsed = parseClientMessage(message);
    const { handlers, session } = this.#options;
    switch (parsed.kind) {
      case 'client-ready':
        session.onVersion(parsed.id, parsed.version);
        if (!this.#clientReady) this.#run(parsed.id, () => handlers.onClientReady());
        this.#clientReady = true;
        session.onReadyAsked(parsed.id);
        return;
      case 'send-text': {
        const { id, text, runImmediately, audioResponse } = parsed;
        this.#type(id, text, () => handlers.onSendText(text, { runImmediately, audioResponse }));
        return;
      }
      case 'dtmf':
        this.#type(parsed.id, parsed.keys, () => handlers.onKeys(parsed.keys));
        return;
      case 'disconnect-bot':
        this.#run(parsed.id, () => handlers.onDisconnectBot());
        return;
      case 'reports-asked':
        session.onReportsAsked(parsed.id, parsed.reports);
        return;
      case 'client-message':
        this.#run(parsed.id, () => handlers.onClientMessage(parsed.id, parsed.t, parsed.d));
        return;
      case 'unsupported':
        this.#refuse(parsed.id, unsupported(parsed.type), 'unsupported type');
        return;
      case 'invalid':
        this.#refuse(parsed.id, `Invalid message: ${parsed.reason}`, 'invalid data');
        return;
      case 'malformed':
        this.#refuse(undefined, `Invalid message: ${parsed.reason}`, 'malformed envelope');
    }
  }

  /** Counts a refusal and answers it, unless there were too many: an answer to each would be an amplifier. */
  #refuse(id: string | undefined, text: string, reason: string): void {
    const { session } = this.#options;
    this.#options.onMalformed?.(reason);
    if (!this.#refusalLimit.take()) return;
    if (id === undefined) session.error(text);
    else session.errorResponse(id, text);
  }

  /** What the model is to read, as far as the caller may type. */
  #type(id: string | undefined, text: string, handler: () => void): void {
    const verdict = this.#typedText.take(text);
    if (verdict === 'fits') this.#run(id, handler);
    else this.#refuse(id, TYPED_TOO_MUCH[verdict], 'too much text');
  }

  #run(id: string | undefined, handler: () => void): void {
    try {
      handler();
    } catch {
      this.#refuse(id, 'The bot could not do this', 'handler failed');
    }
  }
}
