/**
 * Memory, CPU and age of this process. prom-client's own default metrics are not used because they start observers
 * of the garbage collector that nothing can stop again.
 */
export const PROCESS_READINGS = {
  processMemory: () => process.memoryUsage.rss(),
  processHeap: () => process.memoryUsage().heapUsed,
  processUptime: () => process.uptime(),
  /** In seconds, user and system. */
  processCpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
};
