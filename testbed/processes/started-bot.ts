import { BotProcess } from './bot-process';
import { FAKE_CREDENTIALS } from '../fakes/bedrock';

/** Starts the built bot against the sandbox at `sandboxUrl`, on loopback, with room for `maxCalls`. */
export function startBot(
  sandboxUrl: string,
  maxCalls: number,
  more: Readonly<Record<string, string | undefined>> = {},
  options: Parameters<typeof BotProcess.start>[2] = {},
): Promise<BotProcess> {
  const environment = {
    TRANSPORT: 'webrtc',
    WEBRTC_BIND_ADDRESS: '127.0.0.1',
    AWS_REGION: 'eu-north-1',
    AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
    BEDROCK_ENDPOINT_URL: sandboxUrl,
    NOVA_SONIC_ENDPOINTING: 'HIGH',
    GREETING_PROMPT: 'Say exactly: "Hello there."',
    MAX_CALLS: String(maxCalls),
    // On a machine that many programs share lateness is theirs.
    BUSY_AT_LATENESS_MS: '0',
    START_RATE_PER_MINUTE: '100000',
    UNANSWERED_STARTS_PER_CALLER: '1000',
    ...more,
  };
  return BotProcess.start(0, environment, options);
}

/** The bot's /metrics at one moment; a figure is summed over its labels. One reading: the worst-of figures begin anew at each. */
export async function readMetrics(botUrl: string): Promise<(name: string) => number> {
  const lines = (await (await fetch(`${botUrl}/metrics`)).text()).split('\n');
  return (name) =>
    lines
      .filter((line) => line.startsWith(`voice_agent_${name}`))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** One figure of the bot's /metrics. */
export async function metric(botUrl: string, name: string): Promise<number> {
  return (await readMetrics(botUrl))(name);
}
