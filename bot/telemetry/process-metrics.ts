import { Counter, Gauge, type Registry } from 'prom-client';
import { METRICS } from '../../contract/telemetry';

/**
 * Memory, CPU and age of this process. prom-client's own default metrics are not used because they start observers
 * of the garbage collector that nothing can stop again.
 */
export function addProcessMetrics(registry: Registry, prefix: string): void {
  const registers = [registry];
  new Gauge({
    name: prefix + METRICS.processMemory.prometheus.name,
    help: METRICS.processMemory.tells,
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: prefix + METRICS.processHeap.prometheus.name,
    help: METRICS.processHeap.tells,
    registers,
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
  new Gauge({
    name: prefix + METRICS.processUptime.prometheus.name,
    help: METRICS.processUptime.tells,
    registers,
    collect() {
      this.set(process.uptime());
    },
  });
  let countedS = 0;
  new Counter({
    name: prefix + METRICS.processCpu.prometheus.name,
    help: METRICS.processCpu.tells,
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      const totalS = (user + system) / 1e6;
      this.inc(totalS - countedS);
      countedS = totalS;
    },
  });
}
