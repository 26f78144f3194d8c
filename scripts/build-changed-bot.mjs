/* `node scripts/build-changed-bot.mjs FOLDER FILE < TEXT`: in FOLDER/dist, what dist/ has, but for the bot, which is built with TEXT in
   place of FILE's. FOLDER lies in the repository, whose packages the bot finds. */
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { botWith } from './build-bot.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const [parent, file] = process.argv.slice(2);
const folder = join(parent, 'dist');
const bot = await botWith({ root, file, text: await text(process.stdin) });

await mkdir(join(folder, 'bot'), { recursive: true });
await linkAll(dist, folder, ['bot']);
await linkAll(join(dist, 'bot'), join(folder, 'bot'), ['bot.js', 'bot.js.cache', 'main.js']);
// The real place of the program is where it looks for the bot.
await copyFile(join(dist, 'bot/main.js'), join(folder, 'bot/main.js'));
await writeFile(join(folder, 'bot/bot.js'), bot);

async function linkAll(from, to, except) {
  const names = (await readdir(from)).filter((name) => !except.includes(name));
  await Promise.all(names.map((name) => symlink(join(from, name), join(to, name))));
}
