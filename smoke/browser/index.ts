export { BrowserCaller } from './browser-caller';
export type { LoggedEvent } from './harness-page';
export {
  closeBrowser,
  launchBrowser,
  openTab,
  type Tab,
  type Speaking,
  type TabMicrophone,
  type TestBrowser,
} from './browser';
export { unpackChromium } from './chromium';
