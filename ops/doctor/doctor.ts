import { checkToolAccess, SKIP_TOOLS_FLAG } from '../agent/tool-access';
import { checkBedrock } from '../bedrock/check';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { failedFinding, type Report, type Section } from '../cli/report';
import { lookAtDeployment } from '../monitor/look';
import { URL_FLAG } from '../monitor/monitor';
import { checkSecrets, SYNTH_FLAG } from '../secrets/check';
import { checkPhone } from '../phone/check';
import { checkIdentity } from './account';
import { checkFiles } from './files';
import { checkImage } from './image';
import { checkQuotas } from '../deploy/quotas';
import { checkStateBucket } from './state-bucket';
import { checkTools } from './tools';
import { hasTelephone } from '../../stacks/settings';

const ERRORS_OF_MINUTES = 15;

export const doctor: Command = {
  details: `Looks at tools, files, the AWS identity, clock and quotas, the state bucket, secrets, roles, Daily, what agents' tools
reach (without effect), Bedrock (a real conversation), the telephone (nobody is called), the image, the service, its health and its
log. With --before-deploy only at what must be right before anything is deployed. One failure does not keep it from looking at the
rest.`,
  flags: {
    ...SYNTH_FLAG,
    'before-deploy': { type: 'boolean', description: 'leave out what a deployment makes' },
    'skip-bedrock': { type: 'boolean', description: 'do not speak with the model' },
    'skip-daily': { type: 'boolean', description: 'do not ask Daily' },
    'skip-phone': { type: 'boolean', description: 'do not ask who carries the telephone' },
    ...SKIP_TOOLS_FLAG,
    endpoint: { type: 'string', value: 'URL', description: "the model's endpoint [BEDROCK_ENDPOINT_URL, else AWS]" },
    ...URL_FLAG,
  },
  run: examine,
};

async function examine(context: Context): Promise<Report> {
  const { flags, progress, io } = context;
  const isBefore = flags.isSet('before-deploy');
  progress('looking at tools and files…');
  const sections: Section[] = [
    { title: 'Tools', findings: await checkTools(io.env) },
    { title: 'Files', findings: await checkFiles(context) },
  ];
  progress('looking at AWS…');
  const identity = await checkIdentity(context);
  sections.push({ title: `AWS in ${context.region}`, findings: identity });
  // Everything below would fail for the same reason.
  if (identity.some(({ status, subject }) => status === 'failed' && subject !== 'clock')) return { sections };
  sections.push({ title: 'Quotas', findings: await checkQuotas(context.aws(), context.settings, io) });
  if (!isBefore) {
    sections.push({ title: 'Terraform state', findings: await checkStateBucket(context) });
    sections.push({ title: 'Image', findings: await checkImage(context) });
    progress('looking at secrets…');
    sections.push(...(await attempt('secrets', () => checkSecrets(context))));
  }
  sections.push(...(await attempt('tools of agents', () => checkToolAccess(context))));
  if (!flags.isSet('skip-bedrock')) {
    progress('speaking with the model…');
    sections.push(...(await attempt('bedrock', () => checkBedrock(context, undefined))));
  }
  if (!isBefore) {
    if (hasTelephone(context.settings) && !flags.isSet('skip-phone')) {
      progress('asking the carrier of the telephone…');
      sections.push(...(await attempt('telephone', () => checkPhone(context))));
    }
    progress('looking at the deployment…');
    sections.push(...(await lookAtDeployment(context, ERRORS_OF_MINUTES)));
  }
  return { sections };
}

async function attempt(subject: string, look: () => Promise<Section[]>): Promise<Section[]> {
  try {
    return await look();
  } catch (error) {
    // A wrong way of asking is for the whole command to say.
    if (error instanceof OpsError && error.code === 'usage') throw error;
    return [{ title: subject, findings: [failedFinding(subject, error)] }];
  }
}
