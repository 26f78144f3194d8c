import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type ConsoleMessage, type HTTPRequest, type Page } from 'puppeteer-core';
import { unpackChromium } from './chromium';

export interface BrowserOptions {
  /** A WAV file that is played once as the microphone; without one, the browser's beeping test tone. */
  readonly microphoneWav?: string;
  /**
   * ICE offers 127.0.0.1, to pages that may use the microphone: for calls between two browsers, one of which must be
   * found. By default no page offers any address.
   */
  readonly offersLoopback?: boolean;
  readonly extraArguments?: readonly string[];
  /** False: whoever launches it closes it on signals; by default they kill the browser and end this process at once. */
  readonly handleSignals?: boolean;
}

/**
 * What a tab's page finds when it asks for the microphone. `silent`: the fake one is opened, and nothing heard of it;
 * `spoken`: silent, until `Speaking` speaks into it; `no-webrtc`: a browser that cannot make calls at all.
 */
export type TabMicrophone = 'fake' | 'silent' | 'spoken' | 'denied' | 'missing' | 'no-webrtc';

/** What a page with a `spoken` microphone has besides: speaks 16-bit samples at a rate, from the moment it is told to. */
export interface Speaking {
  speakIntoMicrophone(samples: readonly number[], rateHz: number): void;
}

/** A real headless Chromium with a folder of its own; nothing is left of it after `close()`. */
export interface TestBrowser {
  readonly browser: Browser;
  /** Opens a tab in a fresh profile (no cookies, no storage shared with other tabs), watched from its first request. */
  openTab(options?: { readonly microphone?: TabMicrophone }): Promise<Tab>;
  /** Idempotent and bounded: a browser that does not go by itself is killed. */
  close(): Promise<void>;
}

/** A tab and what it did that a good page does not do. */
export interface Tab {
  readonly page: Page;
  /** Console errors and warnings, and exceptions that nobody caught. */
  readonly complaints: readonly string[];
  /** Requests to anything but loopback. Data and blob URLs never leave the page and are not counted. */
  readonly strayRequests: readonly string[];
  close(): Promise<void>;
}

const CLOSE_LIMIT_MS = 5_000;

/** Starts a headless Chromium whose network and WebRTC can reach 127.0.0.1 only. */
export async function launchBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const chromium = await unpackChromium();
  const home = await mkdtemp(join(tmpdir(), 'voice-agent-browser-'));
  // A process that ends without closing kills its browser (puppeteer sees to that), and should not leave its folder.
  const removeHome = (): void => rmSync(home, { recursive: true, force: true });
  process.once('exit', removeHome);
  const gone = (): void => void process.off('exit', removeHome);
  await mkdir(join(home, 'profile'));
  try {
    const browser = await puppeteer.launch({
      executablePath: chromium.executablePath,
      env: { ...chromium.env, HOME: home, TMPDIR: home },
      headless: 'shell',
      userDataDir: join(home, 'profile'),
      args: chromiumArguments(options),
      // Audio must sound as in a visible tab, and the fake microphone replaces the real ones.
      ignoreDefaultArgs: ['--mute-audio'],
      handleSIGINT: options.handleSignals ?? true,
      handleSIGTERM: options.handleSignals ?? true,
      handleSIGHUP: options.handleSignals ?? true,
      timeout: 30_000,
      protocolTimeout: 60_000,
    });
    let closing: Promise<void> | undefined;
    return {
      browser,
      openTab: (tabOptions = {}) => openTab(browser, tabOptions.microphone ?? 'fake'),
      close: () => (closing ??= closeBrowser(browser, home).finally(gone)),
    };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    gone();
    throw error;
  }
}

