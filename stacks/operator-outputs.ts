import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServedAgent } from '../contract/agent';
import { secretsOf } from '../contract/secrets';
import { bedrockRegion, namesOf } from './names';
import type { Settings } from './settings';

/** An environment, and the agents that its settings name. */
export interface Deployment {
  readonly settings: Settings;
  readonly agents: readonly ServedAgent[];
}

/** What is known of an environment before it exists: the names and places that operators need. */
function operatorOutputs({ settings, agents }: Deployment) {
  const names = namesOf(settings);
  return {
    accountId: settings.accountId,
    region: settings.region,
    bedrockRegion: bedrockRegion(settings),
    cluster: names.cluster,
    service: names.service,
    taskFamily: names.taskFamily,
    logGroup: names.logGroup,
    imageRepository: names.repository,
    stateBucket: names.stateBucket,
    dashboard: names.dashboard,
    metricNamespace: names.metricNamespace,
    agents: agents.map(({ name }) => name),
    secrets: Object.fromEntries(
      secretsOf(settings, agents).flatMap(({ name, injected, isWanted }) => (isWanted ? [[name, injected]] : [])),
    ),
    // Without a domain the URL is the load balancer's, which `terraform output url` tells once it exists.
    url: settings.domain ? `https://${settings.domain.name}` : null,
  };
}

/** Writes `outputs.json` beside the stacks, by environment, for scripts that have no credentials. */
export function writeOperatorOutputs(outdir: string, all: readonly Deployment[]): void {
  const byEnvironment = Object.fromEntries(all.map((one) => [one.settings.environment, operatorOutputs(one)]));
  writeFileSync(join(outdir, 'outputs.json'), `${JSON.stringify(byEnvironment, null, 2)}\n`);
}
