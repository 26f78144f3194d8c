import { App } from 'cdktf';
import { agentsOf } from './stacks/agents';
import { buildStacks } from './stacks/build';
import { writeOperatorOutputs } from './stacks/operator-outputs';
import { readSettings, SettingsError } from './stacks/settings-file';

/*
 * The CDKTF app: settings and their agents → stacks → synth. Without DEPLOY_ENVIRONMENT every environment is synthesised.
 * DEPLOY_IMAGE_TAG and DEPLOY_ACCOUNT_ID override a setting of the one that is chosen.
 */
const only = process.env['DEPLOY_ENVIRONMENT'] || undefined;

async function main(): Promise<void> {
  const all = readSettings(process.env['ENVIRONMENTS_FOLDER'] ?? 'environments', process.env, only);
  const deployments = await Promise.all(all.map(async (settings) => ({ settings, agents: await agentsOf(settings) })));
  const app = new App();
  for (const { settings, agents } of deployments) buildStacks(app, settings, agents);
  app.synth();
  writeOperatorOutputs(app.outdir, deployments);
}

main().catch((error: unknown) => {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
