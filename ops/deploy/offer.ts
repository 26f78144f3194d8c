import type { ServedAgent } from '../../contract/agent';
import type { Settings } from '../../stacks/settings';
import { MINUTES } from '../costs/costs';
import { readPrices } from '../costs/prices';
import { type EmittedStack, emittedStacks, estimate } from '../costs/estimate';

/** What a deployment makes, what it costs, and what it asks: shown before anything is done. */
export interface Offer {
  readonly creates: readonly {
    readonly stack: string;
    readonly count: number;
    readonly types: readonly { readonly type: string; readonly count: number }[];
  }[];
  /** What a month costs, by minutes of calls in it. */
  readonly months: readonly { readonly minutes: number; readonly usd: number }[];
  readonly asks: readonly string[];
}

/** @param asks what the operator will be asked for */
export function offerOf(settings: Settings, agents: readonly ServedAgent[], asks: readonly string[]): Offer {
  const stacks = emittedStacks(settings, agents);
  const months = estimate(
    settings,
    agents,
    readPrices(),
    MINUTES,
    stacks.flatMap(({ resources }) => resources),
  );
  return { creates: stacks.map(countTypes), months: months.map(({ minutes, usd }) => ({ minutes, usd })), asks };
}

/** The types of a stack, the most frequent first. */
function countTypes({ stack, resources }: EmittedStack): Offer['creates'][number] {
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  const types = [...counts]
    .map(([type, count]) => ({ type, count }))
    .sort((a, b) => b.count - a.count || a.type.localeCompare(b.type));
  return { stack, count: resources.length, types };
}
