/* Runs in the browser in place of Daily's call machine, loaded by the unmodified daily-js. Each load of this bundle
   serves the call objects that wait for one. */
import { dailyGlobals } from './channel';
import { CallMachine } from './machine';

for (const callClientId of dailyGlobals().pendings.splice(0)) new CallMachine(callClientId);