/** Every switch has its reason; see https://peter.sh/experiments/chromium-command-line-switches/ */
function chromiumArguments(options: BrowserOptions): string[] {
  const args = [
    '--no-sandbox', // containers run tests as root
    '--disable-gpu',
    '--disable-dev-shm-usage', // a container's /dev/shm may hold 64 MB only
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    '--autoplay-policy=no-user-gesture-required',
    // Loopback only: names do not resolve; ICE may use 127.0.0.1, and offers no address of the machine's other
    // interfaces. The page then sends no candidate at all, and is found as a peer-reflexive one on 127.0.0.1.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    '--allow-loopback-in-peer-connection',
    '--disable-features=WebRtcHideLocalIpsWithMdns,MediaRouter,OptimizationHints,Translate,InterestFeedContentSuggestions,CertificateTransparencyComponentUpdater',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-sync',
    '--metrics-recording-only',
    '--no-first-run',
    '--no-default-browser-check',
    '--no-pings',
    '--font-render-hinting=none',
  ];
  if (options.offersLoopback !== true) args.push('--force-webrtc-ip-handling-policy=default_public_interface_only');
  args.push(...(options.extraArguments ?? []));
  if (options.microphoneWav !== undefined)
    args.push(`--use-file-for-fake-audio-capture=${options.microphoneWav}%noloop`);
  return args;
}

/** A tab of its own profile in any browser that puppeteer drives, watched from its first request. */
export async function openTab(browser: Browser, microphone: TabMicrophone): Promise<Tab> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  if (microphone !== 'fake') await page.evaluateOnNewDocument(otherMicrophone, microphone);
  const complaints: string[] = [];
  const strayRequests: string[] = [];
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error' || message.type() === 'warn')
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${String(error)}`));
  page.on('request', (request: HTTPRequest) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && url.hostname !== '127.0.0.1') strayRequests.push(request.url());
  });
  let closing: Promise<void> | undefined;
  return { page, complaints, strayRequests, close: () => (closing ??= context.close()) };
}

/**
 * Runs in the page before anything else. A headless browser has neither a prompt to refuse nor a switch for no fake
 * audio device, so its one answer is replaced by the exception that the Media Capture specification prescribes.
 */
function otherMicrophone(microphone: Exclude<TabMicrophone, 'fake'>): void {
  if (microphone === 'no-webrtc') {
    Reflect.deleteProperty(globalThis, 'RTCPeerConnection');
    return;
  }
  // Undefined on the empty page that a tab opens with.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return;
  if (microphone === 'spoken') {
    let context: AudioContext | undefined;
    let voice: MediaStreamAudioDestinationNode | undefined;
    devices.getUserMedia = async () => {
      context ??= new AudioContext({ sampleRate: 48_000 });
      voice ??= context.createMediaStreamDestination();
      await context.resume();
      // Whoever takes it stops it.
      return new MediaStream(voice.stream.getAudioTracks().map((track) => track.clone()));
    };
    const speaking: Speaking = {
      speakIntoMicrophone: (samples, rateHz) => {
        if (context === undefined || voice === undefined) throw new Error('nobody has asked for the microphone');
        const buffer = new AudioBuffer({ length: samples.length, sampleRate: rateHz });
        buffer.copyToChannel(
          Float32Array.from(samples, (sample) => sample / 32_768),
          0,
        );
        const source = new AudioBufferSourceNode(context, { buffer });
        source.connect(voice);
        source.start();
      },
    };
    Object.assign(globalThis, speaking);
    return;
  }
  if (microphone === 'silent') {
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      for (const track of (await open(constraints)).getTracks()) track.stop();
      return new AudioContext().createMediaStreamDestination().stream;
    };
    return;
  }
  devices.getUserMedia = () =>
    Promise.reject(
      microphone === 'denied'
        ? new DOMException('Permission denied', 'NotAllowedError')
        : new DOMException('Requested device not found', 'NotFoundError'),
    );
}

/** Closes it, kills it if it does not go, and takes its folder away. */
export async function closeBrowser(browser: Browser, home: string): Promise<void> {
  const child = browser.process();
  const exited = new Promise<void>((resolve) => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (limit = setTimeout(resolve, CLOSE_LIMIT_MS)));
  try {
    await Promise.race([browser.close().then(() => exited), late]);
  } catch {
    // The connection broke while it was closing: what counts is that the process is gone, and that comes next.
  } finally {
    clearTimeout(limit);
  }
  if (child !== null && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await exited;
  }
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
