/* oxlint-disable typescript/no-require-imports -- Help must not wait for the AWS SDK. `import()` would, behind
   bin.mjs on Node 20, look for JavaScript; `require` is what tsx hooks into everywhere. */
import type { Command, CommandEntry } from './cli/command';
import type * as agentCheck from './agent/check';
import type * as agentImport from './agent/import';
import type * as agentNew from './agent/new';
import type * as agentNotices from './agent/notices';
import type * as agentShow from './agent/show';
import type * as alarmsTest from './alarms/command';
import type * as bedrockCheck from './bedrock/check';
import type * as bedrockProbe from './bedrock/probe/command';
import type * as deleteCallsCommand from './call-records/delete';
import type * as exportCallsCommand from './call-records/export';
import type * as listCallsCommand from './call-records/list';
import type * as reportCallCommand from './call-records/report';
import type * as showCallCommand from './call-records/show';
import type * as costsCommand from './costs/costs';
import type * as dailyCheck from './daily/check';
import type * as deployCommand from './deploy/deploy';
import type * as destroyCommand from './deploy/destroy';
import type * as doctor from './doctor/doctor';
import type * as evalModule from './eval/eval';
import type * as monitor from './monitor/monitor';
import type * as phoneCallCommand from './phone/call';
import type * as phoneSetupCommand from './phone/setup';
import type * as phoneStatusCommand from './phone/status';
import type * as rehearse from './rehearse/rehearse';
import type * as releaseCommands from './release/commands';
import type * as pipelineCommands from './release/pipeline-commands';
import type * as check from './secrets/check';
import type * as list from './secrets/list';
import type * as rotate from './secrets/rotate';
import type * as setup from './secrets/setup';
import type * as bootstrap from './state/bootstrap';
import type * as unlock from './state/unlock';

const release = (): typeof releaseCommands => require('./release/commands') as typeof releaseCommands;
const pipeline = (): typeof pipelineCommands => require('./release/pipeline-commands') as typeof pipelineCommands;

const entry = (name: string, summary: string, load: () => Command): CommandEntry => ({ name, summary, load });

