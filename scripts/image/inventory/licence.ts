import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LICENCE_FILE, type NpmPackage } from './npm-packages';

const GRANT = /Permission is hereby granted|Redistribution and use in source and binary forms|Apache License/;

/**
 * The licence's text of a package: its own files; the part of its readme that is one; that of a package of the same scope
 * under the same licence, which is of the same makers; the text that Debian keeps under the licence's name; or the licence's
 * own text in the author's name.
 * @throws Error where there is none
 */
export function licenceText(one: NpmPackage, all: readonly NpmPackage[], commonLicenses: string): string {
  const own = ownText(one.folder) ?? readmeText(one.folder);
  if (own !== undefined) return own;
  const scope = /^@[^/]+\//.exec(one.name)?.[0];
  const siblings = all.filter(
    ({ name, license }) => scope !== undefined && name.startsWith(scope) && license === one.license,
  );
  const shared = siblings.map(({ folder }) => ownText(folder)).find((text) => text !== undefined);
  if (shared !== undefined) return shared;
  const common = path.join(commonLicenses, one.license);
  if (existsSync(common)) return readFileSync(common, 'utf8').trim();
  if (one.license === 'ISC' && one.author !== undefined) return `Copyright (c) ${one.author}\n\n${ISC}`;
  throw new Error(`there is no text of ${one.license} for ${one.name}`);
}

/** https://spdx.org/licenses/ISC.html */
const ISC = `\
Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided
that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED
WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR
CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT,
NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.`;

function ownText(folder: string): string | undefined {
  const files = readdirSync(folder).filter((name) => LICENCE_FILE.test(name) && /^[^.]+(\.(md|txt|\w+))?$/.test(name));
  const texts = files.sort().map((name) => readFileSync(path.join(folder, name), 'utf8').trim());
  return texts.length === 0 ? undefined : texts.join('\n\n');
}

function readmeText(folder: string): string | undefined {
  const readme = readdirSync(folder).find((name) => /^readme\b/i.test(name));
  if (readme === undefined) return undefined;
  const text = readFileSync(path.join(folder, readme), 'utf8');
  const section = text.slice(text.search(/^#*\s*licen[cs]e\b/im)).trim();
  return GRANT.test(section) ? section : undefined;
}
