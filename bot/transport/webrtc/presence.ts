/** Looks come every 20 ms: only a stalled process or a sleeping machine explains a gap this long between two of them. */
const STALL_MS = 500;

/** Consent expires this long after the last check that was answered (RFC 7675 §5.1). */
const CONSENT_MS = 30_000;

/** Clients ping each second, and a voice's packets come more often. */
const REGULAR_MS = 2_000;

/** Libdatachannel gives up an SCTP association no sooner than this after its first unanswered message. */
const SCTP_GIVES_UP_MS = 12_000;

/** Both ways of a network do not always go at once: the client may have been heard for a while after it heard us last. */
const ONE_WAY_MS = 4_000;
const OVERDUE_MS = SCTP_GIVES_UP_MS - ONE_WAY_MS;

/**
 * Whether a client still shows signs of life: a packet, a message, or ICE's consent, which a client renews that is silent
 * and muted. Time during which this process itself stalled does not count: what the client sent meanwhile has yet to be
 * read. Pure: time is an argument.
 */
export class Presence {
  readonly #vanishMs: number;
  #lastSeenMs: number;
  #lastGapMs = Infinity;
  #lastLookMs: number | undefined;
  #hadConsent = false;

  constructor(vanishMs: number, nowMs: number) {
    this.#vanishMs = vanishMs;
    this.#lastSeenMs = nowMs;
  }

  /** When the last packet, message or ping came, or consent was last renewed at the latest. */
  get lastSeenMs(): number {
    return this.#lastSeenMs;
  }

  /** A packet, a message or a ping came. */
  seen(nowMs: number): void {
    this.#lastGapMs = nowMs - this.#lastSeenMs;
    this.#lastSeenMs = nowMs;
  }

  /**
   * Whether a client that sends regularly has not for so long that what closes now may not have been closed by it:
   * libdatachannel tells that SCTP has given up no differently from a goodbye. After a shorter silence it is one: a
   * browser without processor sends it late, and before the packets that waited with it.
   */
  isOverdue(nowMs: number): boolean {
    return this.#lastGapMs <= REGULAR_MS && nowMs - this.#lastSeenMs - this.#stalledMs(nowMs) > OVERDUE_MS;
  }

  /** To be asked regularly: true when there has been no sign of life for too long. */
  hasVanished(nowMs: number, hasConsent: boolean): boolean {
    this.#lastSeenMs = Math.min(nowMs, this.#lastSeenMs + this.#stalledMs(nowMs));
    this.#lastLookMs = nowMs;
    if (this.#hadConsent && !hasConsent) this.#lastSeenMs = Math.max(this.#lastSeenMs, nowMs - CONSENT_MS);
    this.#hadConsent = hasConsent;
    return !hasConsent && nowMs - this.#lastSeenMs > this.#vanishMs;
  }

  /** For how long this process has stalled since the last look. */
  #stalledMs(nowMs: number): number {
    const pauseMs = nowMs - (this.#lastLookMs ?? nowMs);
    return pauseMs > STALL_MS ? pauseMs : 0;
  }
}
