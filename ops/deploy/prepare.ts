import type { ServedAgent } from '../../contract/agent';
import type { Settings } from '../../stacks/settings';
import { callerIdentity, checkAccount } from '../aws/identity';
import { principalArn } from '../aws/principal';
import type { Context } from '../cli/context';
import { environmentMeant } from '../cli/environments';
import { PROGRAM } from '../cli/help';
import type { Finding } from '../cli/report';
import type { Version } from '../release/version';
import type { Builder } from './builders';
import { type Draft, draftSettings, type GivenImage, readRaw, type WantedPhone } from './draft';
import { findBuilder } from './find-builder';
import { lookAtGithub } from './github';
import { keysToAsk } from './secret-values';
import { survey } from './survey';
import { agentsIn, settingsIn, type Target } from './target';

/** What is known before anything is done. */
export interface Prepared {
  readonly accountId: string;
  readonly draft: Draft;
  /** As they will be. */
  readonly settings: Settings;
  readonly agents: readonly ServedAgent[];
  readonly builder: Builder | undefined;
  readonly findings: readonly Finding[];
  /** Values of secrets that nobody has given. */
  readonly missing: readonly string[];
}

interface PrepareOptions {
  readonly image: GivenImage | undefined;
  readonly phone: WantedPhone | undefined;
  readonly version: () => Version;
  /** Nothing is to be made now. */
  readonly planOnly: boolean;
}

/**
 * Looks at everything, and changes nothing.
 * @throws OpsError for what leaves nothing to look at, such as no credentials or wrong settings; Interrupted
 */
export async function prepare(
  context: Context,
  { file, text, region, transport }: Target,
  { image, phone, version, planOnly }: PrepareOptions,
): Promise<Prepared> {
  const { environment, io, flags } = context;
  context.progress('looking at the account, the tools and the settings…');
  const aws = context.aws(region);
  const identity = await callerIdentity(aws);
  const raw = text === undefined ? {} : readRaw(text);
  const options = { cwd: io.folder, env: io.env, signal: io.signal };
  const mayBuild = image === undefined && raw.image?.repository === undefined;
  const [builder, operatorArn, github] = await Promise.all([
    mayBuild ? findBuilder(flags.text('builder'), options) : undefined,
    principalArn(aws, identity),
    lookAtGithub(io, raw.github),
  ]);
  const draft = draftSettings(text, {
    environment,
    accountId: identity.accountId,
    region,
    transport,
    ...(operatorArn === undefined ? {} : { operatorArn }),
    ...github.known,
    tag: image?.tag ?? version().tag,
    ...(image === undefined ? {} : { image }),
    ...(phone === undefined ? {} : { phone }),
    ...(mayBuild && builder !== undefined ? { architecture: process.arch === 'arm64' ? 'ARM64' : 'X86_64' } : {}),
  });
  const settings = settingsIn(file, draft.text, io.env);
  checkAccount(identity, settings);
  const agents = await agentsIn(context, settings);
  const seen = await survey({
    ...{ context, settings, identity, mayBuild, planOnly, github: github.finding },
    image: { image, builder, tag: () => version().tag },
  });
  const findings = [...(text === undefined ? unfamiliar(context) : []), ...seen];
  const missing = await keysToAsk(context, settings, agents);
  return { accountId: identity.accountId, draft, settings, agents, builder, findings, missing };
}

/** A new environment whose name is nearly that of one that is there may be a slip of the keys. */
function unfamiliar({ environment, environmentsFolder }: Context): Finding[] {
  const meant = environmentMeant(environmentsFolder, environment);
  if (meant === undefined) return [];
  const fix = `Where ${meant} was meant: ${PROGRAM} deploy --environment ${meant}`;
  return [{ status: 'warning', subject: 'environment', text: `${environment} is new; there is ${meant}`, fix }];
}
