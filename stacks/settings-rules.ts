import {
  CERTIFICATE_NAME_LETTERS,
  fargateMemoryMb,
  IMAGE_LETTERS,
  LINEAR_STEP_PERCENT,
  LONGEST_PHONE_CALL_MINUTES,
  RELEASE_MINUTES,
  SECURITY_GROUP_RULES,
} from './aws-limits';
import { variableProblem } from './bot-variables';
import { hasGithubIds, imageReference, isSmokedFromInside, movesTraffic, movingMinutes } from './names';
import { type Settings, settingsSchema } from './settings';
import { withCapacity } from './task-capacity';

/** One rule that involves more than one setting. `path` is the setting to change. */
interface Rule {
  readonly path: readonly string[];
  readonly broken: (settings: Settings) => boolean;
  /** Completes the sentence "<setting> …". */
  readonly text: string;
}

const EVERYBODY = '0.0.0.0/0';

const hasTls = (settings: Settings): boolean => settings.domain !== undefined;

/** Rules between settings; docs/settings.md lists them from here. */
export const RULES_BETWEEN_SETTINGS: readonly Rule[] = [
  {
    path: ['task', 'memoryMb'],
    broken: ({ task }) => {
      const sizes = fargateMemoryMb(task.cpu);
      // An unknown CPU size has a problem of its own.
      return sizes.length > 0 && !sizes.includes(task.memoryMb);
    },
    text: 'must be a size that Fargate pairs with task.cpu',
  },
  { path: ['counts', 'max'], broken: ({ counts }) => counts.max < counts.min, text: 'must not be below counts.min' },
  {
    path: ['counts', 'schedule'],
    broken: ({ counts }) => counts.schedule.some(({ min, max }) => max < min),
    text: 'must not have a max below its min',
  },
  {
    path: ['counts', 'schedule'],
    broken: ({ counts: { schedule } }) => new Set(schedule.map(({ name }) => name)).size !== schedule.length,
    text: 'must not have the same name twice',
  },
  {
    path: ['release', 'percent'],
    broken: ({ release }) => release.strategy === 'linear' && release.percent < LINEAR_STEP_PERCENT,
    text: `must be at least ${LINEAR_STEP_PERCENT} where release.strategy is "linear": ECS takes no smaller step`,
  },
  {
    path: ['release', 'stepMinutes'],
    broken: (settings) => movingMinutes(settings) > RELEASE_MINUTES,
    text: `must be less: moving the traffic may take ${RELEASE_MINUTES} minutes with release.bakeMinutes, because a workflow's job waits for it`,
  },
  {
    path: ['image', 'tag'],
    broken: ({ image }) => image.tag === undefined && image.digest === undefined,
    text: 'must be set, or else image.digest',
  },
  {
    path: ['image', 'repository'],
    broken: (settings) => imageReference(settings).length > IMAGE_LETTERS,
    text: `must be shorter: with its tag or digest a task definition takes ${IMAGE_LETTERS} letters`,
  },
  {
    path: ['loadBalancer', 'allowedCidrs'],
    broken: (settings) =>
      settings.loadBalancer.allowedCidrs.length * (hasTls(settings) ? 2 : 1) + Number(isSmokedFromInside(settings)) >
      SECURITY_GROUP_RULES,
    text: `must name at most ${SECURITY_GROUP_RULES} ranges, or ${SECURITY_GROUP_RULES / 2} with a domain, which has two ports, and one less where it is internal: more rules a security group does not take`,
  },
  {
    path: ['loadBalancer', 'allowPlainHttp'],
    broken: (settings) => !hasTls(settings) && !settings.loadBalancer.allowPlainHttp,
    text: 'must be true where no domain is set: HTTPS needs a name and a certificate',
  },
  {
    path: ['loadBalancer', 'allowPlainHttp'],
    broken: (settings) => hasTls(settings) && settings.loadBalancer.allowPlainHttp,
    text: 'must be false where a domain is set: HTTP then only redirects',
  },
  {
    path: ['domain', 'certificateArn'],
    broken: ({ domain }) =>
      domain !== undefined && domain.certificateArn === undefined && domain.hostedZoneId === undefined,
    text: 'must be set, or else domain.hostedZoneId, in which a certificate can be validated',
  },
  {
    path: ['domain', 'name'],
    broken: ({ domain }) =>
      domain !== undefined && domain.certificateArn === undefined && domain.name.length > CERTIFICATE_NAME_LETTERS,
    text: `must have at most ${CERTIFICATE_NAME_LETTERS} letters where the certificate is made here; a longer one needs domain.certificateArn`,
  },
  {
    path: ['domain', 'certificateArn'],
    broken: ({ domain, region }) =>
      domain?.certificateArn?.split(':')[3] !== undefined && domain.certificateArn.split(':')[3] !== region,
    text: 'must be a certificate in `region`',
  },
  {
    path: ['network', 'cidr'],
    broken: ({ network }) => {
      if (network.kind !== 'new') return false;
      const prefix = Number(network.cidr.split('/')[1]);
      return prefix < 16 || prefix > 22;
    },
    text: 'must be from /16 to /22, so that six subnets fit',
  },
  {
    path: ['network', 'zoneIds'],
    broken: ({ network }) =>
      network.kind === 'new' && network.zoneIds !== undefined && network.zoneIds.length !== network.availabilityZones,
    text: 'must name as many zones as network.availabilityZones',
  },
  {
    path: ['network', 'endpoints'],
    broken: ({ network, bedrock, region }) =>
      network.kind === 'new' &&
      network.endpoints.includes('bedrock-runtime') &&
      bedrock.region !== undefined &&
      bedrock.region !== region,
    text: 'must not name bedrock-runtime where bedrock.region is another region: an endpoint serves its own region',
  },
  {
    path: ['secrets', 'existingKmsKeyArn'],
    broken: ({ secrets }) => secrets.mode === 'managed' && secrets.existingKmsKeyArn !== undefined,
    text: 'must not be set with managed secrets, which have a key of their own',
  },
  {
    path: ['github', 'subject'],
    broken: ({ github }) => (github?.subject === 'ids' || github?.subject === 'both') && !hasGithubIds(github),
    text: 'must be "names" without github.ownerId and github.repositoryId',
  },
  {
    path: ['github', 'repositoryId'],
    broken: ({ github }) => (github?.ownerId === undefined) !== (github?.repositoryId === undefined),
    text: 'must be set together with github.ownerId',
  },
  {
    path: ['records', 'events', 'targets'],
    broken: ({ records }) => records.events.targets.length > 0 && !records.events.bus,
    text: 'must be empty without records.events.bus, whose events they are',
  },
  {
    path: ['records', 'pseudonyms'],
    broken: ({ records }) => records.pseudonyms && !records.keep,
    text: 'must be false without records.keep: nothing would have them',
  },
  {
    path: ['records', 'analytics'],
    broken: ({ records }) => records.analytics && !records.keep,
    text: 'must be false without records.keep: there would be nothing to query',
  },
  ...phoneRules(),
  ...dailyPhoneRules(),
  ...directRules(),
  { path: ['protected'], broken: (s) => s.environment === 'prod' && !s.protected, text: 'must be true in prod' },
  ...protectedRules(),
];

