import type { PhoneService } from '../../phone';
import { TWILIO_PATHS } from '../../transport/twilio';
import type { Routes } from '../route';

/** What callers hear when no task can take them; Twilio fetches it without a signature, and keeps it for a while. */
export function phoneNoticeRoutes({ apology }: PhoneService): Routes {
  return {
    [`${TWILIO_PATHS.notices}apology.wav`]: {
      GET: [(_req, res) => void res.set('Cache-Control', 'public, max-age=3600').type('audio/wav').send(apology)],
    },
  };
}
