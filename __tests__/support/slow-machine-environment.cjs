const { TestEnvironment } = require('jest-environment-node');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const { Worker } = require('node:worker_threads');
const { remarkOn } = require('./slow-machine.cjs');

const WATCH = path.join(__dirname, '../../testbed/programs/demo/stall-worker.mjs');
/** Node's environment, in which a test that fails says so where this machine was too slow for it: that is no fault found. */
class SlowMachineEnvironment extends TestEnvironment {
  #stalledMs = new Float64Array(new SharedArrayBuffer(8));
  #watch;
  #from = { atMs: 0, stalledMs: 0 };

  async setup() {
    await super.setup();
    this.#watch = new Worker(WATCH, { execArgv: [], workerData: this.#stalledMs.buffer });
    this.#watch.unref();
  }

  async teardown() {
    await this.#watch?.terminate();
    await super.teardown();
  }

  handleTestEvent({ name, error }) {
    if (name === 'test_start') this.#from = { atMs: performance.now(), stalledMs: this.#stalledMs[0] };
    if (name === 'test_fn_failure' || name === 'hook_failure') this.#remark(error);
  }

  #remark(error) {
    const lastedMs = performance.now() - this.#from.atMs;
    remarkOn(error, this.#stalledMs[0] - this.#from.stalledMs, lastedMs);
  }
}

module.exports = SlowMachineEnvironment;
