import type { DescribeSecretCommandOutput } from '@aws-sdk/client-secrets-manager';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import type { Finding, Report } from '../cli/report';
import { secretsOf, type SecretSpec } from '../../contract/secrets';
import { CURRENT, PREVIOUS, SecretStore, versionAt } from './store';

export const list: Command = {
  details: 'Looks at every secret that the settings know of. Values are not read, so that it needs no right to.',
  flags: {},
  run: runList,
};

async function runList(context: Context): Promise<Report> {
  const store = new SecretStore(context.aws(), context.redactor);
  const findings: Finding[] = [];
  for (const kind of secretsOf(context.settings, await context.agents())) {
    const described = await store.describe(kind.name);
    if (described === undefined && !kind.isWanted) continue;
    findings.push(findingFor(kind, described));
  }
  return { sections: [{ title: `Secrets in ${context.region}`, findings }], data: { region: context.region } };
}

function findingFor(kind: SecretSpec, described: DescribeSecretCommandOutput | undefined): Finding {
  const { name: subject } = kind;
  const fix = 'npm run ops -- secrets setup';
  if (described === undefined) return { status: 'failed', code: 'not_found', subject, text: 'does not exist', fix };
  const { ARN: arn = '', KmsKeyId: key, LastChangedDate: changed, DeletedDate: deleted } = described;
  const data = { arn, kmsKeyId: key ?? null, used: kind.isWanted };
  if (deleted !== undefined) {
    const text = `scheduled for deletion since ${day(deleted)}\n${arn}`;
    return { status: 'failed', code: 'scheduled_for_deletion', subject, text, fix: `${fix} restores it`, data };
  }
  const current = versionAt(described, CURRENT);
  if (current === undefined) {
    return { status: 'failed', code: 'secret_has_no_value', subject, text: `has no value yet\n${arn}`, fix, data };
  }
  const previous = versionAt(described, PREVIOUS);
  const use = kind.isWanted ? '' : ', not used by these settings';
  const lines = [
    `changed ${changed === undefined ? 'at an unknown time' : day(changed)}, key ${key ?? 'aws/secretsmanager'}${use}`,
    arn,
    `current  ${current}`,
    ...(previous === undefined ? [] : [`previous ${previous}`]),
  ];
  return {
    status: 'ok',
    subject,
    text: lines.join('\n'),
    data: {
      ...data,
      currentVersion: current,
      previousVersion: previous ?? null,
      changed: changed?.toISOString() ?? null,
    },
  };
}

const day = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
