import { E164 } from '../../../contract/phone-variables';
import { BotError } from '../../errors';
import { type Refusal, refusalOf } from './refused-numbers';

const WHY: Readonly<Record<Refusal, string>> = {
  emergency: 'an emergency number',
  satellite: 'a number of a satellite network',
  premium: 'a number of a premium-rate service',
  'no-number': 'no number of North America, which are +1 and ten digits',
  island: 'outside of the USA and Canada: PHONE_CALLS_PREFIXES has to name its area, as in +1876',
};

/** @throws BotError `destination_refused` for a number that the bot may not call; it quotes no number */
export function requireDestination(to: string, prefixes: readonly string[]): void {
  const longest = prefixes.filter((prefix) => to.startsWith(prefix)).sort((a, b) => b.length - a.length)[0];
  const refusal = refusalOf(to, longest ?? '');
  if (refusal !== undefined) throw new BotError('destination_refused', `to: it is ${WHY[refusal]}.`);
  if (!E164.test(to)) throw new BotError('destination_refused', 'to: a number in E.164, as in +14155550100.');
  if (longest === undefined)
    throw new BotError('destination_refused', 'to: it begins with none of PHONE_CALLS_PREFIXES.');
}
