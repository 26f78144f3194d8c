import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An ES module, which a CommonJS test can only import later. */
interface Builder {
  bundleClient(options: { version: string }): Promise<Map<string, Uint8Array>>;
  buildClient(options: { outDir: string }): Promise<string>;
}

let builder: Builder;
let files: Map<string, string>;

beforeAll(async () => {
  builder = await import('../../scripts/build-client.mjs');
  const bundled = await builder.bundleClient({ version: '1.2.3+test' });
  files = new Map([...bundled].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
});

function only(pattern: RegExp): string {
  const found = [...files.keys()].filter((name) => pattern.test(name));
  expect(found).toHaveLength(1);
  return files.get(found[0]!)!;
}

/** What the page loads before anybody calls. */
function atOnce(): string[] {
  return [...only(/index\.html$/).matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? '');
}

describe('the built page', () => {
  it("is a page, its script, style and icon, and a script for Daily's calls; with hashed names but for the page", () => {
    const names = [...files.keys()];

    expect(names.at(-1)).toBe('index.html');
    expect(names.slice(0, -1).every((name) => /^assets\/[a-z-]+-[A-Z0-9]{8}\.(js|css|svg)$/.test(name))).toBe(true);
    const stems = names.map((name) => name.replace(/^assets\/|-[A-Z0-9]{8}/g, ''));
    expect(stems.sort()).toEqual(['app.js', 'chunk.js', 'daily-line.js', 'icon.svg', 'index.html', 'style.css']);
  });

  it('refers to files of its own only, by relative addresses', () => {
    expect(atOnce()).toHaveLength(4);
    for (const address of atOnce()) expect(files.has(address)).toBe(true);
  });

  it('has no inline code or style, so that it needs no hole in a content security policy', () => {
    const html = only(/index\.html$/);

    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)|\son[a-z]+=/);
  });

  it("cannot reach a CDN, but for Daily's in the script that only its calls load", () => {
    const everything = [...files].filter(([name]) => !name.includes('daily-line')).map(([, content]) => content);

    expect(everything.join('\n')).not.toMatch(/daily\.co|unpkg|jsdelivr|googleapis|gstatic/);
    expect(only(/daily-line/)).not.toMatch(/unpkg|jsdelivr|googleapis|gstatic/);
    expect(only(/\.css$/)).not.toMatch(/@import|url\(/);
  });

  it("stays small enough for a phone at first; Daily's code comes when it is needed", () => {
    const scripts = atOnce().filter((name) => name.endsWith('.js'));

    expect(scripts.reduce((sum, name) => sum + (files.get(name)?.length ?? 0), 0)).toBeLessThan(250_000);
    expect(scripts.some((name) => name.includes('daily'))).toBe(false);
    expect(only(/daily-line/).length).toBeLessThan(400_000);
  });

  it('knows its version', () => {
    expect(only(/app-.*\.js$/)).toContain('1.2.3+test');
  });

  it('replaces an older build without leaving its files behind', async () => {
    const outDir = await mkdtemp(join(tmpdir(), 'voice-agent-build-'));
    try {
      await builder.buildClient({ outDir });
      await writeFile(join(outDir, 'assets', 'app-OLDOLDOL.js'), 'old');

      await Promise.all([builder.buildClient({ outDir }), builder.buildClient({ outDir })]);

      expect((await readdir(outDir)).sort()).toEqual(['assets', 'index.html']);
      const assets = await readdir(join(outDir, 'assets'));
      const html = await readFile(join(outDir, 'index.html'), 'utf8');
      expect(assets).toHaveLength(5);
      for (const name of assets.filter((one) => !one.includes('daily'))) expect(html).toContain(`"assets/${name}"`);
    } finally {
      await rm(outDir, { recursive: true, force: true });
    }
  });
});
