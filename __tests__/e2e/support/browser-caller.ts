export * from '../../../smoke/browser/browser-caller';
