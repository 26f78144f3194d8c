import { type ConsentMode, type ConsentOutcome, keepsAt, type RecordLevel } from '../../contract/call-record';
import type { NoticeName } from '../../contract/languages/speech-texts';
import { sayExactly } from '../../contract/prompts';
import type { CallAgent } from '../agents';
import { isHeardIn, judge } from '../tools';

/** The call's record, as far as consent goes. */
interface Record {
  readonly level: RecordLevel;
  readonly consent: { readonly mode: ConsentMode; readonly outcome: ConsentOutcome };
  consentIs(outcome: ConsentOutcome): void;
}

interface RecordingConsentOptions {
  readonly record: Record;
  /** Who has the call. */
  readonly agent: () => Pick<CallAgent, 'language' | 'texts' | 'greeting' | 'greetingPrompt'>;
  /** Plays a notice, and tells when it has been heard to its end; never, where it is cut off. */
  readonly playNotice: (name: NoticeName, onHeard: () => void) => void;
  /** Whether the call is kept, or what of it was, has changed. */
  readonly onChanged: () => void;
}

/** A caller who talks over it so often is not told of a recording, and there is none. */
const MOST_NOTICES = 3;
/** Of what was heard so much is looked at. */
const TAIL_CHARACTERS = 1_000;

/**
 * Tells the caller that the call is recorded, or asks whether it may be, before anything of theirs is kept: the agent in its
 * greeting, and where it has not been heard to say exactly that, a recorded notice. Only a plain yes to the question agrees.
 */
export class RecordingConsent {
  readonly #options: RecordingConsentOptions;
  #heard = '';
  #said = '';
  #isAsked = false;
  #notices = 0;
  #isNoticePlaying = false;

  constructor(options: RecordingConsentOptions) {
    this.#options = options;
  }

  /** What the model is told to begin with. */
  get greetingPrompt(): string {
    const { greeting, greetingPrompt } = this.#options.agent();
    if (!this.#isPending) return greetingPrompt;
    const isAnnounced = this.#options.record.consent.mode === 'announce';
    if (greeting !== undefined)
      return sayExactly(isAnnounced ? `${this.#sentence} ${greeting}` : `${greeting} ${this.#sentence}`);
    return isAnnounced
      ? `Begin with exactly this sentence: "${this.#sentence}" Then do this: ${greetingPrompt}`
      : `${greetingPrompt} End with exactly this question, and no other: "${this.#sentence}"`;
  }

  /** The caller has heard this of the agent. */
  botHeard(words: string): void {
    if (!this.#isPending) return;
    // Who has answered unclearly before the talk goes on has not agreed.
    if (this.#said !== '') {
      this.#become('refused');
      return;
    }
    this.#heard = `${this.#heard} ${words}`.slice(-TAIL_CHARACTERS);
    if (isHeardIn(this.#sentence, this.#heard, this.#options.agent().language)) this.#sentenceHeard();
  }

  /** The caller said, or typed, this. */
  callerSaid(words: string): void {
    if (!this.#isPending || !this.#isAsked) return;
    this.#said += ` ${words}`;
    const answer = judge(this.#said, this.#options.agent().language, this.#sentence);
    if (answer !== 'unclear') this.#become(answer === 'yes' ? 'agreed' : 'refused');
  }

  /** The caller has heard all there was. */
  botSilent(): void {
    if (!this.#isPending || this.#isAsked || this.#isNoticePlaying || this.#notices === MOST_NOTICES) return;
    this.#notices += 1;
    this.#isNoticePlaying = true;
    this.#options.playNotice(this.#notice, () => {
      this.#isNoticePlaying = false;
      this.#sentenceHeard();
    });
  }

  /** What was to be heard was dropped. */
  botCutOff(): void {
    this.#isNoticePlaying = false;
  }

  /** The caller wants nothing of theirs kept, from now on. Returns whether that changes anything. */
  stop(): boolean {
    const { record } = this.#options;
    if (this.#isPending) this.#become('refused');
    else if (keepsAt(record.level, 'transcript')) this.#become('stopped');
    else return false;
    return true;
  }

  get #isPending(): boolean {
    return this.#options.record.consent.outcome === 'pending';
  }

  get #notice(): 'call-recorded' | 'may-we-record' {
    return this.#options.record.consent.mode === 'ask' ? 'may-we-record' : 'call-recorded';
  }

  get #sentence(): string {
    return this.#options.agent().texts.notices[this.#notice];
  }

  #sentenceHeard(): void {
    if (!this.#isPending) return;
    if (this.#notice === 'may-we-record') this.#isAsked = true;
    else this.#become('announced');
  }

  #become(outcome: ConsentOutcome): void {
    this.#options.record.consentIs(outcome);
    this.#options.onChanged();
  }
}
