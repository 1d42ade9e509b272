/**
 * Purpose: the numbers and the health on a port of their own, on loopback unless told otherwise, so that no proxy in
 * front of the relay publishes them by mistake. Not concerned with what is counted.
 */
import express from 'express'
import { collectDefaultMetrics, Gauge } from 'prom-client'
import { listen } from '../listening.ts'
import { createHealthRoutes } from './health-routes.ts'
import type { Metrics } from './metrics.ts'
import type { Readiness } from './readiness.ts'

export interface MetricsServer {
  port: number
  close(): Promise<void>
}

/** Throws StartRefusal. */
export async function startMetricsServer(
  { host, port }: { host: string; port: number },
  metrics: Metrics,
  readiness: Readiness,
): Promise<MetricsServer> {
  const listening = await listen(host, port, { host: 'METRICS_HOST', port: 'METRICS_PORT' })
  // Memory, event loop, collections: of the process, so only where somebody asks.
  collectDefaultMetrics({ register: metrics.registry, prefix: 'pli_' })
  watchParts(metrics, readiness)
  const app = express()
  app.disable('x-powered-by')
  app.use(createHealthRoutes(readiness))
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
  listening.answerWith(app)
  return { port: listening.port, close: () => listening.close() }
}

/** Asked when somebody scrapes, as a balancer asks for readiness. */
function watchParts({ registry }: Metrics, readiness: Readiness): void {
  new Gauge({
    name: 'pli_part_answers',
    help: 'Whether a part that this relay stands on answers: 1 or 0.',
    labelNames: ['part'],
    registers: [registry],
    async collect() {
      const { failing, degraded } = await readiness.report()
      const silent = new Set([...failing, ...degraded])
      for (const part of readiness.parts) this.set({ part }, silent.has(part) ? 0 : 1)
    },
  })
}
