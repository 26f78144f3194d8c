import type { ValuesOf } from '../contract/variable-readers';
import { VARIABLES } from '../contract/variables';

type EventValues = ValuesOf<typeof VARIABLES>['events'];

/** Who hears of calls, and what proves to them that it is us. */
export function eventsOf({ key, otherKey, ...rest }: EventValues) {
  return { ...rest, keys: [...new Set([key, otherKey])].filter((one) => one !== undefined) } as const;
}

/** What is wrong with the variables together. */
export function eventsProblems({ webhook, key }: EventValues): string[] {
  const { events } = VARIABLES;
  return webhook !== undefined && key === undefined
    ? [`${events.key.name} must be set with ${events.webhook.name}, whose requests it signs`]
    : [];
}

/** What is for development only, as the values have it. */
export function eventsForDevelopment({ webhook, endpointUrl }: EventValues) {
  const { events } = VARIABLES;
  return [
    ...(endpointUrl === undefined ? [] : [events.endpointUrl]),
    ...(webhook?.startsWith('http:') === true ? [events.webhook] : []),
  ];
}
