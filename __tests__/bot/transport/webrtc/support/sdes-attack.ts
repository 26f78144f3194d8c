/* Sends a bot the SRTCP packet of row P1 on the agreed keys, and then another offer. Ends by itself when that is answered; a
   process that is frozen is ended by whoever started it. */
import { CHROMIUM_OFFER } from '../../../../support/offers';
import { BotSide, WebRtcBot } from '../../../../support/webrtc-bot';
import { weriftPeer } from '../../../../../testbed/clients/other-stacks/werift-peer';

/** SDES with one chunk, whose item claims to be longer than the packet. */
const ENDLESS_SDES = Buffer.from('81ca00020000000101ff4141', 'hex');

async function main(): Promise<void> {
  const bot = await WebRtcBot.open();
  const attacker = weriftPeer();
  const { dtlsTransport } = attacker.addTransceiver('audio', { direction: 'sendrecv' });
  attacker.addTransceiver('video', { direction: 'sendrecv' });
  const channel = attacker.createDataChannel('chat');
  const open = new Promise<void>((resolve) => (channel.onopen = () => resolve()));
  await attacker.setLocalDescription(await attacker.createOffer());
  const { answer, transport } = await bot.gateway.accept({ sdp: attacker.localDescription?.sdp ?? '', type: 'offer' });
  const call = new BotSide(transport);
  await attacker.setRemoteDescription(answer);
  await open;
  for (let count = 0; count < 5; count += 1) {
    await dtlsTransport.iceTransport.connection.send(dtlsTransport.srtcp.encrypt(ENDLESS_SDES));
  }
  process.stdout.write('the attack has been sent\n');
  // Over the same path, and so read after the attack.
  channel.send(JSON.stringify({ label: 'rtvi-ai', type: 'client-ready', id: '1', data: { version: '2.1.0' } }));
  await call.until('client-ready');
  const next = await bot.gateway.accept({ sdp: CHROMIUM_OFFER, type: 'offer' });
  await next.transport.close('operator');
  process.stdout.write('the next offer is answered\n');
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
