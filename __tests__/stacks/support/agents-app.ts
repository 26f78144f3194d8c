import { join } from 'node:path';
import { App } from 'cdktf';
import { buildStacks } from '../../../stacks/build';
import type { Settings } from '../../../stacks/settings';
import { readSettings } from '../../../stacks/settings-file';
import { served } from './agents';

/* The stacks of an environment whose agents have tools of every kind. */
async function main(): Promise<void> {
  const [test] = readSettings(join(__dirname, 'environments'), {}, 'test');
  if (test === undefined) return;
  const settings: Settings = {
    ...test,
    agents: ['desk'],
    destinations: { reception: 'tel:+46123456', sales: 'sip:sales@desk.example' },
    network: {
      kind: 'new',
      cidr: '10.20.0.0/16',
      availabilityZones: 2,
      nat: 'single',
      endpoints: ['lambda', 'bedrock-agent-runtime', 'bedrock-agentcore.gateway'],
    },
  };
  const app = new App();
  buildStacks(app, settings, await served('desk'));
  app.synth();
}

main().catch((error: unknown) => {
  throw error;
});
