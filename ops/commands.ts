/* eslint-disable @typescript-eslint/no-require-imports -- Help must not wait for the AWS SDK. `import()` would, behind
   bin.mjs on Node 20, look for JavaScript; `require` is what tsx hooks into everywhere. */
import type { CommandEntry } from './cli/command';
import type * as bedrockCheck from './bedrock/check';
import type * as dailyCheck from './daily/check';
import type * as doctor from './doctor/doctor';
import type * as monitor from './monitor/monitor';
import type * as rehearse from './rehearse/rehearse';
import type * as releaseCommands from './release/commands';
import type * as pipelineCommands from './release/pipeline-commands';
import type * as check from './secrets/check';
import type * as list from './secrets/list';
import type * as rotate from './secrets/rotate';
import type * as setup from './secrets/setup';
import type * as bootstrap from './state/bootstrap';

const release = (): typeof releaseCommands => require('./release/commands') as typeof releaseCommands;
const pipeline = (): typeof pipelineCommands => require('./release/pipeline-commands') as typeof pipelineCommands;

/** Every command, in the order in which a deployment needs them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'doctor',
    summary: 'everything at once, on one page, with the fix for each failure',
    load: () => (require('./doctor/doctor') as typeof doctor).doctor,
  },
  {
    name: 'state bootstrap',
    summary: "make the bucket that holds Terraform's state, and move its own state into it",
    load: () => (require('./state/bootstrap') as typeof bootstrap).bootstrap,
  },
  {
    name: 'secrets setup',
    summary: 'put the keys of Daily (and AWS) into Secrets Manager, from .env',
    load: () => (require('./secrets/setup') as typeof setup).setup,
  },
  {
    name: 'secrets list',
    summary: 'what is stored: names, ARNs, versions, dates; no value is read',
    load: () => (require('./secrets/list') as typeof list).list,
  },
  {
    name: 'secrets check',
    summary: 'would ECS find every secret, is each value right, does Daily take the key',
    load: () => (require('./secrets/check') as typeof check).check,
  },
  {
    name: 'bedrock check',
    summary: 'can this machine, with these credentials, speak with Nova Sonic',
    load: () => (require('./bedrock/check') as typeof bedrockCheck).bedrockCheck,
  },
  {
    name: 'daily check',
    summary: 'a call through Daily from this machine: room, two clients, sound and messages both ways',
    load: () => (require('./daily/check') as typeof dailyCheck).dailyCheck,
  },
  {
    name: 'rehearse',
    summary: 'start the bot as ECS would, call it, stop it as ECS would',
    load: () => (require('./rehearse/rehearse') as typeof rehearse).rehearse,
  },
  {
    name: 'release deploy',
    summary: 'all of it from this machine: foundation, image, plan, apply, wait, smoke, and back where it fails',
    load: () => release().deploy,
  },
  {
    name: 'release plan',
    summary: 'plan a stack and review the plan',
    load: () => release().plan,
  },
  {
    name: 'release apply',
    summary: 'apply the plan that was made',
    load: () => release().apply,
  },
  {
    name: 'release image',
    summary: 'build and push the image of one platform, under its digest; skips what has been pushed',
    load: () => release().image,
  },
  {
    name: 'release publish',
    summary: "put the platforms' images under the release's tag",
    load: () => release().publish,
  },
  {
    name: 'release wait',
    summary: 'wait until the service runs what was applied; fails where ECS went back',
    load: () => release().wait,
  },
  {
    name: 'release smoke',
    summary: 'is the release there, and does it talk',
    load: () => release().smoke,
  },
  {
    name: 'release rollback',
    summary: 'put the task definition back that ran before the plan was made',
    load: () => release().rollback,
  },
  {
    name: 'release destroy',
    summary: 'take service and foundation away; a protected environment refuses',
    load: () => release().destroy,
  },
  {
    name: 'release lock',
    summary: 'write the hashes of all platforms into providers/terraform.lock.hcl; needs registry.terraform.io',
    load: () => pipeline().lock,
  },
  {
    name: 'release roles',
    summary: "name the environment's region and roles for a workflow's next step",
    load: () => pipeline().roles,
  },
  {
    name: 'release comment',
    summary: 'write the plans into the one comment of a pull request',
    load: () => pipeline().comment,
  },
  {
    name: 'release drift',
    summary: 'open, update or close the one issue about plans that differ',
    load: () => pipeline().drift,
  },
  {
    name: 'monitor',
    summary: 'watch a deployment: health, calls, errors, what ECS says',
    load: () => (require('./monitor/monitor') as typeof monitor).monitor,
  },
  {
    name: 'secrets rotate',
    summary: 'a new value in, the service restarted, the old one kept; or back to it',
    load: () => (require('./secrets/rotate') as typeof rotate).rotate,
  },
];
