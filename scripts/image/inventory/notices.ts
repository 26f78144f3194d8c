import type { DebianPackage } from './debian';

/** Something that is passed on, and the words that come with it. */
export interface Notice {
  readonly title: string;
  readonly text: string;
}

const RULE = '='.repeat(100);

/** One file with all licences: what shares a text stands above it once. */
export function notices(subject: string, parts: readonly Notice[]): string {
  const byText = new Map<string, string[]>();
  for (const { title, text } of parts) byText.set(text, [...(byText.get(text) ?? []), title]);
  const sections = [...byText].map(([text, titles]) => `${RULE}\n${titles.join('\n')}\n${RULE}\n\n${text}\n`);
  return [
    `Third-party notices of ${subject}: everything in this image that others made, and its licence.\n`,
    'The sources of a Debian package: https://snapshot.debian.org/package/SOURCE/VERSION/, as named with each.\n',
    ...sections,
  ].join('\n');
}

export const debianTitle = ({ name, version, source }: DebianPackage): string =>
  `Debian package ${name} ${version} (source ${source.name} ${source.version})`;
