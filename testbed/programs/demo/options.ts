import { parseArgs } from 'node:util';
import { DEFAULT_DIALECT, type Dialect, DIALECTS, isDialect } from '../../fakes/bedrock';

export interface DemoOptions {
  /** Exit after the call instead of staying up for the page. */
  readonly once: boolean;
  /** Talk to the real model, with the AWS credentials of the environment. */
  readonly bedrock: boolean;
  /** What the local model speaks. */
  readonly dialect: Dialect;
  /** Call through a Daily room of the local sandbox, from a second browser. */
  readonly daily: boolean;
  /** Who answers on the page, in place of the call that is placed and judged. */
  readonly agent?: string | undefined;
  /** Ring the bot through the local Twilio. */
  readonly phone: boolean;
  /** The bot's HTTP port; any free one when this one is taken. */
  readonly port: number;
  /** Where the recordings go. */
  readonly recordings: string;
  /** A line of JSON at the end, for programs. */
  readonly json: boolean;
}

/** Nothing was found of the bot, good or bad: EX_TEMPFAIL of sysexits.h. */
export const EXIT_MACHINE_BUSY = 75;

export const DEMO_HELP = `npm run demo -- [options]

A whole spoken call on loopback, then a page to talk to the bot yourself.

  --once              exit after the call: 0, 1 if anything was wrong, 75 if this machine was too busy to tell
  --bedrock           talk to Amazon Nova Sonic itself; needs AWS credentials; BEDROCK_REGION: elsewhere than eu-north-1
  --dialect NAME      how the local model behaves: live, as the service was seen, or documented [${DEFAULT_DIALECT}]
  --agent NAME        no such call, but the page with an agent of agents/, which shows what its tools are asked and answer
  --daily             through a Daily room: both sides run the real daily-js, Daily is the local sandbox
  --phone             by telephone: Twilio is the local stand-in, which rings, talks, presses keys and is transferred
  --port PORT         the bot's port [7860, or any free one]
  --recordings DIR    where the report and the WAV files go [recordings]
  --json              print the figures as JSON, too
  --help`;

/** @throws Error with one line for the user when an option is unknown or wrong. */
export function parseOptions(argv: readonly string[]): DemoOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      once: { type: 'boolean', default: false },
      bedrock: { type: 'boolean', default: false },
      dialect: { type: 'string', default: DEFAULT_DIALECT },
      daily: { type: 'boolean', default: false },
      agent: { type: 'string' },
      phone: { type: 'boolean', default: false },
      port: { type: 'string', default: '7860' },
      recordings: { type: 'string', default: 'recordings' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port must be a number from 0 to 65535');
  const { once, bedrock, dialect, daily, agent, phone, recordings, json } = values;
  if (!isDialect(dialect)) throw new Error(`--dialect must be ${Object.keys(DIALECTS).join(' or ')}`);
  if (daily && bedrock) throw new Error('--daily is with the sandbox only: leave --bedrock out');
  if (agent !== undefined && (once || json)) throw new Error('--agent is for talking: leave --once and --json out');
  if (phone && (bedrock || daily || agent !== undefined)) {
    throw new Error('--phone is with the sandbox and its own agent only: leave --bedrock, --daily and --agent out');
  }
  return { once, bedrock, dialect, daily, agent, phone, port, recordings, json };
}

/** What will happen and for how long, in a line or two. */
export function introduction({ agent, daily, phone, bedrock, once }: DemoOptions): string {
  const model = bedrock ? 'Amazon Nova Sonic' : "the model's local stand-in";
  const way = daily ? "through a room of Daily's local stand-in" : 'by WebRTC';
  if (agent !== undefined) return `agents/${agent} answers on a page, ${way}; ${model} speaks for it.`;
  if (phone) {
    const then = once ? '' : ' Then you can talk to it on its page.';
    return `A telephone call through Twilio's local stand-in, with ${model}: about 45 s. Greeting, a question, an interruption, keys, a transfer, a report. Nothing leaves this machine.${then}`;
  }
  const reach = bedrock ? '' : ' Nothing leaves this machine.';
  const after = once ? '' : ' Then you can call it yourself.';
  return `A whole phone call, ${way}, with ${model}: about 45 s. Greeting, a question, an interruption, a tool, a report.${reach}${after}`;
}
