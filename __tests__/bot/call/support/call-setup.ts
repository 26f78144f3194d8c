import { Writable } from 'node:stream';
import { z } from 'zod';
import { Call } from '../../../../bot/call/call';
import type { CallAgent } from '../../../../bot/agents';
import type { AgentLimits } from '../../../../bot/agents/call-agent';
import type { CallDeps } from '../../../../bot/call/call-deps';
import { agentsOf, callAgent } from '../../../support/call-agents';
import { OPEN_ADMISSION } from '../../../support/open-admission';
import type { NoticeAudio } from '../../../../bot/notices';
import { NOTICE_NAMES } from '../../../../contract/languages/speech-texts';
import { createLogger } from '../../../../bot/telemetry/logger';
import { createTelemetry } from '../../../../bot/telemetry/telemetry';
import { defineTool, type Tool } from '../../../../bot/tools/tool';
import { FakeClock, settle } from '../../../support/fake-clock';
import { MemoryTransport } from '../../../support/memory-transport';
import { ScriptedModel } from '../../../support/scripted-model';
import { strictBeat } from '../../../support/strict-beat';

export const GREETING = 'Greet the caller.';
/** Each recorded notice is two seconds of its own value, so that a test can tell what was heard. */
export const RECORDED = 7;
/** 400 ms of its own value. */
export const WAITING_VALUE = 5;
const WAITING = new Int16Array(9_600).fill(WAITING_VALUE);
const notices = Object.fromEntries(
  NOTICE_NAMES.map((name) => [name, new Int16Array(48_000).fill(RECORDED)]),
) as unknown as NoticeAudio;

export const CALL_SETTINGS: CallDeps['settings'] = {
  maxCalls: 1,
  destinations: new Map(),
  showsToolCalls: false,
  ceilings: { maxTokens: undefined, maxDollars: undefined },
  typedText: { perMinute: 8_000, perCall: 60_000 },
  waiting: 'off',
  isDucking: false,
};

/** Of the call's settings and of its agent's limits, what a test wants otherwise. */
type Settings = Partial<CallDeps['settings'] & AgentLimits>;
type Others = Partial<CallDeps> & {
  readonly tools?: readonly Tool[];
  readonly declared?: CallAgent['declared'];
  /** Its language, and what follows from that; and what is kept of its calls. */
  readonly speaks?: Partial<Pick<CallAgent, 'language' | 'texts' | 'notices' | 'records'>>;
  /** Who keeps it. */
  readonly keeps?: (clock: FakeClock) => CallDeps['records'];
  /** Whom the agent can hand the call to. */
  readonly others?: readonly CallAgent[];
};

export function setup(
  { maxCallMs = 600_000, userAbsentMs = 30_000, toolCallsPerTurn = 3, ...settings }: Settings = {},
  { tools, declared = {}, speaks = {}, keeps = () => undefined, others: successors = [], ...others }: Others = {},
) {
  const clock = new FakeClock();
  const ticker = strictBeat(clock);
  const transport = new MemoryTransport(ticker);
  const model = new ScriptedModel();
  const log: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const slow = defineTool({
    name: 'slow',
    description: 'Takes a second.',
    schema: z.object({}),
    timeoutMs: 5_000,
    run: () => new Promise((resolve) => clock.after(1_000, () => resolve({ done: true }))),
  });
  const limits = { maxCallMs, userAbsentMs, toolCallsPerTurn };
  const agent = callAgent(clock, {
    tools: tools ?? [slow],
    limits,
    declared,
    greetingPrompt: GREETING,
    notices,
    ...speaks,
  });
  const deps: CallDeps = {
    clock,
    ticker,
    model,
    modelId: 'test-model',
    agents: agentsOf(agent, ...successors),
    waitingSound: WAITING,
    telemetry: createTelemetry({ logger: createLogger({ level: 'info', version: 'test', destination }) }),
    prices: undefined,
    records: keeps(clock),
    admission: OPEN_ADMISSION,
    settings: { ...CALL_SETTINGS, ...settings },
    ...others,
  };
  const call = new Call('call-1', transport, deps, agent, '192.0.2.7');
  return { clock, ticker, transport, model, log, deps, agent, call };
}

/** A call in which the greeting has been heard. */
export async function inConversation(settings: Settings = {}, others: Others = {}) {
  const inCall = setup(settings, others);
  void inCall.call.start();
  inCall.transport.connect();
  inCall.transport.clientReady();
  await settle();
  inCall.model.only.speak('Hello!', 500);
  await inCall.clock.advanceAsync(700);
  expect(inCall.call.summary.state).toBe('listening');
  return inCall;
}

export const heardRecording = (transport: MemoryTransport): boolean =>
  transport.heard.some((frame) => frame.includes(RECORDED));
