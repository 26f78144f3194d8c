export * from '../../../smoke/browser/chromium';
