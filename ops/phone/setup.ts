import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { stopIfAsked } from '../cli/ops-error';
import { failedFinding, type Finding, type Report } from '../cli/report';
import { dailyNumbers } from './daily-numbers';
import { differences, shown, wantedSettings } from './number-settings';
import { type PhoneSettings, phoneOf, twilioCredentials } from './phone-context';
import { type NumberSettings, TwilioApi } from './twilio-api';

export const phoneSetup: Command = {
  details: `Shows what Twilio does with calls to each number of the settings (webhook, fallback, status callback), and what it must do for
them to come here. With --apply it sets that, by Twilio's REST API, and looks whether it is so; nothing else of the number changes.
The credentials are those of the secret twilio-credentials, else of .env. Where dailyPhone is set, the same of Daily's dial-in.`,
  flags: {
    apply: { type: 'boolean', description: 'set what differs' },
    'plain-urls': {
      type: 'boolean',
      description: 'leave out how often Twilio tries (the part behind "#"): docs/unproved.md says when',
    },
    'env-file': { type: 'string', value: 'PATH', description: 'the file with the credentials [.env, if there is one]' },
  },
  run: setup,
};

async function setup(context: Context): Promise<Report> {
  const { flags, io } = context;
  if (context.settings.dailyPhone !== undefined) {
    return told(await dailyNumbers(context, flags.isSet('apply')), context.settings.dailyPhone.numbers);
  }
  const { phone, publicUrl } = phoneOf(context);
  const { access } = await twilioCredentials(context, phone);
  const api = new TwilioApi(access, io.signal);
  const wanted = wantedSettings(phone, publicUrl, { retries: !flags.isSet('plain-urls') });
  const findings: Finding[] = [];
  for (const [number, agent] of Object.entries(phone.numbers)) {
    stopIfAsked(io.signal, done(findings), 'Run the same command again: it goes on where it stopped.');
    findings.push(...(await setUpNumber(api, number, agent, wanted, flags.isSet('apply'))));
  }
  return { ...told(findings, phone.numbers), data: { wanted } };
}

function told(findings: readonly Finding[], numbers: PhoneSettings['numbers']): Report {
  const isToDo = findings.some(({ status }) => status === 'planned');
  return {
    sections: [{ title: isToDo ? 'Numbers (nothing was changed)' : 'Numbers', findings }],
    footer: isToDo
      ? 'To set it: npm run ops -- phone setup --apply'
      : `Call ${Object.keys(numbers)[0] ?? 'it'}, or see: npm run ops -- phone status`,
  };
}

/** Shows what is other than wanted at one number, or sets it. */
export async function setUpNumber(
  api: TwilioApi,
  number: string,
  agent: string,
  wanted: NumberSettings,
  applies: boolean,
): Promise<Finding[]> {
  try {
    const found = await api.number(number);
    if (found === undefined) return [notOwned(number)];
    const wrong = differences(found.settings, wanted);
    if (wrong.length === 0) return [{ status: 'ok', subject: number, text: `comes here, to the agent ${agent}` }];
    const text = wrong.map(shown).join('\n');
    if (!applies) return [{ status: 'planned', subject: number, text, data: { sid: found.sid } }];
    const changes = Object.fromEntries(wrong.map((one) => [one.name, one.wanted]));
    const left = differences((await api.configure(found.sid, changes)).settings, wanted);
    if (left.length > 0) {
      const still = `was set, and yet ${left.map(shown).join('; ')}`;
      return [{ status: 'failed', code: 'verification_failed', subject: number, text: still }];
    }
    const names = wrong.map(({ name }) => name).join(', ');
    return [{ status: 'changed', subject: number, text: `comes here now, to the agent ${agent} (set: ${names})` }];
  } catch (error) {
    return [failedFinding(number, error)];
  }
}

/** A number that the account lacks. */
export function notOwned(number: string): Finding {
  return {
    status: 'failed',
    code: 'not_found',
    subject: number,
    text: 'is not a number of this account, or not in this region of Twilio',
    fix: 'Buy it at console.twilio.com → Phone Numbers, or correct phone.numbers; phone.twilio names the region.',
  };
}

const done = (findings: readonly Finding[]): string => {
  const changed = findings.flatMap(({ status, subject }) => (status === 'changed' ? [subject] : []));
  return changed.length === 0 ? 'Nothing was changed.' : `Done: ${changed.join(', ')}.`;
};
