/*
 * What a carrier of telephone calls does for the bot, whichever it is. How its requests are proved to be its own, and how
 * it is answered, is between its routes and its folder.
 */

/** A call that the bot makes. */
export interface OutboundCall {
  /** E.164, both. */
  readonly to: string;
  readonly from: string;
  /** Comes back when somebody answers: who is to speak, and with what data. */
  readonly ticket: string;
  readonly ringMs: number;
  readonly maxCallMs: number;
  /** Whether a machine's greeting is waited for, to leave a message after it. */
  readonly leavesMessage: boolean;
}

/** How the bot acts on calls at a carrier. */
export interface Carrier {
  /** Ends a call, by the carrier's name of it; one that has ended is what was wanted. Never rejects, 3 s at most. */
  hangUp(callSid: string): Promise<void>;
  /** @throws BotError `carrier_refused`, `carrier_unavailable` */
  dial(call: OutboundCall): Promise<{ readonly callSid: string; readonly status: string }>;
}
