import { explainAwsError, missingStatement } from '../../../ops/aws/explain';

const asked = {
  action: 'ecr:DescribeImages',
  resource: 'arn:aws:ecr:eu-north-1:111111111111:repository/bot',
  what: 'the repository bot',
};
const explain = (error: unknown) => explainAwsError(error, asked, 'eu-north-1');
const named = (name: string, message = '', more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });

/* Names and texts as the services and the SDK write them; services differ in the ending. */
describe('what a failure of AWS means', () => {
  it.each<[string, Error, string]>([
    ['denied, JSON services', named('AccessDeniedException'), 'access_denied'],
    ['denied, IAM and S3', named('AccessDenied'), 'access_denied'],
    [
      'denied, an answer without a body',
      named('Unknown', 'UnknownError', { $metadata: { httpStatusCode: 403 } }),
      'access_denied',
    ],
    ['the same, not found', named('NotFound', '', { $metadata: { httpStatusCode: 404 } }), 'not_found'],
    ['the same, unavailable', named('Unknown', '', { $metadata: { httpStatusCode: 503 } }), 'service_unavailable'],
    ['throttled', named('ThrottlingException', 'Rate exceeded'), 'throttled'],
    ['throttled, S3', named('SlowDown'), 'throttled'],
    ['expired, SDK', named('ExpiredTokenException'), 'credentials_expired'],
    ['expired, S3', named('ExpiredToken'), 'credentials_expired'],
    ['unknown key', named('UnrecognizedClientException'), 'credentials_refused'],
    [
      'a wrong secret key',
      named('SignatureDoesNotMatch', 'The request signature we calculated does not match'),
      'credentials_refused',
    ],
    [
      'a clock that is wrong',
      named('SignatureDoesNotMatch', 'Signature expired: 2026 is now earlier than 2027'),
      'clock_skew',
    ],
    ['a clock that is wrong, S3', named('RequestTimeTooSkewed'), 'clock_skew'],
    [
      'no credentials',
      named('CredentialsProviderError', 'Could not load credentials from any providers'),
      'credentials_missing',
    ],
    ['KMS', named('AccessDeniedException', 'Access to KMS is not allowed'), 'kms_denied'],
    ['nobody listens', named('Error', '', { code: 'ECONNREFUSED' }), 'no_network'],
    [
      'wrapped by the retries',
      named('Error', 'AWS SDK error wrapper for Error: connect ECONNREFUSED 127.0.0.1:9'),
      'no_network',
    ],
    [
      'a cause below',
      Object.assign(new Error('fetch failed'), { cause: named('Error', '', { code: 'ENOTFOUND' }) }),
      'no_network',
    ],
    ['a timeout', named('TimeoutError'), 'no_network'],
    ['anything else', named('SomethingNew', 'first line\nsecond line'), 'unexpected'],
    ['nothing at all', undefined as unknown as Error, 'unexpected'],
  ])('%s', (_title, error, code) => expect(explain(error).code).toBe(code));

  it('names the profile that gives no credentials', () => {
    const before = process.env['AWS_PROFILE'];
    process.env['AWS_PROFILE'] = 'acmee';
    const { message, fix } = explain(
      named('CredentialsProviderError', 'Could not load credentials from any providers'),
    );
    if (before === undefined) delete process.env['AWS_PROFILE'];
    else process.env['AWS_PROFILE'] = before;
    expect(message).toContain('the AWS profile acmee gives no credentials');
    expect(fix).toContain('aws configure list-profiles');
  });

  it('prints the statement that is missing', () => {
    expect(explain(named('AccessDeniedException')).fix).toBe(`Ask for this statement: ${missingStatement(asked)}`);
    expect(missingStatement(asked)).toBe(
      '{"Effect":"Allow","Action":"ecr:DescribeImages","Resource":"arn:aws:ecr:eu-north-1:111111111111:repository/bot"}',
    );
  });

  it('knows that no statement helps against an explicit deny', () => {
    const message = 'User is not authorized to perform: x with an explicit deny in a service control policy';
    expect(explain(named('AccessDeniedException', message)).fix).toContain('An explicit deny beats every allow');
  });

  it('keeps one line of what it does not know', () => {
    expect(explain(named('SomethingNew', 'first line\nsecond line')).message).toBe(
      'ecr:DescribeImages on the repository bot failed: SomethingNew: first line',
    );
  });
});
