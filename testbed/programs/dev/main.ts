/**
 * `npm run dev [-- --agent NAME]`: the bot from its sources, as a developer wants it: with .env, the page, a log for people, and
 * agents that are read anew when they change; without credentials, on the stand-in for Bedrock.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FAKE_CREDENTIALS, startFakeBedrock } from '../../fakes/bedrock';
import { buildPages } from '../../processes';
import { nodeAdvice } from '../node-advice.cjs';
import { agentsIn, watchAgents } from './agents';
import { runBot } from './bot';
import { devEnvironment, needsStandIn, withAgents, withStandIn } from './environment';
import { DEV_HELP, parseDevOptions } from './options';

/** Where `npm run` is typed, as `npm run ops` has it. */
const PROJECT = process.cwd();
const ENV_FILE = path.join(PROJECT, '.env');

async function main(): Promise<number> {
  const options = parseDevOptions(process.argv.slice(2), agentsIn(PROJECT));
  if (options === 'help') {
    console.log(DEV_HELP);
    return 0;
  }
  const text = existsSync(ENV_FILE) ? readFileSync(ENV_FILE, 'utf8') : undefined;
  const { environment, remarks } = devEnvironment(process.env, text);
  for (const remark of [nodeAdvice(), ...remarks]) if (remark !== undefined) console.error(remark);
  await buildPages();
  const agents = await watchAgents(PROJECT);
  const standIn = needsStandIn(environment) ? await startFakeBedrock({ keepAudioOf: 0 }) : undefined;
  if (standIn !== undefined) {
    console.error(
      'No AWS credentials: a stand-in speaks for the model. It understands what is typed; `call TOOL {"argument": "value"}` has it call a tool.',
    );
    console.error(
      'Tools that are functions of Lambda or knowledge bases of Bedrock reach nobody: TOOL_MOCKS answers for them.',
    );
  }
  try {
    return await runBot(
      {
        ...environment,
        ...(standIn === undefined ? {} : withStandIn(standIn.url, FAKE_CREDENTIALS, environment)),
        ...withAgents(agents.folder, options.agent),
        // What it would say at length is said above.
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
      agents,
    );
  } finally {
    agents.stop();
    await standIn?.close();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
