/** What a caller may hear who waits for a tool in silence: a soft sound, a spoken notice, nothing. */
export const WAITING_CHOICES = ['soft', 'notice', 'off'] as const;
export type WaitingChoice = (typeof WAITING_CHOICES)[number];

/** The same for one tool, which may have its own words for the agent to say. */
export type ToolWaiting = WaitingChoice | { readonly say: string };
