import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * Memory, CPU and age of this process. prom-client's own default metrics are not used because they start observers
 * of the garbage collector that nothing can stop again.
 */
export function addProcessMetrics(registry: Registry, prefix: string): void {
  const registers = [registry];
  new Gauge({
    name: `${prefix}process_resident_memory_bytes`,
    help: 'Memory of the process.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: `${prefix}process_heap_used_bytes`,
    help: 'Heap in use.',
    registers,
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
  new Gauge({
    name: `${prefix}process_uptime_seconds`,
    help: 'Age of the process.',
    registers,
    collect() {
      this.set(process.uptime());
    },
  });
  let countedS = 0;
  new Counter({
    name: `${prefix}process_cpu_seconds_total`,
    help: 'CPU time used, user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      const totalS = (user + system) / 1e6;
      this.inc(totalS - countedS);
      countedS = totalS;
    },
  });
}
