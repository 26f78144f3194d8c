import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GitHub, setOutput } from '../../../ops/release/github';
import { DRIFT_MARKER, driftIssue, PLAN_MARKER, planComment } from '../../../ops/release/reports';

const TOKEN = 'ghs_a-token-that-nobody-may-see';

interface Entry {
  id: number;
  number: number;
  title: string;
  body: string;
  state: string;
}

/** Comments and issues as GitHub keeps them, a page at a time. */
class FakeGitHub {
  readonly comments: Entry[] = [];
  readonly issues: Entry[] = [];
  readonly tokens: (string | undefined)[] = [];
  status = 200;
  readonly #server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      this.tokens.push(request.headers.authorization);
      const answer = this.#answer(request.method!, new URL(request.url!, 'http://x'), text);
      response.writeHead(this.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #answer(method: string, { pathname, searchParams }: URL, text: string): unknown {
    const sent = (text === '' ? {} : JSON.parse(text)) as Partial<Entry>;
    const list = pathname.includes('comments') ? this.comments : this.issues;
    if (method === 'GET') {
      const size = Number(searchParams.get('per_page'));
      const from = (Number(searchParams.get('page')) - 1) * size;
      return list.filter(({ state }) => state === 'open').slice(from, from + size);
    }
    if (method === 'POST') {
      const id = list.length + 1;
      list.push({ id, number: id, title: '', body: '', state: 'open', ...sent });
      return {};
    }
    Object.assign(list[Number(pathname.split('/').at(-1)) - 1]!, sent);
    return {};
  }
}

describe('what a workflow says on GitHub', () => {
  let fake: FakeGitHub;
  let github: GitHub;
  const folder = mkdtempSync(path.join(tmpdir(), 'github-test-'));
  beforeEach(async () => {
    fake = new FakeGitHub();
    const GITHUB_API_URL = await fake.start();
    github = new GitHub({ GITHUB_API_URL, GITHUB_REPOSITORY: 'example/bot', GITHUB_TOKEN: TOKEN });
  });
  afterEach(() => fake.close());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is one comment, updated by every push, found behind a hundred others', async () => {
    for (let id = 1; id <= 130; id++) fake.comments.push({ id, number: id, title: '', body: 'talk', state: 'open' });
    await github.comment(7, PLAN_MARKER, 'first');
    await github.comment(7, PLAN_MARKER, 'second');
    await github.comment(7, PLAN_MARKER, 'second');
    const ours = fake.comments.filter(({ body }) => body.startsWith(PLAN_MARKER));
    expect(ours.map(({ body }) => body)).toEqual([`${PLAN_MARKER}\nsecond`]);
  });

  it('is one issue while things differ, closed when they do not, and a new one the next time', async () => {
    await github.closeIssue(DRIFT_MARKER);
    expect(fake.issues).toEqual([]);
    await github.openIssue(DRIFT_MARKER, 'Differ', 'one');
    await github.openIssue(DRIFT_MARKER, 'Differ', 'two');
    expect(fake.issues.map(({ body, state }) => [body, state])).toEqual([[`${DRIFT_MARKER}\ntwo`, 'open']]);
    await github.closeIssue(DRIFT_MARKER);
    await github.openIssue(DRIFT_MARKER, 'Differ', 'three');
    expect(fake.issues.map(({ state }) => state)).toEqual(['closed', 'open']);
  });

  it('fails without the token in its words', async () => {
    fake.status = 403;
    await expect(github.comment(7, PLAN_MARKER, 'x')).rejects.toThrow('GitHub answers 403 to GET /issues/7/comments');
    expect(fake.tokens).toEqual([`Bearer ${TOKEN}`]);
  });

  it('puts all plans into the comment, and says which could not be made', () => {
    for (const stack of ['test-service', 'test-foundation']) {
      mkdirSync(path.join(folder, `plan-${stack}`), { recursive: true });
      writeFileSync(path.join(folder, `plan-${stack}`, 'review.md'), `### \`${stack}\`: no changes\n`);
    }
    const expected = ['test-foundation', 'test-service', 'prod-service'];
    const text = planComment(folder, expected, 'https://example.com/run');
    expect([...text.matchAll(/^### `(\S+)`: (.*)$/gm)].map(([, stack, what]) => [stack, what])).toEqual([
      ['test-foundation', 'no changes'],
      ['test-service', 'no changes'],
      ['prod-service', 'no plan'],
    ]);
    expect(driftIssue(folder, expected.slice(0, 2), '')).toBeUndefined();
    expect(driftIssue(folder, expected, '')).toContain('### `prod-service`: could not be planned');
  });

  it('hands on single lines only, so that no value can pass for another', () => {
    const file = path.join(folder, 'output');
    setOutput({ GITHUB_OUTPUT: file }, 'digest', 'sha256:1');
    expect(readFileSync(file, 'utf8')).toBe('digest=sha256:1\n');
    expect(() => setOutput({ GITHUB_OUTPUT: file }, 'a', 'b\nc=d')).toThrow('more than one line');
    expect(() => setOutput({}, 'a', 'b')).not.toThrow();
  });
});
