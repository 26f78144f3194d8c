import { callerOf } from '../../../bot/phone/caller-number';

const KEY = Buffer.alloc(32, 7);
const of = (from: string) => callerOf(from, KEY);

describe('phone 19: who calls', () => {
  it.each([
    '',
    'anonymous',
    '+266696687',
    '+464',
    'sip:anonymous@anonymous.invalid',
    'SIP:Anonymous@sip.example.com:5060',
    'sip:unknown@example.com;user=phone',
    'sip:bob@anonymous.invalid',
    'sip:+266696687@example.com',
    'sip:@',
  ])('%p is one of those who withhold their number', (from) => {
    expect(of(from)).toEqual({ key: of('').key, isWithheld: true });
  });

  it.each([
    ' +14155550142 ',
    'sip:+14155550142@example.com',
    'sips:+14155550142@other.example:5061;user=phone',
    'sip:+14155550142:secret@example.com',
  ])('%p is the same caller as the number', (from) => {
    expect(of(from)).toEqual({ key: of('+14155550142').key, isWithheld: false });
  });

  it.each([
    'sip:Bob@Example.com',
    'sip:bob@example.com:5061',
    'sips:bob@example.com;transport=tls',
    'sip:bob:x@example.com',
  ])('%p is one caller', (from) => {
    expect(of(from)).toEqual({ key: of('sip:bob@example.com').key, isWithheld: false });
    expect(of(from).key).not.toBe(of('sip:ann@example.com').key);
  });
});
