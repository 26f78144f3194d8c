import type { CallAgent } from '../agents';
import type { CallRecorder } from '../records';
import type { RtviSession } from '../rtvi';
import type { SessionOptions } from '../sonic';
import type { CallTelemetry } from '../telemetry';
import type { ToolRunner } from '../tools';
import type { CallTransport, CloseReason } from '../transport/transport';
import { builtInTools } from './built-in/built-in-tools';
import type { CallActions } from './built-in/call-actions';
import { NOT_HANDED_OVER, openingOf } from './built-in/handoff';
import type { TextInput } from './call-budget';
import type { CallDeps } from './call-deps';
import type { CallStats } from './call-stats';
import type { ToolCalls } from './tool-calls';
import { Transfers } from './transfers';

interface AgentInCallOptions {
  readonly callId: string;
  /** Who answers the call. */
  readonly agent: CallAgent;
  readonly deps: Pick<CallDeps, 'agents' | 'clock' | 'settings'>;
  readonly transport: Pick<CallTransport, 'transfer' | 'reachedMachine'>;
  /** What an agent's own tools may do with the call, besides giving it away. */
  readonly actions: Pick<CallActions, 'isBusy' | 'keep' | 'takeKeys' | 'stopRecording'> & {
    /** Ends the call once the goodbye that follows has been heard, or else has the caller connected. */
    readonly part: (transferTo: string | undefined) => void;
    /** The caller waits for somebody, or does not any more. */
    readonly waits: (isWaiting: boolean) => void;
  };
  readonly tools: () => ToolCalls;
  readonly texts: () => Pick<TextInput, 'handOver' | 'sendText'> | undefined;
  readonly close: (reason: CloseReason) => void;
  readonly stats: CallStats;
  readonly rtvi: RtviSession;
  readonly telemetry: CallTelemetry;
  readonly record: Pick<CallRecorder, 'handedTo'> | undefined;
}

/** Who speaks with the caller: the agent that answered, and those that it gives the call to. */
export class AgentInCall {
  readonly #options: AgentInCallOptions;
  readonly #transfers: Transfers;
  #agent: CallAgent;
  /** Who has the call until the successor does. */
  #former: CallAgent | undefined;
  #runner: ToolRunner;
  /** Of its agent's tools. */
  #revision = 0;

  constructor(options: AgentInCallOptions) {
    this.#options = options;
    const { transport, deps, telemetry, texts, actions, close } = options;
    this.#transfers = new Transfers({
      transport,
      destinations: deps.settings.destinations,
      clock: deps.clock,
      telemetry,
      announce: actions.part,
      waits: actions.waits,
      tell: (words) => texts()?.sendText(words),
      givenAway: () => close('transferred'),
    });
    this.#agent = options.agent;
    this.#runner = this.#runnerOf(options.agent);
  }

  get name(): string {
    return this.#agent.name;
  }

  get runner(): ToolRunner {
    return this.#runner;
  }

  /** Who has the call: until a successor does, the agent that gives it away. */
  get speaking(): CallAgent {
    return this.#former ?? this.#agent;
  }

  /** How a stream is opened for it. */
  get session(): SessionOptions {
    const { callId } = this.#options;
    const agent = this.#agent;
    const tools = this.#runner.describe();
    return { ...agent.speech, callId, tools, currentTools: () => this.#toolsOf(agent) ?? tools };
  }

  /** The agent is there. A developer is told, too, why it is not what is in its files. */
  ready(): void {
    const { agent, rtvi } = this.#options;
    rtvi.botReady();
    if (agent.problem !== undefined) rtvi.serverMessage({ type: 'agent-problem', text: agent.problem });
  }

  /** Another agent has the call; nobody listened for `gapMs`. */
  handedOver(gapMs: number): void {
    const { stats, rtvi, record } = this.#options;
    record?.handedTo(this.#agent);
    stats.handedOver(this.#former?.name ?? this.name, this.name, gapMs);
    this.#former = undefined;
    rtvi.serverMessage({ type: 'agent', name: this.name, language: this.#agent.language });
  }

  /** The successor could not be had: the former agent goes on. */
  handoverFailed(): void {
    const former = this.#former;
    if (former === undefined) return;
    const { telemetry, texts } = this.#options;
    telemetry.record('handoverFailed', { from: former.name, to: this.name });
    this.#former = undefined;
    this.#become(former);
    texts()?.sendText(NOT_HANDED_OVER);
  }

  /** The caller has heard that they are connected with somebody. */
  connect(to: string): Promise<void> {
    return this.#transfers.connect(to);
  }

  /** The call ends. Idempotent. */
  stop(): void {
    this.#transfers.stop();
  }

  /** For a stream of the agent's that is being opened: with what an MCP server has changed since the last one was. */
  #toolsOf(agent: CallAgent): SessionOptions['tools'] | undefined {
    if (agent !== this.#agent) return undefined;
    if (agent.tools.revision() === this.#revision) return this.#runner.describe();
    this.#runner = this.#runnerOf(agent);
    this.#options.tools().use(this.#runner, { agent: agent.name, variables: agent.variables });
    return this.#runner.describe();
  }

  #runnerOf(agent: CallAgent): ToolRunner {
    const { part, ...actions } = this.#options.actions;
    const call: CallActions = {
      ...actions,
      reachedMachine: this.#options.transport.reachedMachine,
      hangUp: () => part(undefined),
      transfer: (to, text) =>
        this.#transfers.ask(to, text === undefined ? undefined : { text, language: agent.language }),
      handOver: (to, reason) => this.#handOver(to, reason),
    };
    this.#revision = agent.tools.revision();
    return agent.tools.runner(builtInTools(agent, call));
  }

  #handOver(to: string, reason: string): void {
    const { deps, agent, tools, texts } = this.#options;
    // What an agent in between does not declare is known again to one that does.
    const successor = deps.agents.handedTo(to, { ...agent.variables, ...tools().variables });
    this.#former ??= this.#agent;
    this.#become(successor);
    texts()?.handOver({ ...this.session, opening: openingOf(successor, reason) });
  }

  #become(agent: CallAgent): void {
    this.#agent = agent;
    this.#runner = this.#runnerOf(agent);
    this.#options.actions.takeKeys(undefined);
    this.#options.tools().use(this.#runner, { agent: agent.name, variables: agent.variables });
  }
}
