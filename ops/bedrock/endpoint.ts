import { OpsError } from '../cli/ops-error';

/** Another endpoint than the region's own, if one is given. @throws OpsError `usage` */
export function readEndpoint(url: string | undefined): string | undefined {
  if (url === undefined || url === '') return undefined;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new OpsError('usage', '--endpoint (or BEDROCK_ENDPOINT_URL) must be an http or https URL.');
}
