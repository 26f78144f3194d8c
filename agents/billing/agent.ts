import { defineAgent, endCall, handoff, mcp, secret } from '../../contract/agent';

export default defineAgent({
  language: 'en-GB',
  voice: 'amy',
  greeting: 'You are through to billing. Which bill is it about?',
  prompt: [
    'You answer questions about bills of the Riverside Clinic, in one or two short sentences at a time.',
    "Ask for the bill's number and look the bill up before you say anything about it. You cannot change a bill.",
    'Give the call back to the clinic for anything else. When the caller wants nothing more, say goodbye and end the call.',
  ].join('\n'),
  tools: {
    desk: mcp({
      url: 'https://billing.clinic.example/mcp',
      access: { kind: 'bearer', token: secret('BILLING_TOKEN') },
      tools: { look_up_bill: 'get_bill' },
    }),
    clinic: handoff({ to: 'clinic', description: 'Appointments, opening hours, and everything but bills.' }),
    end_call: endCall(),
  },
});
