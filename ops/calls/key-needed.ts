import { START_KEY } from '../../contract/secrets';

/** What to do where a bot refuses a call for its key; empty where it is refused for anything else. @param refusal what it said */
export const keyNeeded = (refusal: string): string =>
  /status 401\b|^(?:A key is needed|The key is not right)/.test(refusal)
    ? `Set ${START_KEY} to the environment's start key and run the same command again; npm run ops -- secrets list names the secret.`
    : '';
