import type { Command } from '../cli/command';
import { isGood } from '../cli/report';
import { URL_FLAG } from '../monitor/monitor';
import { checkPhone } from './check';

export const phoneStatus: Command = {
  details: `Whether the telephone would ring: does Twilio take the API key, do the numbers' calls come here, is the key of calls' audio
stored, and does the deployed bot take a request that Twilio would sign and refuse a forged one. Nobody is called.`,
  flags: {
    ...URL_FLAG,
    'env-file': { type: 'string', value: 'PATH', description: 'the file with the credentials [.env, if there is one]' },
  },
  run: async (context) => {
    const sections = await checkPhone(context);
    return isGood({ sections }) ? { sections } : { sections, footer: 'docs/phone.md, "What fails", has more.' };
  },
};
