import type { ToolRules } from '../../contract/agent';
import type { Logger } from '../telemetry';
import type { Clock } from '../time';
import type { ToolNetwork } from './network/tool-network';
import type { Tool } from './tool';

/** What an agent's tools need of the process. */
export interface ToolServices {
  /** The agent's folder. */
  readonly agent: string;
  /** As a BCP 47 tag: of its pages, and of what its callers say when they agree. */
  readonly language: string;
  /** The absolute path of the agent's folder, `agents/<name>` or `dist/agents/<name>`, in which knowledge is found. */
  readonly folder: string;
  /** By their names; those that this agent declares. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly region: string;
  /** A local server that may answer in place of any tool. */
  readonly mocks?: string | undefined;
  readonly network: ToolNetwork;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One declaration, and where it stands. */
export interface DeclaredPlace {
  /** The model's name for it. */
  readonly name: string;
  /** For errors: `agents/clinic: tools.find_slot`. */
  readonly where: string;
  readonly services: ToolServices;
}

const DEFAULT_TIMEOUT_MS = 5_000;

/** What a declaration says of any tool. */
export function declaredRules(
  declared: ToolRules,
  { name }: DeclaredPlace,
  runs: 'any' | 'once',
): Pick<Tool, 'name' | 'description' | 'timeoutMs'> & { readonly rules: NonNullable<Tool['rules']> } {
  const { description, timeoutMs = DEFAULT_TIMEOUT_MS, confirm, meanwhile, private: hidden } = declared;
  return {
    name,
    description,
    timeoutMs,
    rules: {
      runs: declared.runs ?? runs,
      ...(confirm === undefined ? {} : { confirm }),
      ...(meanwhile === undefined ? {} : { meanwhile }),
      ...(hidden === undefined ? {} : { private: hidden }),
    },
  };
}
