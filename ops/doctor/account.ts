import { callerIdentity, checkAccount } from '../aws/identity';
import type { Context } from '../cli/context';
import { failedFinding, type Finding } from '../cli/report';

/** Who the caller is, whether the account is the settings', and whether the clock is right. */
export async function checkIdentity(context: Context): Promise<Finding[]> {
  const aws = context.aws();
  const findings: Finding[] = [];
  try {
    const identity = await callerIdentity(aws);
    findings.push({ status: 'ok', subject: 'identity', text: identity.arn });
    findings.push(judgeClock(aws.sts.config.systemClockOffset));
    checkAccount(identity, context.settings);
    findings.push({ status: 'ok', subject: 'account', text: `${identity.accountId}, as the settings say` });
  } catch (error) {
    findings.push(failedFinding(findings.length === 0 ? 'identity' : 'account', error));
  }
  return findings;
}

/** @param offsetMs how far AWS's clock is ahead, as the SDK has seen; it notes nothing below five minutes */
function judgeClock(offsetMs: number): Finding {
  const subject = 'clock';
  if (offsetMs === 0) return { status: 'ok', subject, text: 'agrees with that of AWS' };
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  return {
    status: 'failed',
    code: 'clock_skew',
    subject,
    text: `is ${seconds} s ${offsetMs > 0 ? 'behind' : 'ahead'}: streams to Bedrock will be refused, which the SDK cannot correct`,
    fix: 'timedatectl set-ntp true (macOS: sudo sntp -sS time.apple.com)',
  };
}
