export * from '../../../sandbox/browser/chromium';
