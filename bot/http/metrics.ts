import type { HttpDependencies } from './dependencies';
import type { Routes } from './route';

/** `/metrics` in Prometheus's text format. */
export function metricsRoutes({ telemetry }: HttpDependencies): Routes {
  return {
    '/metrics': {
      GET: [
        async (_req, res) => {
          res.set('Content-Type', telemetry.metrics.contentType).send(await telemetry.metrics.render());
        },
      ],
    },
  };
}
