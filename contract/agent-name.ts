/** What a folder of agents/ may be called. */
export const AGENT_NAME = /^[a-z][a-z0-9-]{0,30}$/;
export const AGENT_NAME_RULE = '1 to 31 of a-z, 0-9 and "-", beginning with a letter';
