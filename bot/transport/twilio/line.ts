import { randomUUID } from 'node:crypto';
import { BotError } from '../../errors';
import type { Telemetry } from '../../telemetry';
import { type Clock, sleep } from '../../time';
import type { Carrier, OutboundCall } from '../carrier';
import type { TransferFailure, TransferOutcome } from '../transport';
import type { TwilioAddresses } from './addresses';
import type { TwilioRest } from './rest';
import type { LineTransfer } from './transport';
import * as twiml from './twiml';

/** As long as it rings at the person's: five times. */
const RING_SECONDS = 25;
const LOOK_EVERY_MS = 1_000;
/** A person who has answered has heard a summary by then. */
const BRIEFED_WITHIN_MS = 30_000;

interface TwilioLineOptions {
  readonly rest: TwilioRest;
  readonly addresses: TwilioAddresses;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** What is done with calls at Twilio. */
export class TwilioLine implements Carrier {
  readonly #options: TwilioLineOptions;

  constructor(options: TwilioLineOptions) {
    this.#options = options;
  }

  async hangUp(callSid: string): Promise<void> {
    const { rest, telemetry } = this.#options;
    try {
      await rest.hangUp(callSid);
    } catch (error) {
      telemetry.record('phoneHangUpFailed', { code: BotError.from(error).code, callSid, err: error });
    }
  }

  dial({ to, from, ticket, ringMs, maxCallMs, leavesMessage }: OutboundCall) {
    const { rest, addresses } = this.#options;
    return rest.dial({
      to,
      from,
      url: addresses.answered(ticket),
      ringSeconds: Math.round(ringMs / 1000),
      maxSeconds: Math.ceil(maxCallMs / 1000),
      statusUrl: addresses.status,
      machineUrl: addresses.machine,
      untilMessage: leavesMessage,
    });
  }

  /**
   * Gives a caller to a person. Cold: the caller hears it ring, and comes back by `dialled` where nobody answers. Warm,
   * where there is something to say to the person first: they are rung and told, and then the caller joins them.
   * @param token of the caller's stream @param from a number of ours
   */
  async transfer(transfer: LineTransfer, token: string, from: string | undefined): Promise<TransferOutcome> {
    const { telemetry } = this.#options;
    try {
      const { summary } = transfer.to;
      if (summary === undefined || from === undefined) return await this.#give(transfer, token);
      return await this.#introduce(transfer, token, from, summary);
    } catch (error) {
      telemetry.logger.warn({ err: error, callSid: transfer.callSid }, 'a call could not be transferred');
      return failed('unreachable');
    }
  }

  async #give({ callSid, to, onLeaving }: LineTransfer, token: string): Promise<TransferOutcome> {
    const { rest, addresses } = this.#options;
    const afterUrl = addresses.dialled(token, to.name);
    onLeaving();
    const isThere = await rest.redirect(
      callSid,
      twiml.dial({ address: to.address, ringSeconds: RING_SECONDS, afterUrl }),
    );
    return isThere ? { kind: 'given-away' } : failed('unreachable');
  }

  async #introduce(
    { callSid, to, signal, onLeaving }: LineTransfer,
    token: string,
    from: string,
    { text, language }: { readonly text: string; readonly language: string },
  ): Promise<TransferOutcome> {
    const { rest, addresses } = this.#options;
    // Another one each time: the one before has ended.
    const conference = `meet-${randomUUID()}`;
    const colleague = await rest.dial({
      to: to.address.replace(/^tel:/, ''),
      from,
      twiml: twiml.briefThenMeet(text, language, conference),
      ringSeconds: RING_SECONDS,
    });
    const outcome = await this.#untilThere(colleague.callSid, conference, signal);
    if (outcome === 'there') {
      onLeaving();
      if (await rest.redirect(callSid, twiml.meet(conference, addresses.dialled(token, to.name)))) {
        return { kind: 'given-away' };
      }
    }
    await this.hangUp(colleague.callSid);
    return failed(outcome === 'there' ? 'unreachable' : outcome);
  }

  /** Looks until the person waits in the conference, or will not. */
  async #untilThere(callSid: string, conference: string, signal: AbortSignal): Promise<TransferFailure | 'there'> {
    const { rest, clock } = this.#options;
    const untilMs = clock.nowMs() + RING_SECONDS * 1_000 + BRIEFED_WITHIN_MS;
    let hasAnswered = false;
    while (!signal.aborted && clock.nowMs() < untilMs) {
      switch (await rest.statusOf(callSid)) {
        case 'busy':
          return 'busy';
        case 'no-answer':
        case 'canceled':
          return 'no-answer';
        case 'failed':
          return 'unreachable';
        case 'completed':
          return hasAnswered ? 'refused' : 'no-answer';
        case 'in-progress':
          hasAnswered = true;
          if (await rest.isInConference(conference, callSid)) return 'there';
      }
      await sleep(clock, LOOK_EVERY_MS);
    }
    return 'no-answer';
  }
}

const failed = (why: TransferFailure): TransferOutcome => ({ kind: 'failed', why });
