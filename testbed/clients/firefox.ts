import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import puppeteer from 'puppeteer-core';
import { closeBrowser, openTab, type TestBrowser } from '../../smoke/browser';

const USUAL_PLACES = ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/usr/lib/firefox-esr/firefox-esr'];

/** Where Firefox is: `FIREFOX_PATH`, or where Linux distributions put it; undefined when there is none. */
export function findFirefox(): string | undefined {
  const { FIREFOX_PATH } = process.env;
  if (FIREFOX_PATH !== undefined && FIREFOX_PATH !== '') return FIREFOX_PATH;
  return USUAL_PLACES.find((place) => existsSync(place));
}

/**
 * A headless Firefox that reaches loopback only, with a fake microphone.
 * @param options.webRtc false: as a person has it who has switched WebRTC off
 */
export async function launchFirefox(executablePath: string, options: { webRtc: boolean }): Promise<TestBrowser> {
  const home = await mkdtemp(path.join(tmpdir(), 'voice-agent-firefox-'));
  try {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath,
      headless: true,
      env: { PATH: process.env['PATH'], HOME: home, TMPDIR: home },
      // Source: modules/libpref/init/StaticPrefList.yaml and all.js of Firefox.
      extraPrefsFirefox: {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': true,
        'media.autoplay.default': 0,
        'media.peerconnection.enabled': options.webRtc,
        'media.peerconnection.ice.loopback': true,
        'media.peerconnection.ice.obfuscate_host_addresses': false,
        'media.peerconnection.ice.default_address_only_if_behind_proxy': false,
        // Nothing but loopback: whatever else is asked for goes to a proxy that is not there.
        'network.proxy.type': 1,
        'network.proxy.http': '127.0.0.1',
        'network.proxy.http_port': 9,
        'network.proxy.ssl': '127.0.0.1',
        'network.proxy.ssl_port': 9,
        'network.proxy.no_proxies_on': '127.0.0.1',
        'network.proxy.allow_hijacking_localhost': false,
      },
      timeout: 60_000,
    });
    let closing: Promise<void> | undefined;
    return {
      browser,
      // Firefox's fake microphone whistles.
      openTab: ({ microphone = 'silent' } = {}) => openTab(browser, microphone),
      close: () => (closing ??= closeBrowser(browser, home)),
    };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}
