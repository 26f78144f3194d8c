import { createHmac } from 'node:crypto';
import { E164 } from '../../contract/phone-variables';

/** All who withhold their number are one caller. */
const WITHHELD = 'withheld';

/** What networks send in place of a number: words, and the same words spelt on a keypad (Twilio: +266696687 and others). */
const NO_NUMBER = new Set(['266696687', '86282452253', '7378742833', '2562533', '8656696']);

/** Of its user and its host: a password, a port and parameters make no other caller. */
const SIP_ADDRESS = /^sips?:([^\s@:;]+)(?::[^\s@]*)?@([^\s@:;?>]+)[^\s@]*$/;
/** Who withholds their name (RFC 3323 §4.1.1.3), and numbers of no network's. */
const NOBODY = /^(anonymous|unavailable|unknown|restricted|private|withheld)(\.invalid)?$/;

/** Who calls. */
export interface Caller {
  /** A keyed hash, the same for all tasks: it is in limits, tokens and logs, and the number is not. */
  readonly key: string;
  readonly isWithheld: boolean;
}

/** @param from as the carrier says it, which proves nothing: it limits and never authorises */
export function callerOf(from: string, key: Buffer): Caller {
  const number = from.trim();
  const address = SIP_ADDRESS.exec(number.toLowerCase());
  const [, user = number, host = ''] = address ?? [];
  const isNobody = NO_NUMBER.has(user.replace(/^\+/, '')) || NOBODY.test(user) || NOBODY.test(host);
  const isNumber = E164.test(user) && !isNobody;
  const isNamed = address !== null && !isNumber && !isNobody;
  // A number is the same caller whichever way it comes.
  const who = isNumber ? user : isNamed ? `sip:${user}@${host}` : WITHHELD;
  return { key: hashOf(who, key), isWithheld: who === WITHHELD };
}

/** A number as it may be logged. */
export function hashOf(number: string, key: Buffer): string {
  return createHmac('sha256', key).update(`number ${number}`).digest('base64url').slice(0, 16);
}
