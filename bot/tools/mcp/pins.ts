import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../contract/digest';

/** What the model is told of a server's tool: the server's own words, as far as the agent has none. */
export interface ToldOfTool {
  readonly tool: string;
  readonly description: string;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
}

/** As an agent pins it. */
const pinOf = (told: ToldOfTool): string => `sha256-${createHash('sha256').update(canonicalJson(told)).digest('hex')}`;

/**
 * What the tools of a server were when they were first listed. One whose words or arguments change later is not offered: they
 * stand in front of every call, and whoever runs the server could have the model do anything by them.
 */
export class ToolPins {
  readonly #first = new Map<string, string>();

  /**
   * @param pinned as the agent pins it; undefined: what the server said first counts
   * @returns why the tool is not to be offered
   */
  refusal(name: string, told: ToldOfTool, pinned: string | undefined): string | undefined {
    const now = pinOf(told);
    const known = pinned ?? this.#first.get(name);
    if (known === undefined) this.#first.set(name, now);
    if (known === undefined || known === now) return undefined;
    const how = pinned === undefined ? 'as it was when the bot started' : 'as the agent pins it';
    return `what its server says of it is not ${how} (now ${now})`;
  }
}
