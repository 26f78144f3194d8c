/** What a secret's value is replaced by, whatever its length. */
const HIDDEN = '[secret]';

/** Shorter values would blank out half of every text; nothing this short is accepted as a secret anywhere. */
const SHORTEST = 6;

const SECRET_NAME = /KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIAL/;
/** An address with a password in it. */
const WITH_PASSWORD = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*:[^/?#]+@/i;

/**
 * Blanks the secrets that a process has touched out of what it prints or logs. Nothing of ours prints one; this is for
 * messages of others that quote one.
 */
export class Redactor {
  readonly #values = new Set<string>();

  /** Hides the variables of a process that are secret by their names, or hold an address with a password. */
  hideSecretsOf(env: Readonly<Record<string, string | undefined>>): void {
    for (const [name, value = ''] of Object.entries(env)) {
      if (SECRET_NAME.test(name) || WITH_PASSWORD.test(value)) this.hide(value);
    }
  }

  /** Hides a value from now on, and the text that JSON makes of it. */
  hide(value: string): void {
    const trimmed = value.trim();
    for (const one of [value, trimmed]) {
      if (one.length < SHORTEST) continue;
      this.#values.add(one);
      this.#values.add(JSON.stringify(one).slice(1, -1));
      this.#values.add(encodeURIComponent(one));
    }
  }

  /** The text without any hidden value. The longest goes first, so that no value's tail is left over. */
  clean(text: string): string {
    return [...this.#values]
      .sort((a, b) => b.length - a.length)
      .reduce((cleaned, value) => cleaned.replaceAll(value, HIDDEN), text);
  }
}
