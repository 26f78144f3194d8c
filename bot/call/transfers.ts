import type { CallTelemetry } from '../telemetry';
import type { Clock } from '../time';
import type { CallTransport, TransferDestination, TransferFailure, TransferOutcome } from '../transport/transport';
import type { TransferAsked } from './built-in/call-actions';

/** A transport that says nothing for so long has not connected anybody. */
const WITHIN_MS = 20_000;
/** The same where the person is rung and told what it is about first. */
const WARM_WITHIN_MS = 70_000;

const WHY: Readonly<Record<TransferFailure, string>> = {
  busy: 'the line there is busy',
  'no-answer': 'nobody answers there',
  refused: 'the call was not taken there',
  unreachable: 'nobody can be reached there',
};
const NOT_CONNECTED = 'Tell the caller so in one short sentence, and go on yourself.';
const INVITED =
  'Somebody was asked to join this call. Tell the caller so in one short sentence, and stay with them until then.';

/** What the model is told where it is not alone with the caller any more. */
export const SOMEBODY_JOINED =
  'Another person has joined this call. Speak only when you are spoken to by name, or when both wait for you.';

interface TransfersOptions {
  readonly transport: Pick<CallTransport, 'transfer'>;
  /** Where people are, by the names of destinations. */
  readonly destinations: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly telemetry: CallTelemetry;
  /** Has the caller hear that it is coming; `connect` is to follow. */
  readonly announce: (to: string) => void;
  /** While a person is being asked, the caller waits. */
  readonly waits: (isWaiting: boolean) => void;
  /** Has the model go on, told this. */
  readonly tell: (words: string) => void;
  /** The caller is with somebody else: the call is over. */
  readonly givenAway: () => void;
}

/** The giving of a caller to a person: asked for by the agent, carried out by the transport, and told how it went. */
export class Transfers {
  readonly #options: TransfersOptions;
  #running: AbortController | undefined;
  /** What the person is told whom the caller is to be connected with. */
  #summary: TransferDestination['summary'];

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  /** The agent wants the caller connected; a person who is told a summary is asked before. */
  ask(to: string, summary?: TransferDestination['summary']): TransferAsked {
    const { transport, destinations, announce } = this.#options;
    if (transport.transfer === undefined) return 'no-transport';
    if (!destinations.has(to)) return 'no-address';
    this.#summary = summary;
    announce(to);
    return 'asked';
  }

  /** The caller has heard that it is coming. Never rejects; resolves when its outcome was told. */
  async connect(to: string): Promise<void> {
    const { telemetry, tell, givenAway, waits } = this.#options;
    if (this.#running !== undefined) return;
    const running = new AbortController();
    this.#running = running;
    const isWarm = this.#summary !== undefined;
    if (isWarm) waits(true);
    const outcome = await this.#outcome(to, running);
    this.#running = undefined;
    if (isWarm && running.signal.reason !== ENDED) waits(false);
    telemetry.record('callTransferred', { to, outcome: outcome.kind === 'failed' ? outcome.why : outcome.kind });
    if (outcome.kind === 'given-away') givenAway();
    else if (running.signal.reason !== ENDED) tell(wordsFor(outcome));
  }

  /** The call ends: a transfer under way is given up. Idempotent. */
  stop(): void {
    this.#running?.abort(ENDED);
  }

  async #outcome(name: string, running: AbortController): Promise<TransferOutcome> {
    const { transport, destinations, clock, telemetry } = this.#options;
    const summary = this.#summary;
    const timer = clock.after(summary === undefined ? WITHIN_MS : WARM_WITHIN_MS, () => running.abort());
    const { signal } = running;
    const givenUp = new Promise<TransferOutcome>((resolve) => {
      signal.addEventListener('abort', () => resolve({ kind: 'failed', why: 'no-answer' }), { once: true });
    });
    try {
      const outcome = transport.transfer?.({ name, address: destinations.get(name) ?? '', summary }, signal);
      return await Promise.race([outcome ?? Promise.resolve<TransferOutcome>(UNREACHABLE), givenUp]);
    } catch (error) {
      telemetry.logger.error({ err: error }, 'a transfer failed');
      return UNREACHABLE;
    } finally {
      timer.cancel();
    }
  }
}

const ENDED = Symbol('the call ends');
const UNREACHABLE: TransferOutcome = { kind: 'failed', why: 'unreachable' };

function wordsFor(outcome: Exclude<TransferOutcome, { kind: 'given-away' }>): string {
  return outcome.kind === 'invited' ? INVITED : `The caller was not connected: ${WHY[outcome.why]}. ${NOT_CONNECTED}`;
}
