import type { CallAgent } from '../agents';
import type { RtviSession } from '../rtvi';
import type { SessionOptions } from '../sonic';
import type { CallTelemetry } from '../telemetry';
import type { ToolRunner } from '../tools';
import { builtInTools } from './built-in/built-in-tools';
import type { CallActions } from './built-in/call-actions';
import { NOT_HANDED_OVER, openingOf } from './built-in/handoff';
import type { TextInput } from './call-budget';
import type { CallDeps } from './call-deps';
import type { CallStats } from './call-stats';
import type { ToolCalls } from './tool-calls';

interface AgentInCallOptions {
  readonly callId: string;
  /** Who answers the call. */
  readonly agent: CallAgent;
  readonly agents: CallDeps['agents'];
  /** What an agent's own tools may do with the call, besides giving it away. */
  readonly actions: Omit<CallActions, 'handOver'>;
  readonly tools: () => ToolCalls;
  readonly texts: () => Pick<TextInput, 'handOver' | 'sendText'> | undefined;
  readonly stats: CallStats;
  readonly rtvi: RtviSession;
  readonly telemetry: CallTelemetry;
}

/** Who speaks with the caller: the agent that answered, and those that it gives the call to. */
export class AgentInCall {
  readonly #options: AgentInCallOptions;
  #agent: CallAgent;
  /** Who has the call until the successor does. */
  #former: CallAgent | undefined;
  #runner: ToolRunner;

  constructor(options: AgentInCallOptions) {
    this.#options = options;
    this.#agent = options.agent;
    this.#runner = this.#runnerOf(options.agent);
  }

  get name(): string {
    return this.#agent.name;
  }

  get runner(): ToolRunner {
    return this.#runner;
  }

  /** How a stream is opened for it. */
  get session(): SessionOptions {
    return { ...this.#agent.speech, callId: this.#options.callId, tools: this.#runner.describe() };
  }

  /** Another agent has the call; nobody listened for `gapMs`. */
  handedOver(gapMs: number): void {
    const { stats, rtvi } = this.#options;
    stats.handedOver(this.#former?.name ?? this.name, this.name, gapMs);
    this.#former = undefined;
    rtvi.serverMessage({ type: 'agent', name: this.name });
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

  #runnerOf(agent: CallAgent): ToolRunner {
    const { actions } = this.#options;
    const handOver = (to: string, reason: string): void => this.#handOver(to, reason);
    return agent.tools.runner(builtInTools(agent, { ...actions, handOver }));
  }

  #handOver(to: string, reason: string): void {
    const { agents, agent, tools, texts } = this.#options;
    // What an agent in between does not declare is known again to one that does.
    const successor = agents.handedTo(to, { ...agent.variables, ...tools().variables });
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
