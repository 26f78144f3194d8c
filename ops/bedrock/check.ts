import { bedrockRegion } from '../../stacks/names';
import { callerIdentity } from '../aws/identity';
import type { Command } from '../cli/command';
import type { Flags } from '../cli/flags';
import type { Context } from '../cli/context';
import { failedFinding, type Finding, type Section } from '../cli/report';
import { checkAvailability } from './availability';
import { readEndpoint } from './endpoint';
import { exchange } from './exchange';
import { checkTaskRole } from './role-access';
import { readSpeech, SPOKEN } from './speech';

const FLAGS = {
  model: { type: 'string', value: 'ID', description: "the model [the settings' first]" },
  endpoint: { type: 'string', value: 'URL', description: 'where the stream goes [BEDROCK_ENDPOINT_URL, else AWS]' },
  'stream-only': { type: 'boolean', description: 'ask nothing but the stream: for the sandbox, without any AWS' },
} as const satisfies Flags;

export const bedrockCheck: Command = {
  details: `Asks Bedrock whether the region offers the model and the account has access, and IAM whether the tasks may
invoke it, then speaks with it: a real bidirectional stream, a second and a half of speech in, text and audio out, with
the times printed. A failure names its cause. --region is the model's region here
(settings: bedrock.region). Costs a fraction of a cent.`,
  flags: FLAGS,
  run: async (context) => ({ sections: await checkBedrock(context, context.flags.text('region')) }),
};

/** The sections of `bedrock check`, for `doctor` too. */
export async function checkBedrock(context: Context, wantedRegion: string | undefined): Promise<Section[]> {
  const { flags, settings, io } = context;
  const region = wantedRegion ?? bedrockRegion(settings);
  const modelId = flags.text('model') ?? settings.bedrock.modelIds[0] ?? '';
  const endpointUrl = readEndpoint(flags.text('endpoint') ?? io.env['BEDROCK_ENDPOINT_URL']);
  const sections: Section[] = [];
  if (!flags.isSet('stream-only')) {
    const findings = await checkAccess(context, region, modelId);
    sections.push({ title: `Bedrock in ${region}`, findings });
    // A stream would only say the same less clearly.
    if (findings.some(({ status }) => status === 'failed')) return sections;
  }
  const voiceId = settings.bot.voice;
  const options = { region, modelId, endpointUrl, voiceId, speech: readSpeech(), signal: io.signal };
  sections.push({ title: `A conversation with ${modelId}`, findings: await converse(options) });
  return sections;
}

async function checkAccess(context: Context, region: string, modelId: string): Promise<Finding[]> {
  const aws = context.aws(region);
  try {
    const { arn } = await callerIdentity(aws);
    return [
      { status: 'ok', subject: 'identity', text: arn },
      ...(await checkAvailability(aws, modelId)),
      await checkTaskRole(aws, context.settings, modelId),
    ];
  } catch (error) {
    return [failedFinding('identity', error)];
  }
}

async function converse(options: Parameters<typeof exchange>[0]): Promise<Finding[]> {
  try {
    const { openMs, textMs, audioMs, heardMs, understood } = await exchange(options);
    const round = (ms: number): number => Math.round(ms);
    return [
      { status: 'ok', subject: 'stream', text: `open in ${round(openMs)} ms`, data: { openMs: round(openMs) } },
      {
        status: 'ok',
        subject: 'answer',
        text: `text ${round(textMs)} ms and audio ${round(audioMs)} ms after the last word; ${(heardMs / 1000).toFixed(1)} s of speech`,
        data: { textMs: round(textMs), audioMs: round(audioMs), heardMs: round(heardMs) },
      },
      understood
        ? { status: 'ok', subject: 'hearing', text: `it wrote down what it heard of "${SPOKEN}"` }
        : { status: 'warning', subject: 'hearing', text: 'it answered without writing down what it heard' },
    ];
  } catch (error) {
    return [failedFinding('stream', error)];
  }
}
