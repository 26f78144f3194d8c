import type { Agents } from '../agents';
import { BotError } from '../errors';
import type { PhoneConfig } from '../phone-config';

type Numbers = PhoneConfig['numbers'];

/** Which agent answers a number of the bot's; undefined: who answers by default. */
export function agentFor(to: string, numbers: Numbers): string | undefined {
  return (numbers.find(({ number }) => number === to) ?? numbers.find(({ number }) => number === '*'))?.agent;
}

/** @throws BotError `config_invalid` for a number whose agent is not served */
export function requireServed(numbers: Numbers, agents: Pick<Agents, 'names'>): void {
  const stranger = numbers.find(({ agent }) => !agents.names.includes(agent));
  if (stranger === undefined) return;
  throw new BotError('config_invalid', `PHONE_NUMBERS must name agents that are served; ${stranger.agent} is not`);
}
