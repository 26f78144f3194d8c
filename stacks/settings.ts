import { z } from 'zod';
import { AGENT_NAME, AGENT_NAME_RULE } from '../contract/agent-name';
import { DEFAULT_MODEL_ID, endOfLife, isCrossRegionProfile } from '../contract/models';
import { ADMIN_KEY, SERVER_KEY, START_KEY } from '../contract/secrets';
import { FARGATE_CPU_UNITS, LOG_RETENTION_DAYS } from './aws-limits';
import {
  arn,
  cidr,
  destination,
  distinct,
  imageRepository,
  isTimeZone,
  matching,
  principalArn,
  region,
} from './setting-values';
import { bot, limits } from './settings-bot';
import { defaultNetwork, existingNetwork, newNetwork } from './settings-network';
import { transport, webrtc } from './settings-transport';
import type { WithCapacity } from './task-capacity';
import { dailyPhone, phone } from './settings-phone';
import { records } from './settings-records';

/** How a release gets its callers; all but the first move the load balancer's traffic. */
const STRATEGIES = ['rolling', 'canary', 'linear'] as const;

/*
 * The deployment's settings: one schema for every file in environments/. docs/settings.md and
 * environments/settings.schema.json are generated from it (`npm run docs`), so each setting carries its
 * description here and nowhere else. Rules that involve two settings are in settings-rules.ts, which adds them.
 */

const bedrock = z.strictObject({
  region: region()
    .optional()
    .describe('Region the model is called in. Default: `region`. Another one where `region` does not offer the model.'),
  modelIds: distinct(
    z
      .string()
      .regex(/^[a-z0-9-]+\.[a-z0-9.:-]+$/, `must be a foundation-model id such as "${DEFAULT_MODEL_ID}"`)
      .refine((id) => !isCrossRegionProfile(id), {
        error: 'must be a plain foundation-model id: the bidirectional stream refuses cross-region profiles',
      })
      .refine((id) => endOfLife(id) === undefined, { error: ({ input }) => endOfLife(String(input)) }),
  )
    .min(1, 'must name at least one model')
    .default([DEFAULT_MODEL_ID])
    .describe('Models the tasks may invoke; the first is the one they use.'),
});

const secrets = z.strictObject({
  mode: z
    .enum(['managed', 'existing'])
    .default('managed')
    .describe('`managed`: Terraform makes the containers, without values. `existing`: they are looked up by name.'),
  namePrefix: matching(/^[a-z][a-z0-9-]{1,30}$/, 'must be 2 to 31 of a-z, 0-9 and "-", beginning with a letter')
    .default('pipecat')
    .describe('First part of the names, as in `pipecat/daily-api-key`.'),
  useStaticCredentials: z
    .boolean()
    .default(false)
    .describe('Inject `pipecat/aws-credentials` instead of relying on the task role. Not recommended.'),
  startKey: z
    .boolean()
    .default(true)
    .describe(`Inject ${START_KEY} from \`pipecat/start-api-key\`, so that only its holders start calls.`),
  serverKey: z
    .boolean()
    .default(false)
    .describe(`Inject ${SERVER_KEY} from \`pipecat/server-api-key\`: your server may then set any variable of a call.`),
  adminKey: z.boolean().default(false).describe(`Inject ${ADMIN_KEY} from \`pipecat/admin-api-key\`.`),
  readAtRuntime: z
    .boolean()
    .default(false)
    .describe('Let the task role read the secrets too. ECS injects them at start, so the bot does not need it.'),
  recoveryWindowDays: z
    .int()
    .min(0)
    .max(30)
    .refine((days) => days === 0 || days >= 7, { error: 'must be 0 (delete at once) or 7 to 30' })
    .default(0)
    .describe('How long a deleted secret can be restored. 0 lets an environment be destroyed and made again.'),
  operatorArns: distinct(principalArn())
    .default([])
    .describe('IAM principals that may read values besides the tasks; everyone else is denied by the secret itself.'),
  existingKmsKeyArn: arn('kms', 'key/')
    .optional()
    .describe('With `existing`: the customer-managed key the secrets are encrypted with, if any.'),
  trail: z
    .enum(['create', 'existing'])
    .default('create')
    .describe(
      'The restart on a changed secret listens to CloudTrail: make a trail, or rely on one the account has in this region.',
    ),
});

const domain = z.strictObject({
  name: matching(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/,
    'must be a host name such as "voice.example.com"',
  ).describe('Host name callers use.'),
  hostedZoneId: matching(/^Z[A-Z0-9]{5,31}$/, 'must be a Route 53 hosted zone id such as "Z0123456789ABC"')
    .optional()
    .describe('Route 53 zone for the alias record, and for validating a certificate made here.'),
  certificateArn: arn('acm', 'certificate/')
    .optional()
    .describe('A certificate in `region`. Default: one is made and validated in the hosted zone.'),
});