/** What Twilio needs to reach the bot, and the bot to take and make calls. */
function phoneRules(): Rule[] {
  const rules: [string[], (settings: Settings) => boolean, string][] = [
    [['domain'], (s) => !hasTls(s), 'must be set with phone: Twilio asks by HTTPS, at a name with a certificate'],
    [
      ['loadBalancer', 'internal'],
      (s) => s.loadBalancer.internal,
      'must be false with phone: Twilio calls from the internet',
    ],
    [
      ['loadBalancer', 'allowedCidrs'],
      (s) => !s.loadBalancer.allowedCidrs.includes(EVERYBODY),
      `must name "${EVERYBODY}" with phone: the audio of calls comes from any public address`,
    ],
    [
      ['destinations'],
      (s) => Object.values(s.destinations).some((address) => !/^(tel|sips?):/.test(address)),
      'must lead to "tel:…" or "sip:…" with phone: a line cannot be connected with a page',
    ],
    [
      ['bot', 'maxCallMinutes'],
      (s) => s.bot.maxCallMinutes > LONGEST_PHONE_CALL_MINUTES,
      `must be at most ${LONGEST_PHONE_CALL_MINUTES} with phone: Twilio ends calls then`,
    ],
  ];
  return rules.map(([path, broken, text]) => ({
    path,
    broken: (s: Settings) => s.phone !== undefined && broken(s),
    text,
  }));
}

