import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretsOf } from '../contract/secrets';
import { bedrockRegion, namesOf } from './names';
import type { Settings } from './settings';

/** What is known of an environment before it exists: the names and places that operators need. */
function operatorOutputs(settings: Settings) {
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
    secrets: Object.fromEntries(
      secretsOf(settings).flatMap(({ name, injected, isWanted }) => (isWanted ? [[name, injected]] : [])),
    ),
    // Without a domain the URL is the load balancer's, which `terraform output url` tells once it exists.
    url: settings.domain ? `https://${settings.domain.name}` : null,
  };
}

/** Writes `outputs.json` beside the stacks, by environment, for scripts that have no credentials. */
export function writeOperatorOutputs(outdir: string, all: readonly Settings[]): void {
  const byEnvironment = Object.fromEntries(all.map((settings) => [settings.environment, operatorOutputs(settings)]));
  writeFileSync(join(outdir, 'outputs.json'), `${JSON.stringify(byEnvironment, null, 2)}\n`);
}
