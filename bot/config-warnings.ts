import { isCrossRegionProfile, modelDoubts } from '../contract/models';
import { START_KEY } from '../contract/secrets';
import { rawValue } from '../contract/variable-readers';
import { VARIABLES } from '../contract/variables';
import type { Config } from './config';

/** What is allowed and yet likely a mistake, in sentences fit for a log: names of variables, never a secret. */
export function configWarnings(config: Config, env: NodeJS.ProcessEnv): readonly string[] {
  return [
    ...modelWarnings(config, env),
    ...accessWarnings(config),
    ...transportWarnings(config),
    ...phoneWarnings(config),
  ];
}

function modelWarnings({ model }: Config, env: NodeJS.ProcessEnv): string[] {
  const { id, region, voiceId } = VARIABLES.model;
  const warnings = modelDoubts(
    {
      modelId: model.id,
      region: model.endpointUrl === undefined ? model.region : undefined,
      voiceId: model.voiceId,
    },
    { modelId: id.name, region: region.name, voiceId: voiceId.name },
  );
  if (model.endpointUrl !== undefined && isPlainBeyondLoopback(model.endpointUrl)) {
    warnings.push('BEDROCK_ENDPOINT_URL is plain http to another machine: callers can be overheard on the way');
  }
  if (isCrossRegionProfile(model.id)) {
    warnings.push(
      'NOVA_SONIC_MODEL_ID names a cross-region profile, which bidirectional streams refuse: use the plain model id',
    );
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

function phoneWarnings({ environment: { missingForPhone }, daily, transport }: Config): string[] {
  const dialIn =
    daily.pinlessHmac === undefined || transport === 'daily'
      ? []
      : [`DAILY_PINLESS_HMAC is set but TRANSPORT is ${transport}: Daily's telephone calls are not taken`];
  if (missingForPhone.length === 0) return dialIn;
  return [...dialIn, `PHONE_PROVIDER is set but ${missingForPhone.join(', ')} is not: the bot has no telephone`];
}

function isPlainBeyondLoopback(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && !isLoopback(hostname);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\./.test(host);
}
