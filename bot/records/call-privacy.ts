import {
  consentAtFirst,
  type ConsentMode,
  type ConsentOutcome,
  keepsAt,
  levelInForce,
  RECORD_LEVELS,
  type RecordLevel,
  type RecordsRule,
} from '../../contract/call-record';

/** What callers have to do with it, and when that changed, in ms since the call began. */
interface Consent {
  readonly mode: ConsentMode;
  readonly outcome: ConsentOutcome;
  readonly atMs?: number;
}

/** What may be kept of a call now: as its agents ask, its caller wants, and a secret allows. All times in ms since it began. */
export class CallPrivacy {
  /** What the agent that answered asks for. */
  readonly askedLevel: RecordLevel;
  readonly #mode: ConsentMode;
  #level: RecordLevel;
  #hasToolContent: boolean;
  #consent: { readonly outcome: ConsentOutcome; readonly atMs?: number };
  #isSecretAsked = false;
  #secretUntilMs = -Infinity;

  constructor(rule: Required<RecordsRule>) {
    this.askedLevel = rule.level;
    this.#mode = rule.consent;
    this.#level = rule.level;
    this.#hasToolContent = rule.toolContent;
    this.#consent = { outcome: consentAtFirst(rule) };
  }

  /** In force now: what the caller was not told of, or does not want any more, is not kept. */
  get level(): RecordLevel {
    return levelInForce(this.#level, this.#consent.outcome);
  }

  get consent(): Consent {
    return { mode: this.#mode, ...this.#consent };
  }

  get keepsWords(): boolean {
    return keepsAt(this.level, 'transcript');
  }

  get keepsToolContent(): boolean {
    return this.#hasToolContent && this.keepsWords;
  }

  /** The caller was told, or has answered, or has had it stopped. */
  consentIs(outcome: ConsentOutcome, atMs: number): void {
    this.#consent = { outcome, atMs: Math.round(atMs) };
  }

  /** Another agent has the call: where it keeps less, less is kept from now on. */
  handedTo({ level, toolContent }: Required<RecordsRule>): void {
    const lower = Math.min(RECORD_LEVELS.indexOf(this.#level), RECORD_LEVELS.indexOf(level));
    // How the call goes is kept all the same.
    this.#level = RECORD_LEVELS[Math.max(lower, RECORD_LEVELS.indexOf('metadata'))] ?? 'metadata';
    this.#hasToolContent &&= toolContent;
    // Nobody is told of, or asked for, what will not be kept.
    if (this.#consent.outcome === 'pending' && !keepsAt(this.#level, 'transcript'))
      this.#consent = { outcome: 'not-needed' };
  }

  /** @param isAsked whether the caller is to enter a secret */
  secretAsked(isAsked: boolean, nowMs: number): void {
    if (this.#isSecretAsked && !isAsked) this.#secretUntilMs = nowMs;
    this.#isSecretAsked = isAsked;
  }

  /** Whether what the caller began to say, or pressed, at `fromMs` may be the secret. */
  isSecret(fromMs: number): boolean {
    return this.#isSecretAsked || fromMs < this.#secretUntilMs;
  }

  /** Whether words that the caller began to say at `fromMs` are kept: those before the announcement, which come late, are not. */
  keepsWordsFrom(fromMs: number): boolean {
    const { outcome, atMs = 0 } = this.#consent;
    return this.keepsWords && (outcome !== 'announced' || fromMs >= atMs);
  }
}