const schedule = z.strictObject({
  name: matching(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 of a-z, 0-9 and "-", beginning with a letter').describe(
    'What it is called, such as `office-hours`.',
  ),
  cron: matching(/^(\S+ ){5}\S+$/, 'must be the six fields of a cron expression, such as "0 7 ? * MON-FRI *"').describe(
    'When: minutes, hours, day of month, month, day of week, year.',
  ),
  timeZone: z
    .string()
    .refine(isTimeZone, { error: 'must be a time zone such as "Europe/Berlin"' })
    .default('UTC')
    .describe('Whose clock.'),
  min: z.int().min(0).max(500).describe('Fewest tasks from then on.'),
  max: z.int().min(1).max(500).describe('Most tasks from then on.'),
});

/** Every setting by itself. To check settings, use `checkedSettingsSchema`. */
export const settingsSchema = z.strictObject({
  $schema: z.string().optional().describe('For editors: `./settings.schema.json`.'),
  environment: matching(/^[a-z][a-z0-9]{1,11}$/, 'must be 2 to 12 of a-z and 0-9, beginning with a letter').describe(
    "The environment's name: the file's name, part of every AWS name, and unique in an account.",
  ),
  accountId: matching(/^\d{12}$/, 'must be the 12 digits of an AWS account').describe(
    'The AWS account. Terraform refuses to work in another. `DEPLOY_ACCOUNT_ID` overrides it.',
  ),
  region: region().default('eu-north-1').describe('Region everything runs in.'),
  protected: z
    .boolean()
    .default(false)
    .describe('Refuse to destroy what holds data, and insist on what a production needs (see the rules below).'),
  agents: distinct(matching(AGENT_NAME, `must be the name of a folder in agents/: ${AGENT_NAME_RULE}`))
    .min(1, 'must name at least one agent')
    .default(['assistant'])
    .describe(
      'Agents that take calls, by their folders in agents/: AGENT is the first, which answers where a start names none; AGENTS are all of them, and those they can hand calls to.',
    ),
  destinations: z
    .record(matching(/^[a-z][a-z0-9_]{0,30}$/, 'must be a name of 1 to 31 of a-z, 0-9 and "_"'), destination())
    .default({})
    .describe('Where the people are that agents can transfer calls to, by the names that their `transfer()` gives.'),
  bedrock: bedrock.prefault({}),
  transport,
  webrtc: webrtc.prefault({}),
  secrets: secrets.prefault({}),
  network: z.discriminatedUnion('kind', [newNetwork, existingNetwork, defaultNetwork]).prefault({ kind: 'new' }),
  domain: domain.optional().describe('Public name and certificate. Without it only plain HTTP is possible.'),
  loadBalancer: z
    .strictObject({
      allowPlainHttp: z
        .boolean()
        .default(false)
        .describe('Serve HTTP without a certificate. Keys and tokens then travel in the clear: trials only.'),
      internal: z.boolean().default(false).describe('Reachable from the VPC only.'),
      allowedCidrs: distinct(cidr())
        .min(1, 'must name at least one range')
        .default(['0.0.0.0/0'])
        .describe('Who may connect.'),
      waf: z.boolean().default(true).describe("A web application firewall: AWS's common rules and a rate limit."),
      requestsPerFiveMinutes: z
        .int()
        .min(10)
        .max(2_000_000)
        .default(1_000)
        .describe('Requests an address may make in five minutes before the firewall blocks it.'),
    })
    .prefault({}),
  task: z
    .strictObject({
      cpu: z
        .int()
        .refine((units) => FARGATE_CPU_UNITS.includes(units), {
          error: `must be one of ${FARGATE_CPU_UNITS.join(', ')} (1024 is one vCPU)`,
        })
        .default(1024)
        .describe('CPU units of a task.'),
      memoryMb: z.int().default(2048).describe('Memory of a task in MiB; Fargate offers certain pairs only.'),
      architecture: z.enum(['ARM64', 'X86_64']).default('ARM64').describe('Processor; the image must match.'),
      spot: z.boolean().default(false).describe('Use Fargate Spot, whose two-minute notice ends calls: trials only.'),
    })
    .prefault({}),
  iam: z
    .strictObject({
      rolePath: matching(/^\/([\w+=,.@-]+\/)*$/, 'must begin and end with "/", such as "/voice/"')
        .max(512, 'must have at most 512 letters')
        .default('/')
        .describe('Path of every role, where an account asks for one.'),
      permissionsBoundaryArn: arn('iam', 'policy/')
        .optional()
        .describe('Policy that bounds every role, where an account asks for one.'),
    })
    .prefault({}),
  counts: z
    .strictObject({
      min: z.int().min(0).max(500).default(1).describe('Fewest tasks; 0 lets a deployment wait for its secrets.'),
      max: z.int().min(1).max(500).default(4).describe('Most tasks.'),
      schedule: z.array(schedule).default([]).describe('Other bounds at certain times; each holds until the next one.'),
    })
    .prefault({}),
  bot: bot.prefault({}),
  limits: limits.prefault({}),
  phone: phone
    .optional()
    .describe('Calls by telephone, over Twilio, besides those of the page. Without it the bot has no telephone.'),
  dailyPhone: dailyPhone
    .optional()
    .describe("Calls by telephone, over Daily's numbers and in its rooms. Without it Daily sends no calls."),
  records: records.prefault({}),
  release: z
    .strictObject({
      strategy: z
        .enum(STRATEGIES)
        .default('rolling')
        .describe(
          'How a release gets its callers. `rolling`: new tasks take every new call as soon as they run. `canary`: a share of the calls first, then all. `linear`: share by share.',
        ),
      percent: z
        .int()
        .min(1)
        .max(50)
        .default(20)
        .describe("With `canary` the share of new calls that try the release, with `linear` each step's."),
      stepMinutes: z
        .int()
        .min(5)
        .max(60)
        .default(10)
        .describe(
          'How long each share is watched by the alarms before the next one; the smoke call comes in the first.',
        ),
      bakeMinutes: z
        .int()
        .min(1)
        .max(60)
        .default(10)
        .describe(
          'With `canary` and `linear`: how long the tasks of before are kept once all new calls go to the release, for a way back at once.',
        ),
    })
    .prefault({}),
  image: z
    .strictObject({
      repository: imageRepository().optional().describe("Default: the environment's own ECR repository."),
      tag: matching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, 'must be a tag of at most 128 characters')
        .refine((tag) => tag !== 'latest', { error: 'must not be "latest": a release names exactly one image' })
        .optional()
        .describe('Tag of the image; `DEPLOY_IMAGE_TAG` overrides it, so that a pipeline deploys what it has pushed.'),
      digest: matching(/^sha256:[0-9a-f]{64}$/, 'must be "sha256:" and 64 hexadecimal digits')
        .optional()
        .describe(
          'Digest of the image: what is pulled, whatever the tag says, which then is the name of the release only.',
        ),
    })
    .describe('The image a release runs.'),
  logs: z
    .strictObject({
      retentionDays: z
        .int()
        .refine((days) => LOG_RETENTION_DAYS.includes(days), {
          error: `must be one of CloudWatch's periods: ${LOG_RETENTION_DAYS.join(', ')}`,
        })
        .default(30)
        .describe('How long logs are kept.'),
    })
    .prefault({}),
  alarms: z
    .strictObject({
      email: z.email('must be an e-mail address').optional().describe('Who is told; must confirm the subscription.'),
      callFailuresPerFiveMinutes: z.int().min(1).default(3).describe('Calls ended by a failure before an alarm.'),
      modelFailuresPerFiveMinutes: z.int().min(1).default(5).describe('Model failures before an alarm.'),
      serverErrorsPerFiveMinutes: z.int().min(1).default(10).describe('HTTP 5xx answers before an alarm.'),
      answerLatencyMs: z
        .int()
        .min(100)
        .default(2_500)
        .describe("From a caller's last word to the bot's first sound, average over five minutes."),
      capacityPercent: z.int().min(50).max(100).default(85).describe('Used part of all places before an alarm.'),
    })
    .prefault({}),
  github: z
    .strictObject({
      repository: matching(/^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}$/, 'must be "owner/name"').describe(
        'Repository whose workflows may deploy.',
      ),
      ownerId: matching(/^[1-9]\d{0,18}$/, 'must be the number GitHub gave the owner, as text')
        .optional()
        .describe('Number of the repository’s owner. `gh api repos/OWNER/NAME --jq .owner.id` prints it.'),
      repositoryId: matching(/^[1-9]\d{0,18}$/, 'must be the number GitHub gave the repository, as text')
        .optional()
        .describe('Number of the repository. `gh api repos/OWNER/NAME --jq .id` prints it.'),
      subject: z
        .enum(['names', 'ids', 'both'])
        .optional()
        .describe(
          'How the tokens of its workflows name the repository. Those made, renamed or moved since 15 July 2026 say `ids`; `both` is for the day it changes. Default: `ids` where both numbers are set.',
        ),
      environment: matching(/^[A-Za-z0-9_-]{1,64}$/, 'must be the name of a GitHub environment')
        .optional()
        .describe('GitHub environment that gates the deploy role. Default: `environment`.'),
      createProvider: z
        .boolean()
        .default(true)
        .describe("Make the account's OIDC provider for GitHub; false where the account has one (there can be one)."),
    })
    .optional()
    .describe('GitHub OIDC: a deploy role and a plan role. Without it there are none.'),
});

/** Settings with every default filled in. */
export type Settings = WithCapacity<z.output<typeof settingsSchema>>;

/** Whether anybody telephones, whoever carries it. */
export const hasTelephone = ({ phone: twilios, dailyPhone: dailys }: Pick<Settings, 'phone' | 'dailyPhone'>): boolean =>
  (twilios ?? dailys) !== undefined;
