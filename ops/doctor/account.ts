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

/** AWS refuses signatures that are five minutes off; a stream is signed for as long as it lasts. */
const REFUSED_FROM_MS = 240_000;
const WARNED_FROM_MS = 30_000;

/** @param offsetMs how far AWS's clock is ahead, as the SDK has seen it in the answer: to about a second */
function judgeClock(offsetMs: number): Finding {
  const subject = 'clock';
  const distanceMs = Math.abs(offsetMs);
  if (distanceMs < WARNED_FROM_MS) return { status: 'ok', subject, text: 'agrees with that of AWS' };
  const off = `is ${Math.round(distanceMs / 1000)} s ${offsetMs > 0 ? 'behind' : 'ahead'}`;
  const fix = 'timedatectl set-ntp true (macOS: sudo sntp -sS time.apple.com)';
  if (distanceMs < REFUSED_FROM_MS) return { status: 'warning', code: 'clock_skew', subject, text: off, fix };
  const text = `${off}: streams to Bedrock will be refused, which the SDK cannot correct`;
  return { status: 'failed', code: 'clock_skew', subject, text, fix };
}
