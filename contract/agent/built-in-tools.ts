import type { ToolRules } from './tool-rules';

type About = Partial<Pick<ToolRules, 'description'>>;

/** Says goodbye, lets it be heard to its end, and hangs up. */
export interface EndCallTool extends ToolRules {
  readonly kind: 'end-call';
}

/** Gives the call to another agent: its prompt, voice and tools; what was said is known to it. */
export interface HandoffTool extends ToolRules {
  readonly kind: 'handoff';
  /** The other agent's folder. */
  readonly to: string;
}

/** Where a person may be reached. */
export interface Destination {
  /** When to choose it, for the model. */
  readonly when: string;
  /** The person is rung first and told what it is about, and then the caller joins them; where calls come by telephone. */
  readonly isWarm?: boolean | undefined;
}

/** Gives the call to a person. In a room it invites one; where the transport cannot, the model is told so. */
export interface TransferTool extends ToolRules {
  readonly kind: 'transfer';
  /** The closed list of destinations by name, 16 at most; the environment says where each is. */
  readonly to: Readonly<Record<string, Destination>>;
}

export type CollectedValue = 'digits' | 'date' | 'time' | 'name' | 'phone-number' | 'email' | 'text';

/**
 * Asks for a value, reads it back, and gives it to the agent once the caller has agreed. Tools that are called later are given
 * it among the call's variables, under this tool's name.
 */
export interface CollectTool extends ToolRules {
  readonly kind: 'collect';
  readonly value: CollectedValue;
  /** What is asked for, in the agent's language: `your date of birth`. */
  readonly asks: string;
  /** For digits: how many, as in 6 or [4, 8]. */
  readonly length?: number | readonly [least: number, most: number];
  /** For digits: they are pressed on the keys, and only tools are given them; no model, no transcript, no log. */
  readonly isSecret?: boolean;
}

/** Stops the recording of a call whose caller wants none; what they agreed to before is kept. */
export interface StopRecordingTool extends ToolRules {
  readonly kind: 'stop-recording';
}

/** Ends the call politely. */
export const endCall = (about: About = {}): EndCallTool => ({
  description:
    'Hangs up. Call it once the caller has said goodbye or wants nothing more; words alone do not end the call.',
  ...about,
  kind: 'end-call',
});

/** Another agent takes over, in the middle of the call. */
export const handoff = ({ to, ...about }: { readonly to: string; readonly description: string }): HandoffTool => ({
  ...about,
  kind: 'handoff',
  to,
});

/** A person takes over. */
export const transfer = ({ to, ...about }: About & Pick<TransferTool, 'to'>): TransferTool => ({
  description: 'Connects the caller with a person.',
  ...about,
  kind: 'transfer',
  to,
});

/** A value that must be right: read back and agreed to. */
export const collect = (tool: About & Omit<CollectTool, 'kind' | keyof ToolRules>): CollectTool => ({
  description: `Takes down ${tool.asks}. Call it with what the caller said, each time the caller says or corrects it.`,
  ...tool,
  kind: 'collect',
});

/** The caller may have the recording stopped by saying so. */
export const stopRecording = (about: About = {}): StopRecordingTool => ({
  description: 'Stops the recording of this call. Call it as soon as the caller does not want to be recorded.',
  ...about,
  kind: 'stop-recording',
});
