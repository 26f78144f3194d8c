import { FAKE_CREDENTIALS, type FakeBedrock } from '../../fakes/bedrock';

/** What every task of a rehearsed service is started with, whatever brings its calls. */
export const taskEnvironment = ({ url }: FakeBedrock, callsPerTask: number): Readonly<Record<string, string>> => ({
  AWS_REGION: 'eu-north-1',
  AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
  BEDROCK_ENDPOINT_URL: url,
  NOVA_SONIC_ENDPOINTING: 'HIGH',
  TRANSPORT: 'webrtc',
  WEBRTC_BIND_ADDRESS: '127.0.0.1',
  GREETING_PROMPT: 'Say exactly: "Hello there."',
  MAX_CALLS: String(callsPerTask),
  TRUSTED_PROXIES: '1',
  DRAIN_SECONDS: '90',
  DEPLOYMENT_CHECK_SECONDS: '1',
});
