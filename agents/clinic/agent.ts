import {
  bearer,
  defineAgent,
  endCall,
  fromBrowser,
  handoff,
  http,
  knowledge,
  lambda,
  secret,
  z,
} from '../../contract/agent';

export default defineAgent({
  language: 'en-GB',
  voice: 'amy',
  greeting: 'Welcome to the Riverside Clinic, {{patient}}. How can I help?',
  variables: z.object({ patient: fromBrowser(z.string().max(60).default('and good day')) }),
  tools: {
    find_slot: http({
      description: 'Finds free appointments on a day. Offer two of them at most.',
      url: 'https://api.clinic.example/slots/{day}',
      arguments: z.object({ day: z.string().describe('A weekday, such as Monday') }),
      headers: { authorization: bearer(secret('CLINIC_KEY')) },
      answer: z.object({ slots: z.array(z.object({ slot: z.string(), time: z.string() })) }),
    }),
    book: lambda({
      description: 'Books a free appointment.',
      function: 'clinic-book',
      arguments: z.object({ slot: z.string(), time: z.string(), name: z.string() }),
      confirm: 'Shall I book {time} for {name}?',
    }),
    opening_hours: knowledge(),
    billing: handoff({ to: 'billing', description: 'Questions about a bill or a payment.' }),
    end_call: endCall(),
  },
});
