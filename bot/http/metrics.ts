import type { HttpDependencies } from './dependencies';
import type { Routes } from './route';

/** `/metrics` in Prometheus's text format. */
export function metricsRoutes({ telemetry: { prometheus } }: HttpDependencies): Routes {
  return {
    '/metrics': {
      GET: [
        async (_req, res) => {
          res.set('Content-Type', prometheus.contentType).send(await prometheus.render());
        },
      ],
    },
  };
}
