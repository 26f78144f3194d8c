import { Router } from 'express';
import type { HttpDependencies } from './dependencies';
import { addRoute } from './route';

/** `/metrics` in Prometheus's text format. */
export function metricsRoutes({ telemetry }: HttpDependencies): Router {
  const router = Router();
  addRoute(router, '/metrics', {
    GET: [
      async (_req, res) => {
        res.set('Content-Type', telemetry.metrics.contentType).send(await telemetry.metrics.render());
      },
    ],
  });
  return router;
}
