import { OpsError } from '../../cli/ops-error';
import type { Context } from '../../cli/context';
import { planSecret, type Planned } from '../../secrets/plan';
import { applyAll } from '../../secrets/setup';
import { SecretStore } from '../../secrets/store';
import type { Task } from '../../secrets/wanted';
import { type Deployment } from '../deployment';
import { storedWins, wantedSecrets } from '../secret-values';
import type { Step } from '../step';

/** Puts values into the secrets that have none. What exists is left: another value is for `secrets rotate`. */
export function secretsStep({ context, typed }: Deployment): Step<'settings' | 'foundation' | 'secrets'> {
  let found: Found | undefined;
  return {
    id: 'secrets',
    after: ['settings', 'foundation'],
    expects: 'put values into the secrets that have none',
    look: async () => {
      found = await lookAtSecrets(context, typed);
      const names = found.todo.map(({ task }) => task.kind.name);
      if (names.length > 0) return { is: 'needed', text: `put values into ${names.join(', ')}`, hasOlder: true };
      const unread = found.unreadable.map((name) => `; ${name} has one that you may not read`);
      return { is: 'done', text: `every secret has its value${unread.join('')}` };
    },
    act: async () => {
      found ??= await lookAtSecrets(context, typed);
      const { findings } = await applyAll(context, new SecretStore(context.aws(), context.redactor), found.todo);
      const failed = findings.find(({ status }) => status === 'failed');
      if (failed !== undefined) {
        throw new OpsError(failed.code ?? 'unexpected', `${failed.subject}: ${failed.text}`, failed.fix);
      }
      return { changed: true, text: findings.map(({ subject, text }) => `${subject}: ${text}`).join('; ') };
    },
  };
}

interface Found {
  readonly todo: readonly { readonly task: Task; readonly planned: Planned }[];
  readonly unreadable: readonly string[];
}

async function lookAtSecrets(context: Context, typed: ReadonlyMap<string, string>): Promise<Found> {
  const store = new SecretStore(context.aws(), context.redactor);
  const todo: Found['todo'][number][] = [];
  const unreadable: string[] = [];
  for (const { kind, wanted } of wantedSecrets(context, context.settings, await context.agents(), typed)) {
    const state = await store.state(kind.name);
    if (state.kind === 'unreadable') {
      unreadable.push(kind.name);
      continue;
    }
    const task = { kind, wanted: storedWins(wanted) };
    const planned = planSecret(state, task.wanted);
    if (planned.plan.kind !== 'unchanged') todo.push({ task, planned });
  }
  return { todo, unreadable };
}
