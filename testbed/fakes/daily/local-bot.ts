import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unpackChromium } from '../../../smoke/browser';
import type { FakeDaily } from './server';

/** What a bot's environment must say for its calls to go through the sandbox of Daily. */
export interface LocalDaily {
  readonly environment: Readonly<Record<string, string>>;
  /** Takes the files away that it needed. */
  remove(): void;
}

/**
 * The browser comes with libraries of its own, and media must be told that loopback will do: both are said by a script
 * in front of it, which execs, so that what is started is what is killed.
 */
export async function localDaily(daily: FakeDaily): Promise<LocalDaily> {
  const { executablePath, env } = await unpackChromium();
  const folder = mkdtempSync(path.join(tmpdir(), 'voice-agent-daily-'));
  const script = path.join(folder, 'chromium');
  const variables = ['LD_LIBRARY_PATH', 'FONTCONFIG_PATH'].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [`${name}='${value}'`];
  });
  const command = `exec env ${variables.join(' ')} '${executablePath}' "$@" --allow-loopback-in-peer-connection`;
  writeFileSync(script, `#!/bin/sh\n${command}\n`);
  chmodSync(script, 0o755);
  return {
    environment: {
      TRANSPORT: 'daily',
      DAILY_API_KEY: daily.apiKey,
      DAILY_API_URL: daily.apiUrl,
      DAILY_BUNDLE_URL: daily.bundleUrl,
      CHROMIUM_PATH: script,
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
