import { isCrossRegionProfile, NOVA_2_SONIC_REGIONS, NOVA_2_SONIC_VOICES, RETIRED_MODEL_ID } from '../contract/models';
import { START_KEY } from '../contract/secrets';
import { rawValue } from '../contract/variable-readers';
import type { Config } from './config';

/** What is allowed and yet likely a mistake, in sentences fit for a log: names of variables, never a secret. */
export function configWarnings(config: Config, env: NodeJS.ProcessEnv): readonly string[] {
  return [...modelWarnings(config, env), ...accessWarnings(config), ...transportWarnings(config)];
}

function modelWarnings({ model }: Config, env: NodeJS.ProcessEnv): string[] {
  const warnings: string[] = [];
  if (model.endpointUrl === undefined && !NOVA_2_SONIC_REGIONS.includes(model.region)) {
    warnings.push(
      `the model's region ${model.region} is not known to offer Nova 2 Sonic: set BEDROCK_REGION to one of ${NOVA_2_SONIC_REGIONS.join(', ')}`,
    );
  }
  if (model.endpointUrl !== undefined && isPlainBeyondLoopback(model.endpointUrl)) {
    warnings.push('BEDROCK_ENDPOINT_URL is plain http to another machine: callers can be overheard on the way');
  }
  if (model.id.endsWith(RETIRED_MODEL_ID)) {
    warnings.push(`NOVA_SONIC_MODEL_ID names ${RETIRED_MODEL_ID}, whose life ended on 14 September 2026`);
  }
  if (isCrossRegionProfile(model.id)) {
    warnings.push(
      'NOVA_SONIC_MODEL_ID names a cross-region profile, which bidirectional streams refuse: use the plain model id',
    );
  }
  if (!NOVA_2_SONIC_VOICES.includes(model.voiceId)) {
    warnings.push('NOVA_SONIC_VOICE is not one of the voices known for Nova 2 Sonic');
  }
  if (rawValue(env, 'AWS_BEARER_TOKEN_BEDROCK') !== undefined) {
    warnings.push(
      'AWS_BEARER_TOKEN_BEDROCK is set and not used: Bedrock API keys cannot open bidirectional streams; a role or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY can',
    );
  }
  return warnings;
}

function accessWarnings({ access, host }: Config): string[] {
  const warnings: string[] = [];
  if (access.startApiKey === undefined && !isLoopback(host)) {
    warnings.push(`${START_KEY} is not set: anybody who reaches this port can start calls that you pay for`);
  }
  return warnings;
}

function transportWarnings({ transport, daily, environment }: Config): string[] {
  const warnings: string[] = [];
  if (environment.missing.length > 0) {
    warnings.push(`TRANSPORT is ${transport} but ${environment.missing.join(', ')} is not set: no calls are taken`);
  }
  if (isPlainBeyondLoopback(daily.apiUrl)) {
    warnings.push('DAILY_API_URL is plain http to another machine: DAILY_API_KEY can be read on the way');
  }
  return warnings;
}

function isPlainBeyondLoopback(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && !isLoopback(hostname);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\./.test(host);
}
