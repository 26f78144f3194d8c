import { bedrockRegion } from '../../stacks/names';
import type { Settings } from '../../stacks/settings';
import type { Identity } from '../aws/identity';
import { checkAvailability } from '../bedrock/availability';
import type { Context } from '../cli/context';
import type { Finding } from '../cli/report';
import { checkTools } from '../doctor/tools';
import type { Builder } from './builders';
import { isNative, platformOf } from './builders';
import { uncommitted } from './checkout';
import { checkQuotas } from './quotas';

export interface SurveyOptions {
  readonly context: Context;
  readonly settings: Settings;
  readonly identity: Identity;
  readonly builder: Builder | undefined;
  /** Whether an image may have to be built here. */
  readonly mayBuild: boolean;
  /** What GitHub said of the repository that the settings name; undefined where they name none. */
  readonly github: Finding | undefined;
}

/** Everything that can be known before anything is done. @throws Interrupted */
export async function survey(options: SurveyOptions): Promise<Finding[]> {
  const { context, settings, identity, github } = options;
  const { region } = settings;
  const model = settings.bedrock.modelIds[0] ?? '';
  const [tools, changedFiles, availability, quotas] = await Promise.all([
    checkTools(context.io.env),
    options.mayBuild ? uncommitted(context.io.folder) : undefined,
    checkAvailability(context.aws(bedrockRegion(settings)), model),
    checkQuotas(context.aws(region), settings, context.io),
  ]);
  return [
    ...tools.filter(({ subject }) => subject !== 'docker'),
    builderFinding(options),
    ...(changedFiles === undefined ? [] : [changedFiles]),
    { status: 'ok', subject: 'account', text: `${identity.accountId} in ${region}, as ${identity.arn}` },
    ...availability.map((finding) => ({ ...finding, subject: `model: ${finding.subject}` })),
    ...quotas,
    ...(github === undefined ? [] : [github]),
    ...plainHttp(settings),
  ];
}

/** What an image can be built with, where one may have to be. */
export function builderFinding({
  settings,
  builder,
  mayBuild,
}: Pick<SurveyOptions, 'settings' | 'builder' | 'mayBuild'>): Finding {
  const subject = 'image';
  if (!mayBuild) return { status: 'skipped', subject, text: 'nothing is built here' };
  if (builder === undefined) {
    const text =
      'docker, finch, podman, nerdctl and buildah are not there, or do not answer: it stops before the image';
    const fix = 'Install one, or say --image with one that was released.';
    return { status: 'warning', subject, text, fix };
  }
  const platform = platformOf(settings.task.architecture);
  if (isNative(platform, process.arch))
    return { status: 'ok', subject, text: `${builder.name} builds it for ${platform}` };
  const text = `${builder.name} builds it for ${platform}, whose processor is emulated on this machine: that takes long`;
  const fix = `It needs binfmt (docker run --privileged --rm tonistiigi/binfmt --install all); or set task.architecture to ${settings.task.architecture === 'ARM64' ? 'X86_64' : 'ARM64'}.`;
  return { status: 'warning', subject, text, fix };
}

function plainHttp({ domain }: Settings): Finding[] {
  if (domain !== undefined) return [];
  const text = 'plain HTTP without a domain: keys travel in the clear, and browsers give no microphone';
  return [{ status: 'warning', subject: 'domain', text, fix: 'For more than a trial set domain: docs/settings.md' }];
}
