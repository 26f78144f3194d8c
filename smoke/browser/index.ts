export { BrowserCaller } from './browser-caller';
export { launchBrowser, type Tab, type TabMicrophone, type TestBrowser } from './browser';
export { unpackChromium } from './chromium';
