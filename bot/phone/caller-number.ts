import { createHmac } from 'node:crypto';
import { E164 } from '../../contract/phone-variables';

/** All who withhold their number are one caller. */
const WITHHELD = 'withheld';

/** What networks send in place of a number: words, and the same words spelt on a keypad (Twilio: +266696687 and others). */
const NO_NUMBER = new Set(['266696687', '86282452253', '7378742833', '2562533', '8656696']);

/** Who calls. */
export interface Caller {
  /** A keyed hash, the same for all tasks: it is in limits, tokens and logs, and the number is not. */
  readonly key: string;
  readonly isWithheld: boolean;
}

/** @param from as the carrier says it, which proves nothing: it limits and never authorises */
export function callerOf(from: string, key: Buffer): Caller {
  const number = from.trim();
  const isWithheld = !E164.test(number) || NO_NUMBER.has(number.slice(1));
  // A SIP caller has an address instead of a number.
  const isAddress = /^sips?:[^\s@]+@[^\s@]+$/i.test(number);
  const who = isWithheld && !isAddress ? WITHHELD : number.toLowerCase();
  return { key: hashOf(who, key), isWithheld: isWithheld && !isAddress };
}

/** A number as it may be logged. */
export function hashOf(number: string, key: Buffer): string {
  return createHmac('sha256', key).update(`number ${number}`).digest('base64url').slice(0, 16);
}