/** What Daily needs to send calls to the bot. */
function dailyPhoneRules(): Rule[] {
  const rules: [string[], (settings: Settings) => boolean, string][] = [
    [['transport'], (s) => s.transport !== 'daily', 'must be "daily" with dailyPhone: its callers are in rooms'],
    [['phone'], (s) => s.phone !== undefined, 'must not be set with dailyPhone: an environment has one carrier'],
    [['domain'], (s) => !hasTls(s), 'must be set with dailyPhone: Daily asks by HTTPS, at a name with a certificate'],
    [
      ['loadBalancer', 'internal'],
      (s) => s.loadBalancer.internal,
      'must be false with dailyPhone: Daily asks from the internet',
    ],
    [
      ['loadBalancer', 'allowedCidrs'],
      (s) => !s.loadBalancer.allowedCidrs.includes(EVERYBODY),
      `must name "${EVERYBODY}" with dailyPhone: Daily asks from any public address`,
    ],
  ];
  return rules.map(([path, broken, text]) => ({
    path,
    broken: (s: Settings) => s.dailyPhone !== undefined && broken(s),
    text,
  }));
}

/** What media that comes straight to a task needs. */
function directRules(): Rule[] {
  const rules: [string[], (settings: Settings) => boolean, string][] = [
    [
      ['network', 'kind'],
      (s) => s.network.kind !== 'default',
      'must be "default" with transport "webrtc": its subnets are public, and browsers reach a task at a public address only',
    ],
    [
      ['counts', 'max'],
      (s) => [s.counts, ...s.counts.schedule].some(({ max }) => max > 1),
      'must be 1 with transport "webrtc": what a page says of its call must come to the task that has it',
    ],
    [['release', 'strategy'], (s) => movesTraffic(s), 'must be "rolling" with transport "webrtc", which has one task'],
    [
      ['loadBalancer', 'internal'],
      (s) => s.loadBalancer.internal,
      'must be false with transport "webrtc": media comes from the internet',
    ],
  ];
  return rules.map(([path, broken, text]) => ({
    path,
    broken: (s: Settings) => s.transport === 'webrtc' && broken(s),
    text,
  }));
}

/** What a protected environment insists on. */
function protectedRules(): Rule[] {
  const rules: [string[], (settings: Settings) => boolean, string][] = [
    [['domain'], (s) => !hasTls(s), 'must be set where protected: callers speak over HTTPS'],
    [['counts', 'min'], (s) => s.counts.min < 2, 'must be at least 2 where protected: one zone may fail'],
    [['task', 'spot'], (s) => s.task.spot, 'must be false where protected: Spot ends calls'],
    [
      ['network', 'kind'],
      (s) => s.network.kind === 'default',
      'must not be "default" where protected: its subnets are public',
    ],
    [
      ['network', 'nat'],
      (s) => s.network.kind === 'new' && s.network.nat === 'single',
      'must be "per-zone" where protected: one zone may fail',
    ],
    [
      ['secrets', 'recoveryWindowDays'],
      (s) => s.secrets.mode === 'managed' && s.secrets.recoveryWindowDays < 7,
      'must be 7 to 30 where protected',
    ],
    [['secrets', 'startKey'], (s) => !s.secrets.startKey, 'must be true where protected: every call costs money'],
    [['logs', 'retentionDays'], (s) => s.logs.retentionDays < 365, 'must be at least 365 where protected'],
    [
      ['alarms', 'email'],
      (s) => s.alarms.email === undefined,
      'must be set where protected: somebody must hear alarms',
    ],
    [
      ['loadBalancer', 'waf'],
      (s) => !s.loadBalancer.waf && !s.loadBalancer.internal,
      'must be true where protected and public',
    ],
  ];
  return rules.map(([path, broken, text]) => ({ path, broken: (s: Settings) => s.protected && broken(s), text }));
}

/** What a file in environments/ is checked by: every setting by itself, and once all are right, the rules between them. */
export const checkedSettingsSchema = settingsSchema.transform(withCapacity).superRefine((settings, context) => {
  for (const rule of RULES_BETWEEN_SETTINGS) {
    if (rule.broken(settings)) context.addIssue({ code: 'custom', path: [...rule.path], message: rule.text });
  }
  for (const [name, value] of Object.entries(settings.bot.variables)) {
    const message = variableProblem(name, value);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['bot', 'variables', name], message });
  }
});
