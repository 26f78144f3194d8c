import { appendFileSync } from 'node:fs';
import { z } from 'zod';
import type { CliIo } from '../cli/context';
import { OpsError } from '../cli/ops-error';

type Environment = CliIo['env'];

/** Sets an output for later steps and jobs of a workflow; does nothing on a laptop. Values are single lines. */
export function setOutput(env: Environment, name: string, value: string): void {
  if (/[\r\n]/.test(value)) throw new OpsError('release_failed', `the output ${name} has more than one line`);
  if (env['GITHUB_OUTPUT']) appendFileSync(env['GITHUB_OUTPUT'], `${name}=${value}\n`);
}

/** Adds to the page of a workflow's run. */
export function addSummary(env: Environment, markdown: string): void {
  if (env['GITHUB_STEP_SUMMARY']) appendFileSync(env['GITHUB_STEP_SUMMARY'], `${markdown}\n`);
}

const commentSchema = z.array(z.looseObject({ id: z.number(), body: z.string().nullish() }));
const issueSchema = z.array(z.looseObject({ number: z.number(), title: z.string(), body: z.string().nullish() }));

const PAGE_SIZE = 100;
const ANSWER_WITHIN_MS = 20_000;

/** The part of GitHub's REST API that releases need. The token goes into a header and nowhere else. */
export class GitHub {
  readonly #base: string;
  readonly #token: string;

  /** @throws OpsError `usage` when the workflow did not pass the token on */
  constructor(env: Environment) {
    const { GITHUB_API_URL: api = 'https://api.github.com', GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token } = env;
    if (!repository || !token) throw new OpsError('usage', 'GITHUB_REPOSITORY and GITHUB_TOKEN must be set');
    this.#base = `${api}/repos/${repository}`;
    this.#token = token;
  }

  /** Creates the one comment that begins with `marker`, or replaces its text. */
  async comment(number: number, marker: string, text: string): Promise<void> {
    const body = `${marker}\n${text}`;
    const existing = await this.#find(`/issues/${number}/comments`, commentSchema, (one) =>
      (one.body ?? '').startsWith(marker),
    );
    if (existing === undefined) await this.#send('POST', `/issues/${number}/comments`, { body });
    else if (existing.body !== body) await this.#send('PATCH', `/issues/comments/${existing.id}`, { body });
  }

  /** Opens the one issue whose text begins with `marker`, or replaces the text of the open one. */
  async openIssue(marker: string, title: string, text: string): Promise<void> {
    const body = `${marker}\n${text}`;
    const existing = await this.#openIssue(marker);
    if (existing === undefined) await this.#send('POST', '/issues', { title, body });
    else await this.#send('PATCH', `/issues/${existing.number}`, { title, body });
  }

  /** Closes that issue, if it is open. */
  async closeIssue(marker: string): Promise<void> {
    const existing = await this.#openIssue(marker);
    if (existing !== undefined) {
      await this.#send('PATCH', `/issues/${existing.number}`, { state: 'closed', state_reason: 'completed' });
    }
  }

  #openIssue(marker: string) {
    return this.#find('/issues?state=open', issueSchema, (one) => (one.body ?? '').startsWith(marker));
  }

  async #find<T>(path: string, schema: z.ZodType<T[]>, isIt: (one: T) => boolean): Promise<T | undefined> {
    for (let page = 1; ; page++) {
      const joint = path.includes('?') ? '&' : '?';
      const all = schema.parse(await this.#send('GET', `${path}${joint}per_page=${PAGE_SIZE}&page=${page}`));
      const found = all.find(isIt);
      if (found !== undefined || all.length < PAGE_SIZE) return found;
    }
  }

  async #send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${this.#token}`,
        'x-github-api-version': '2022-11-28',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!response.ok) {
      throw new OpsError(
        'release_failed',
        `GitHub answers ${response.status} to ${method} ${path.split('?')[0] ?? ''}`,
      );
    }
    return response.json();
  }
}
