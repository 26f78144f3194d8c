import { bedrockRegion } from '../../stacks/names';
import type { Settings } from '../../stacks/settings';
import type { Identity } from '../aws/identity';
import { checkAvailability } from '../bedrock/availability';
import type { Context } from '../cli/context';
import type { Finding } from '../cli/report';
import { checkTools } from '../doctor/tools';
import { uncommitted } from './checkout';
import { imageFinding, type ImageNeed } from './image-finding';
import { checkQuotas } from './quotas';

export interface SurveyOptions {
  readonly context: Context;
  readonly settings: Settings;
  readonly identity: Identity;
  readonly image: Pick<ImageNeed, 'image' | 'tag' | 'builder'>;
  /** Whether an image may have to be built here. */
  readonly mayBuild: boolean;
  readonly planOnly: boolean;
  /** What GitHub said of the repository that the settings name; undefined where they name none. */
  readonly github: Finding | undefined;
}

/** Everything that can be known before anything is done. @throws Interrupted */
export async function survey(options: SurveyOptions): Promise<Finding[]> {
  const { context, settings, identity, github, planOnly } = options;
  const { region } = settings;
  const model = settings.bedrock.modelIds[0] ?? '';
  const aws = context.aws(region);
  const [tools, changedFiles, image, availability, quotas] = await Promise.all([
    checkTools(context.io.env),
    options.mayBuild ? uncommitted(context.io.folder) : undefined,
    imageFinding({ ...options.image, settings, aws, planOnly }),
    checkAvailability(context.aws(bedrockRegion(settings)), model),
    checkQuotas(aws, settings, context.io),
  ]);
  return [
    ...tools.filter(({ subject }) => subject !== 'docker'),
    image,
    ...(changedFiles === undefined ? [] : [changedFiles]),
    { status: 'ok', subject: 'account', text: `${identity.accountId} in ${region}, as ${identity.arn}` },
    ...availability.map((finding) => ({ ...finding, subject: `model: ${finding.subject}` })),
    ...quotas,
    ...(github === undefined ? [] : [github]),
    ...plainHttp(settings),
  ];
}

function plainHttp({ domain }: Settings): Finding[] {
  if (domain !== undefined) return [];
  const text = 'plain HTTP without a domain: keys travel in the clear, and browsers give no microphone';
  return [{ status: 'warning', subject: 'domain', text, fix: 'For more than a trial set domain: docs/settings.md' }];
}
