import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import type { AwsStack } from '../aws-stack';

/** The domain's certificate: the configured one, or one created and validated here; undefined without a domain. */
export function certificateArn(stack: AwsStack): string | undefined {
  const { domain } = stack.settings;
  if (domain === undefined || domain.certificateArn !== undefined) return domain?.certificateArn;
  if (domain.hostedZoneId === undefined) return undefined; // The settings' rules refuse this.
  const certificate = new AcmCertificate(stack, 'certificate', {
    domainName: domain.name,
    validationMethod: 'DNS',
    keyAlgorithm: 'EC_prime256v1',
    lifecycle: { createBeforeDestroy: true },
  });
  const proof = certificate.domainValidationOptions.get(0);
  const record = new Route53Record(stack, 'certificate-proof', {
    zoneId: domain.hostedZoneId,
    name: proof.resourceRecordName,
    type: proof.resourceRecordType,
    records: [proof.resourceRecordValue],
    ttl: 300,
    allowOverwrite: true,
  });
  return new AcmCertificateValidation(stack, 'certificate-validation', {
    certificateArn: certificate.arn,
    validationRecordFqdns: [record.fqdn],
  }).certificateArn;
}
