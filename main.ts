import { App } from 'cdktf';
import { buildStacks } from './stacks/build';
import { writeOperatorOutputs } from './stacks/operator-outputs';
import { readSettings, SettingsError } from './stacks/settings-file';

/*
 * The CDKTF app: settings → stacks → synth. Without DEPLOY_ENVIRONMENT every environment is synthesised. DEPLOY_IMAGE_TAG
 * and DEPLOY_ACCOUNT_ID override a setting of the one that is chosen.
 */
const only = process.env['DEPLOY_ENVIRONMENT'] || undefined;
try {
  const all = readSettings(process.env['ENVIRONMENTS_FOLDER'] ?? 'environments', process.env, only);
  const app = new App();
  for (const settings of all) buildStacks(app, settings);
  app.synth();
  writeOperatorOutputs(app.outdir, all);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
