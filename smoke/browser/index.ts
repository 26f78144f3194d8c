export { BrowserCaller } from './browser-caller';
export { closeBrowser, launchBrowser, openTab, type Tab, type TabMicrophone, type TestBrowser } from './browser';
export { unpackChromium } from './chromium';
