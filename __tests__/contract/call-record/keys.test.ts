import fc from 'fast-check';
import {
  callerPseudonym,
  recordingKey,
  recordingPartKey,
  recordingPartsPrefix,
  recordKey,
  recordsPlace,
} from '../../../contract/call-record';

const CALL = { callId: '8a1b', agent: 'clinic', startedAt: '2026-11-27T23:31:00.000Z' };

describe('where what is kept of a call lies', () => {
  it('is a partition of its day and its agent', () => {
    expect([recordKey(CALL), recordingKey(CALL), recordingPartKey(CALL, 7)]).toEqual([
      'records/date=2026-11-27/agent=clinic/8a1b.json',
      'recordings/date=2026-11-27/agent=clinic/8a1b.ogg',
      'recording-parts/date=2026-11-27/agent=clinic/8a1b/000007.part',
    ]);
    expect(recordingPartKey(CALL, 7).startsWith(recordingPartsPrefix(CALL))).toBe(true);
  });

  it('is below its folder, whatever a call and an agent are called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (callId, agent) => {
        const key = recordKey({ ...CALL, callId, agent });
        expect(key).toMatch(/^records\/date=2026-11-27\/agent=[\w-]{0,64}\/[\w-]{0,64}\.json$/);
      }),
    );
  });
});

describe("a caller's pseudonym", () => {
  const key = 'k'.repeat(32);

  it('is the same for all calls of one, and tells no address', () => {
    const pseudonym = callerPseudonym('192.0.2.7', key);
    expect(pseudonym).toMatch(/^caller-[\w-]{16}$/);
    expect(callerPseudonym('192.0.2.7', key)).toBe(pseudonym);
    expect(callerPseudonym('192.0.2.8', key)).not.toBe(pseudonym);
    expect(callerPseudonym('192.0.2.7', 'l'.repeat(32))).not.toBe(pseudonym);
  });

  it('by telephone is what limits and logs call the number by', () => {
    expect(callerPseudonym('phone AbCd-1234_efghij', undefined)).toBe('phone-AbCd-1234_efghij');
  });

  it('is none without a key, rather than a name that could be guessed', () => {
    expect(callerPseudonym('192.0.2.7', undefined)).toBeUndefined();
    expect(callerPseudonym('phone +4412345', undefined)).toBeUndefined();
  });
});

describe('CALL_RECORDS', () => {
  it.each([
    ['/var/records', { kind: 'folder', folder: '/var/records' }],
    ['s3://a-bucket', { kind: 's3', bucket: 'a-bucket', prefix: '' }],
    ['s3://a-bucket/', { kind: 's3', bucket: 'a-bucket', prefix: '' }],
    ['s3://a-bucket/voice//test/', { kind: 's3', bucket: 'a-bucket', prefix: 'voice/test/' }],
    ['s3://A_Bucket/voice', undefined],
    ['s3://a-bucket/voice?x', undefined],
    ['https://a-bucket.s3.amazonaws.com', undefined],
  ])('%s is %j', (raw, place) => {
    expect(recordsPlace(raw)).toEqual(place);
  });
});
