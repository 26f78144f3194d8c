import { GetObjectCommand } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { arnsOf, namesOf, stateKey } from '../../stacks/names';
import type { Context } from '../cli/context';
import { parseJson } from '../cli/json';
import { OpsError } from '../cli/ops-error';

const stateSchema = z.looseObject({ outputs: z.record(z.string(), z.looseObject({ value: z.unknown() })) });

/**
 * Where the deployment is: `--url`, else the domain in the settings, else the output `url` of the service stack's state.
 * @returns undefined when nothing is deployed
 * @throws OpsError
 */
export async function serviceUrl(context: Context): Promise<string | undefined> {
  const given = context.flags.text('url');
  if (given !== undefined) {
    if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given.replace(/\/+$/, '');
    throw new OpsError('usage', '--url must be an http or https URL.');
  }
  const { domain } = context.settings;
  if (domain !== undefined) return `https://${domain.name}`;
  const url = (await readOutputs(context))?.['url'];
  return typeof url === 'string' ? url.replace(/\/+$/, '') : undefined;
}

/** The outputs of the service stack, as Terraform keeps them in the state bucket; undefined without a state. */
async function readOutputs(context: Context): Promise<Record<string, unknown> | undefined> {
  const { settings } = context;
  const aws = context.aws();
  const { stateBucket: bucket } = namesOf(settings);
  const key = stateKey('service');
  const asked = {
    action: 's3:GetObject',
    resource: `${arnsOf(settings).bucket(bucket)}/${key}`,
    what: `the state ${bucket}/${key}`,
  };
  const text = await aws.find(asked, ['NoSuchKey', 'NoSuchBucket'], async (options) => {
    const { Body: body } = await aws.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), options);
    return body?.transformToString();
  });
  if (text === undefined) return undefined;
  const outputs = stateSchema.safeParse(parseJson(text)).data?.outputs ?? {};
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}
