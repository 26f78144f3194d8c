import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { launchBrowser, type TestBrowser } from '../../../../smoke/browser/browser';
import { PageDriver } from '../../../../testbed/clients/page-driver';
import { buildPages } from '../../../../testbed/processes';
import { json, localServer } from '../../../bot/tools/support/local-server';
import { DevProgram } from './dev-program';

/* `npm run dev -- --agent bakery` as a builder has it: an agent of their own, their editor, and the page. */
const ROOT = join(__dirname, '../../../..');
const AGENT = `import { defineAgent, endCall, http, knowledge, z } from '../../contract/agent';

export default defineAgent({
  greeting: 'This is the bakery.',
  tools: {
    find_slot: http({
      description: 'Finds a time.',
      url: 'https://api.bakery.example/slots/{day}',
      arguments: z.object({ day: z.string() }),
      answer: z.object({ slots: z.array(z.string()) }),
    }),
    look_up: knowledge(),
    end_call: endCall(),
  },
});
`;

const project = mkdtempSync(join(tmpdir(), 'voice-agent-dev-'));
const write = (name: string, text: string): void => {
  const file = join(project, 'agents/bakery', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};
let api: Awaited<ReturnType<typeof localServer>>;
let browser: TestBrowser;
let dev: DevProgram;
let url: string;

beforeAll(async () => {
  write('agent.ts', AGENT);
  write('prompt.md', 'You are the voice of the bakery.');
  write('knowledge/hours.md', '# Opening hours\n\nWe open at seven in the morning.\n');
  api = await localServer((_seen, response) => json(response, { slots: ['nine'], total: 1 }));
  await buildPages();
  dev = DevProgram.start(project, ['--agent', 'bakery'], { TOOL_HOSTS: `api.bakery.example=${api.origin}` });
  [browser, url] = await Promise.all([launchBrowser(), dev.url()]);
});
afterAll(async () => {
  await Promise.all([browser.close(), dev.stop(), api.close()]);
  rmSync(project, { recursive: true });
});

/** A call with the agent, on the page. */
async function inCall(act: (page: PageDriver) => Promise<void>): Promise<void> {
  const page = await PageDriver.open(browser, url, { microphone: 'silent' });
  try {
    await page.press('Start call');
    await page.reads('This is the bakery.');
    await act(page);
    await page.press('Hang up');
    expect(page.complaints).toEqual([]);
    expect(page.strayRequests).toEqual([]);
  } finally {
    await page.close();
  }
}

const type = (page: PageDriver, text: string): Promise<void> => page.enter('Message to the agent', text);

/** Saves a file, and waits until the bot has taken notice. */
async function edit(name: string, text: string, notice = 'agents were read anew'): Promise<void> {
  const before = dev.lines.length;
  write(name, text);
  await dev.says(notice, before);
}

describe('npm run dev -- --agent NAME', () => {
  it('has a page that shows what tools are asked, and what they answer', () =>
    inCall(async (page) => {
      await type(page, 'call find_slot {"day":"Monday"}');
      await page.page.waitForSelector('.line.tool.answered');
      expect(await page.lines()).toContainEqual(
        expect.stringMatching(/^tool: find_slot \{"day":"Monday"\}→ \{"slots":\["nine"\]\}\d+ ms$/),
      );
      expect(api.seen.map(({ url: asked }) => asked)).toEqual(['/slots/Monday']);
      await type(page, 'call look_up {"question":"When do you open?"}');
      await page.reads('We open at seven in the morning.');
      expect(await page.barriers()).toEqual([]);
    }));

  it('has the next call go by what was edited: prompt, tools, pages', async () => {
    await edit('prompt.md', 'You are Boris of the bakery.');
    await edit('knowledge/hours.md', '# Opening hours\n\nWe open at six in the morning.\n');
    await edit('agent.ts', AGENT.replaceAll('find_slot', 'find_time'));
    await inCall(async (page) => {
      await type(page, 'What is your prompt?');
      await page.reads('You are Boris of the bakery.');
      await type(page, 'call look_up {"question":"When do you open?"}');
      await page.reads('We open at six in the morning.');
      await type(page, 'call find_time {"day":"Tuesday"}');
      await page.reads('find_time {"day":"Tuesday"}');
    });
  });

  it.each([
    ['a slip of the keyboard', AGENT.replace('greeting:', 'greeting'), 'agents/bakery/agent.ts:4:12: Expected "}"'],
    ['a rule', AGENT.replace('https:', 'http:'), 'agents/bakery: tools.find_slot.url must begin with https://'],
  ])(
    'goes on with the agent as it was after %s, and says why on the terminal and the page',
    async (_what, text, why) => {
      await edit('agent.ts', text, 'agents could not be read anew');
      expect(dev.lines.at(-1)).toContain(why.replaceAll('"', '\\"'));
      await inCall((page) => page.reads(why));
      await edit('agent.ts', AGENT);
      await inCall(async (page) => expect(await page.text()).not.toContain('before your last change'));
    },
  );

  it('leaves nothing behind', async () => {
    await dev.stop();
    expect(readdirSync(join(ROOT, 'out'))).not.toContain(`dev-${dev.pid}`);
  });
});

describe('npm run dev with an agent that cannot be served', () => {
  it('says what to mend, and begins once it is mended', async () => {
    write('agent.ts', AGENT.replace("'../../contract/agent'", "'../../contract/agents'"));
    const broken = DevProgram.start(project, ['--agent', 'bakery'], {});
    try {
      await broken.says('The bot starts once that is mended');
      expect(broken.lines.join('\n')).toContain('agents/bakery/agent.ts:1:');
      write('agent.ts', AGENT);
      await broken.url();
    } finally {
      expect(await broken.stop()).toBe(0);
    }
  });
});
