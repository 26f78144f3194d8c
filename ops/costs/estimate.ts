import { App, type TerraformStack } from 'cdktf';
import { ALL_METRICS } from '../../contract/telemetry/catalogue';
import type { ServedAgent } from '../../contract/agent';
import { buildStacks } from '../../stacks/build';
import type { Settings } from '../../stacks/settings';
import { priceOf, type PriceList } from './prices';
import { type BillLine, type Emitted, standingCosts } from './standing';
import { usageCosts } from './usage';

/** A month of an environment, for so many minutes of calls. */
export interface Estimate {
  readonly minutes: number;
  readonly lines: readonly BillLine[];
  readonly usd: number;
}

/** A stack's name, and every resource that it emits. */
export interface EmittedStack {
  readonly stack: string;
  readonly resources: readonly Emitted[];
}

/** Every resource that the stacks of these settings emit, in the order in which stacks are applied; nothing is written. */
export function emittedStacks(settings: Settings, agents: readonly ServedAgent[]): EmittedStack[] {
  const { state, foundation, service } = buildStacks(new App({ outdir: 'unwritten' }), settings, agents);
  return [state, foundation, service].map((stack: TerraformStack & { readonly kind: string }) => {
    stack.prepareStack();
    const { resource = {} } = stack.toTerraform() as {
      resource?: Record<string, Record<string, Emitted['attributes']>>;
    };
    const resources = Object.entries(resource).flatMap(([type, byId]) =>
      Object.values(byId).map((attributes) => ({ type, attributes })),
    );
    return { stack: `${settings.environment}-${stack.kind}`, resources };
  });
}

/** Every resource that the stacks of these settings emit. */
export const emittedBy = (settings: Settings, agents: readonly ServedAgent[]): Emitted[] =>
  emittedStacks(settings, agents).flatMap(({ resources }) => resources);

/** What a month costs at each of these numbers of call minutes, in US dollars, without tax and free tiers. */
export function estimate(
  settings: Settings,
  agents: readonly ServedAgent[],
  list: PriceList,
  minutes: readonly number[],
  emitted: readonly Emitted[] = emittedBy(settings, agents),
): Estimate[] {
  // Measured metrics come with the bot's log lines; those that are counted there are resources.
  const measured = Object.values(ALL_METRICS).filter(({ cloudwatch }) => cloudwatch?.kind === 'measured').length;
  const standing = [
    ...standingCosts(emitted, list),
    { what: `the bot's measured metrics (${measured})`, usd: measured * priceOf(list, 'customMetric') },
  ];
  return minutes.map((one) => {
    const lines = [...standing, ...usageCosts(one, settings, list)];
    return { minutes: one, lines, usd: lines.reduce((sum, { usd }) => sum + usd, 0) };
  });
}