/** Every command, in the order in which a deployment needs them. */
export const COMMANDS: readonly CommandEntry[] = [
  entry(
    'deploy',
    'from credentials to a spoken call, in one command that can be repeated',
    () => (require('./deploy/deploy') as typeof deployCommand).deploy,
  ),
  entry(
    'doctor',
    'everything at once, on one page, with the fix for each failure',
    () => (require('./doctor/doctor') as typeof doctor).doctor,
  ),
  entry(
    'state bootstrap',
    "make the bucket that holds Terraform's state, and move its own state into it",
    () => (require('./state/bootstrap') as typeof bootstrap).bootstrap,
  ),
  entry(
    'state unlock',
    'remove the lock that a killed run has left on a state, by its ID',
    () => (require('./state/unlock') as typeof unlock).unlock,
  ),
  entry(
    'agent new',
    'write the folder of a new agent: five questions, or options',
    () => (require('./agent/new') as typeof agentNew).newAgent,
  ),
  entry(
    'agent import',
    'write operations of an OpenAPI document as tools of an agent',
    () => (require('./agent/import') as typeof agentImport).importTools,
  ),
  entry(
    'agent show',
    'what an agent is: tools, secrets, hosts, permissions, sizes',
    () => (require('./agent/show') as typeof agentShow).showAgent,
  ),
  entry(
    'agent notices',
    "record what the bot says when it must, in the agent's own voice",
    () => (require('./agent/notices') as typeof agentNotices).agentNotices,
  ),
  entry(
    'agent check',
    'would the bot start with the agents, and could they be deployed',
    () => (require('./agent/check') as typeof agentCheck).checkAgents,
  ),
  entry(
    'costs',
    'what a month costs, from what the stacks emit and your prices',
    () => (require('./costs/costs') as typeof costsCommand).costs,
  ),
  entry(
    'secrets setup',
    'put the keys of Daily (and AWS) into Secrets Manager, from .env',
    () => (require('./secrets/setup') as typeof setup).setup,
  ),
  entry(
    'secrets list',
    'what is stored: names, ARNs, versions, dates; no value is read',
    () => (require('./secrets/list') as typeof list).list,
  ),
  entry(
    'secrets check',
    'would ECS find every secret, is each value right, does Daily take the key',
    () => (require('./secrets/check') as typeof check).check,
  ),
  entry(
    'bedrock check',
    'can this machine, with these credentials, speak with Nova Sonic',
    () => (require('./bedrock/check') as typeof bedrockCheck).bedrockCheck,
  ),
  entry(
    'bedrock probe',
    'how the model behaves where documentation and reports differ, and what to set; minutes, and cents',
    () => (require('./bedrock/probe/command') as typeof bedrockProbe).bedrockProbe,
  ),
  entry(
    'daily check',
    'a call through Daily from this machine: room, two clients, sound and messages both ways',
    () => (require('./daily/check') as typeof dailyCheck).dailyCheck,
  ),
  entry(
    'phone setup',
    'where calls to your numbers go at Twilio, and with --apply: to the bot',
    () => (require('./phone/setup') as typeof phoneSetupCommand).phoneSetup,
  ),
  entry(
    'phone status',
    'would the telephone ring: credentials, numbers, keys, signatures',
    () => (require('./phone/status') as typeof phoneStatusCommand).phoneStatus,
  ),
  entry(
    'phone call',
    'have the deployed bot call a number',
    () => (require('./phone/call') as typeof phoneCallCommand).phoneCall,
  ),
  entry(
    'rehearse',
    'start the bot as ECS would, call it, stop it as ECS would',
    () => (require('./rehearse/rehearse') as typeof rehearse).rehearse,
  ),
  entry(
    'release deploy',
    'all of it from this machine: foundation, image, plan, apply, wait, smoke, and back where it fails',
    () => release().deploy,
  ),
  entry('release plan', 'plan a stack and review the plan', () => release().plan),
  entry('release apply', 'apply the plan that was made', () => release().apply),
  entry(
    'release image',
    'build and push the image of one platform, under its digest; skips what has been pushed',
    () => release().image,
  ),
  entry('release publish', "put the platforms' images under the release's tag", () => release().publish),
  entry(
    'release wait',
    'wait until the service runs what was applied; fails where ECS went back',
    () => release().wait,
  ),
  entry('release smoke', 'is the release there, and does it talk', () => release().smoke),
  entry(
    'release shift',
    'wait until every new call meets the release, where its traffic is moved share by share',
    () => release().shift,
  ),
  entry('release rollback', 'put the task definition back that ran before the plan was made', () => release().rollback),
  entry(
    'release lock',
    'write the hashes of all platforms into providers/terraform.lock.hcl; needs registry.terraform.io',
    () => pipeline().lock,
  ),
  entry('release roles', "name the environment's region and roles for a workflow's next step", () => pipeline().roles),
  entry('release comment', 'write the plans into the one comment of a pull request', () => pipeline().comment),
  entry('release drift', 'open, update or close the one issue about plans that differ', () => pipeline().drift),
  entry(
    'monitor',
    'watch a deployment: health, calls, errors, what ECS says',
    () => (require('./monitor/monitor') as typeof monitor).monitor,
  ),
  entry(
    'eval',
    "what callers of the deployed bot hear, judged by its agents' scenarios",
    () => (require('./eval/eval') as typeof evalModule).evalCommand,
  ),
  entry(
    'calls list',
    'which calls there are records of, by time, agent, outcome and caller',
    () => (require('./call-records/list') as typeof listCallsCommand).list,
  ),
  entry(
    'calls show',
    'one call: how it went, what was said, tools, waits',
    () => (require('./call-records/show') as typeof showCallCommand).show,
  ),
  entry(
    'calls report',
    'one call as a page: both sides on a line of time, with its recording',
    () => (require('./call-records/report') as typeof reportCallCommand).reportCall,
  ),
  entry(
    'calls export',
    'records into one file, as JSON lines or as a table without words',
    () => (require('./call-records/export') as typeof exportCallsCommand).exportCalls,
  ),
  entry(
    'calls delete',
    'what is kept of a call, or of all calls of a caller, every version; and looks whether it is gone',
    () => (require('./call-records/delete') as typeof deleteCallsCommand).deleteCalls,
  ),
  entry(
    'destroy',
    'take an environment away, with all data in it; a protected one refuses',
    () => (require('./deploy/destroy') as typeof destroyCommand).destroy,
  ),
  entry(
    'alarms test',
    'raise every alarm on purpose, and see that each is heard; everything is put back',
    () => (require('./alarms/command') as typeof alarmsTest).test,
  ),
  entry(
    'secrets rotate',
    'a new value in, the service restarted, the old one kept; or back to it',
    () => (require('./secrets/rotate') as typeof rotate).rotate,
  ),
];
