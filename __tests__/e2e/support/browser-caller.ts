export * from '../../../sandbox/browser/browser-caller';
