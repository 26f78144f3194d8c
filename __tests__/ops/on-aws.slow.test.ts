import { callRecordsSuite } from './call-records/calls.suite';
import { alarmsSuite } from './alarms.suite';
import { bedrockCheckSuite } from './bedrock/check.suite';
import { deploySuite } from './deploy/deploy.suite';
import { deploymentSuite } from './deployment.suite';
import { processSuite } from './process.suite';
import { recordPlacesSuite } from './record-places.suite';
import { phoneSuite } from './phone/phone.suite';
import { rehearseSuite } from './rehearse/rehearse.suite';
import { runbookSuite } from './runbook.suite';
import { secrecySuite } from './secrecy.suite';
import { secretsCheckSuite } from './secrets/check.suite';
import { faultsSuite } from './secrets/faults.suite';
import { rotateSuite } from './secrets/rotate.suite';
import { setupSuite } from './secrets/setup.suite';
import { stateLockSuite } from './state/state-lock.suite';
import { describeWithAws } from './support/aws';
import { usageTableSuite } from './usage-table.suite';

/* All that needs an emulated AWS, in one file because an emulator takes longer to start than most of its tests to run.
   One suite of them: npx jest __tests__/ops/on-aws -t 'secrets rotate' */
describeWithAws('on an emulated AWS', (aws) => {
  setupSuite(aws);
  faultsSuite(aws);
  secretsCheckSuite(aws);
  rotateSuite(aws);
  bedrockCheckSuite(aws);
  rehearseSuite(aws);
  deploySuite(aws);
  stateLockSuite(aws);
  deploymentSuite(aws);
  processSuite(aws);
  phoneSuite(aws);
  secrecySuite(aws);
  runbookSuite(aws);
  alarmsSuite(aws);
  usageTableSuite(aws);
  recordPlacesSuite(aws);
  callRecordsSuite(aws);
});
