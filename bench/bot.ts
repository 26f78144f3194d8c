import { BotProcess } from '../sandbox/demo/bot-process';
import { SANDBOX_CREDENTIALS } from '../sandbox/sonic/server';

/** Starts the built bot against the sandbox at `sandboxUrl`, on loopback, with room for `maxCalls`. */
export function startBot(
  sandboxUrl: string,
  maxCalls: number,
  more: Readonly<Record<string, string | undefined>> = {},
): Promise<BotProcess> {
  return BotProcess.start(0, {
    TRANSPORT: 'webrtc',
    WEBRTC_BIND_ADDRESS: '127.0.0.1',
    AWS_REGION: 'eu-north-1',
    AWS_ACCESS_KEY_ID: SANDBOX_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: SANDBOX_CREDENTIALS.secretAccessKey,
    BEDROCK_ENDPOINT_URL: sandboxUrl,
    NOVA_SONIC_ENDPOINTING: 'HIGH',
    GREETING_PROMPT: 'Say exactly: "Hello there."',
    MAX_CALLS: String(maxCalls),
    START_RATE_PER_MINUTE: '100000',
    ...more,
  });
}

/** A figure of the bot's /metrics, summed over its labels. */
export async function metric(botUrl: string, name: string): Promise<number> {
  const text = await (await fetch(`${botUrl}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`voice_agent_${name}`));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
