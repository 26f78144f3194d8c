import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { launchBrowser, type TestBrowser } from '../../../smoke/browser';
import { findFirefox, launchFirefox } from '../../../testbed/clients/firefox';
import { hourOfTalk, type HourOfTalk } from './support/hour-of-talk';

/* Players that share no code with the recorder: they read its container, seek in it, and decode both streams. */

const HOUR_SECONDS = 3_600;
/** How far the caller's side may be from the bot's at the end. */
const IN_STEP_MS = 40;

let hour: HourOfTalk;
let url: string;
const server = http.createServer((request, response) => {
  const file = { '/hour.ogg': hour.file, '/end.ogg': hour.end }[request.url ?? ''];
  if (file === undefined) return void response.setHeader('content-type', 'text/html').end('<p>Recordings');
  const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const last = to === '' ? file.length - 1 : Number(to);
  response.writeHead(request.headers.range === undefined ? 200 : 206, {
    'content-type': 'audio/ogg',
    'accept-ranges': 'bytes',
    'content-range': `bytes ${from}-${last}/${file.length}`,
    'content-length': last - Number(from) + 1,
  });
  response.end(file.subarray(Number(from), last + 1));
});

beforeAll(async () => {
  hour = await hourOfTalk();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('an hour of talk takes 15 MB at most', () => {
  expect(hour.file.length).toBeGreaterThan(5_000_000);
  expect(hour.file.length).toBeLessThan(15_000_000);
});

const firefox = findFirefox();
it('plays an hour in Chromium, both channels in step at its end', () => playsIn(launchBrowser()));
(firefox === undefined ? it.skip : it)('plays an hour in Firefox, both channels in step at its end', () =>
  playsIn(launchFirefox(firefox ?? '', { webRtc: false })),
);

async function playsIn(launched: Promise<TestBrowser>): Promise<void> {
  const { browser, close } = await launched;
  try {
    const page = await browser.newPage();
    await page.goto(url);
    const played = (await page.evaluate(PLAY)) as Played;
    expect(Math.abs(played.durationSeconds - HOUR_SECONDS)).toBeLessThan(0.04);
    expect(Math.abs(played.endedAtSeconds - HOUR_SECONDS)).toBeLessThan(0.04);
    expect(played.channels).toBe(2);
    // Both clicked at the same moment, as a listener would have heard it.
    const [caller, bot] = played.clicksSeconds;
    expect(Math.abs(Number(caller) - Number(bot)) * 1_000).toBeLessThan(IN_STEP_MS);
  } finally {
    await close();
  }
}

interface Played {
  readonly durationSeconds: number;
  readonly endedAtSeconds: number;
  readonly channels: number;
  /** When each channel has its click, from where the end begins. */
  readonly clicksSeconds: readonly number[];
}

/** In the page, hence a text: what a compiler adds to functions is not there. */
const PLAY = `(async () => {
  const audio = new Audio('/hour.ogg');
  const comes = (event) => new Promise((resolve, reject) => {
    audio.addEventListener(event, resolve, { once: true });
    audio.addEventListener('error', () => reject(new Error(audio.error.message)), { once: true });
  });
  audio.muted = true;
  await comes('loadedmetadata');
  const durationSeconds = audio.duration;
  audio.currentTime = 3_599;
  await comes('seeked');
  const ended = comes('ended');
  await audio.play();
  await ended;
  const bytes = await (await fetch('/end.ogg')).arrayBuffer();
  const sound = await new OfflineAudioContext(2, 48_000, 48_000).decodeAudioData(bytes);
  const clicksSeconds = [0, 1].map((channel) => {
    const at = sound.getChannelData(channel).findIndex((sample) => Math.abs(sample) > 0.5);
    return at < 0 ? NaN : at / sound.sampleRate;
  });
  return { durationSeconds, endedAtSeconds: audio.currentTime, channels: sound.numberOfChannels, clicksSeconds };
})()`;
