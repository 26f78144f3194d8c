import { DEFAULT_LANGUAGE } from '../../contract/agent';
import { BotError } from '../errors';
import type { Timer } from '../time';
import { type Agent, inCall } from './agent';
import type { AskedAgent, CallAgent } from './call-agent';
import { checkVariables, variablesFor } from './call-variables';
import type { NoticeAudio } from '../notices';
import { canBeSaid } from './render';
import { type AgentServices, type OpenedAgents, openAgents } from './open';

/** In development: so often it is looked whether agents have changed, that whoever saves a file is told of it. */
const LOOK_EVERY_MS = 500;

/** The agents that a bot serves. */
export class Agents {
  readonly #services: AgentServices;
  #opened: OpenedAgents;
  #stamp: string | undefined;
  #reading: Promise<void> = Promise.resolve();
  /** Why what is in the files is not what answers, if so. */
  #problem: string | undefined;
  #timer: Timer | undefined;
  #isClosed = false;
  /** Agents that calls may still be with, though they have been read anew. */
  readonly #former: Agent[] = [];

  private constructor(services: AgentServices, opened: OpenedAgents, stamp: string | undefined) {
    this.#services = services;
    this.#opened = opened;
    this.#stamp = stamp;
    if (stamp !== undefined) this.#lookAgain();
  }

  /** Reads and checks every agent. @throws BotError `config_invalid`, which names agent, field and rule */
  static async open(services: AgentServices): Promise<Agents> {
    const { answering, served } = services;
    if (served.length > 0 && !served.includes(answering)) {
      throw new BotError('config_invalid', 'AGENT must be one of AGENTS');
    }
    // What changes while they are read is read anew.
    const stamp = services.files.stamp?.();
    return new Agents(services, await openAgents(namesOf(services), services), stamp);
  }

  /** Who may be asked for. */
  get names(): readonly string[] {
    const { served } = this.#services;
    return served.length > 0 ? served : [...this.#opened.agents.keys()];
  }

  /** Of the one that answers a call that names nobody. */
  get language(): string {
    return this.#get(this.#services.answering).definition.language ?? DEFAULT_LANGUAGE;
  }

  /** Recorded notices of the same one. */
  get notices(): NoticeAudio {
    return this.#get(this.#services.answering).notices;
  }

  /** Secrets that agents name and that are not set: calls cannot be taken. */
  get missingSecrets(): readonly string[] {
    return this.#opened.missingSecrets;
  }

  /**
   * Who answers a call.
   * @throws BotError `bad_request` for an agent that is not served, or a variable against its rule; `unauthorized` for a
   *   variable that only a server may set
   */
  async prepare(asked: AskedAgent = { givenBy: 'browser' }): Promise<CallAgent> {
    await this.#readChanged();
    const { name = this.#services.answering } = asked;
    if (!this.names.includes(name)) {
      throw new BotError('bad_request', `The agent asked for is not served; these are: ${this.names.join(', ')}.`);
    }
    const agent = this.#get(name);
    const variables = checkVariables(agent.definition.variables, asked);
    const prepared = inCall(agent, variables, this.#services.defaults, this.#services.clock.epochMs());
    return this.#problem === undefined ? prepared : { ...prepared, problem: this.#problem };
  }

  /** Who takes a call over, with those of its variables that it declares. */
  handedTo(name: string, variables: CallAgent['variables']): CallAgent {
    const agent = this.#get(name);
    const { defaults, clock } = this.#services;
    const passed = variablesFor(agent.definition.variables, variables);
    const { greeting, ...silent } = agent.definition;
    // What a greeting cannot say is no reason to keep the call.
    const isSaid = greeting === undefined || canBeSaid(greeting, passed);
    return inCall(isSaid ? agent : { ...agent, definition: silent }, passed, defaults, clock.epochMs());
  }

  /** Closes what their tools hold. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#reading;
    const all = [...this.#opened.agents.values(), ...this.#former];
    await Promise.allSettled(all.map(({ tools }) => tools.close()));
    await this.#services.close();
  }

  #get(name: string): Agent {
    const agent = this.#opened.agents.get(name);
    if (agent === undefined) throw new BotError('internal', 'an agent that is served was not opened');
    return agent;
  }

  /** In development: agents whose files have changed are read anew, one reading at a time; if that fails, the former go on. */
  #readChanged(): Promise<void> {
    const { stamp } = this.#services.files;
    if (stamp === undefined) return Promise.resolve();
    return (this.#reading = this.#reading.then(async () => {
      const now = stamp();
      if (now === this.#stamp || this.#isClosed) return;
      this.#stamp = now;
      const { logger } = this.#services;
      try {
        const opened = await openAgents(namesOf(this.#services), this.#services);
        this.#former.push(...this.#opened.agents.values());
        this.#opened = opened;
        this.#problem = undefined;
        logger.info({ agents: [...opened.agents.keys()] }, 'agents were read anew');
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : String(error);
        logger.error({ problem: this.#problem }, 'agents could not be read anew: the former ones go on');
      }
    }));
  }

  #lookAgain(): void {
    this.#timer = this.#services.clock.after(LOOK_EVERY_MS, () => {
      void this.#readChanged().then(() => {
        if (!this.#isClosed) this.#lookAgain();
      });
    });
  }
}

const namesOf = ({ answering, served }: AgentServices): readonly string[] => [answering, ...served];
