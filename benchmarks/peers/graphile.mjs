// graphile-worker at its best setting for each row; it keeps no history: a done job's row is deleted.
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { counter, database, inFlight, now, pause, play, say, sendSlowly, told } from "./protocol.mjs";

const logger = new Logger(() => () => {});
const throughput = { worker: { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0, concurrentJobs: 24 } };
const latency = { worker: { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0, concurrentJobs: 10 } };
const precision = { worker: { pollInterval: 100, concurrentJobs: 50 } };

const utils = () => makeWorkerUtils({ connectionString: database, logger });
const start = (preset, noop, more = {}) =>
  run({ connectionString: database, logger, noHandleSignals: true, concurrency: preset.worker.concurrentJobs, preset, taskList: { noop }, ...more });

async function due(count, instantOf) {
  const enough = { left: count };
  const runner = await start(precision, async ({ at }) => {
    say("late", Date.now() - at);
    enough.left--;
  });
  const tools = await utils();
  for (let i = 0; i < count; i += 1000) {
    const specs = Array.from({ length: Math.min(1000, count - i) }, (_, j) => instantOf(i + j));
    await tools.addJobs(specs.map((at) => ({ identifier: "noop", payload: { at }, runAt: new Date(at) })));
  }
  while (enough.left > 0) await pause(20);
  await runner.stop();
}

await play({
  async prepare() {
    const tools = await utils();
    await tools.migrate();
    await tools.release();
  },
  async fill(count) {
    const tools = await utils();
    const batch = Array.from({ length: 1000 }, (_, i) => ({ identifier: "noop", payload: { i } }));
    say("rate", (await inFlight(count / 1000, 2, () => tools.addJobs(batch))) * 1000);
  },
  async singles(count, callers) {
    const tools = await makeWorkerUtils({ connectionString: database, logger, maxPoolSize: 20 });
    say("rate", await inFlight(count, callers, (i) => tools.addJob("noop", { i })));
  },
  async work() {
    const bodies = counter();
    const runner = await start(throughput, async (_, { job }) => bodies.add(job.id));
    say("ready");
    await told();
    await runner.stop();
    bodies.keep();
  },
  async listen() {
    const runner = await start(latency, async ({ i }) => say("body", i, now()));
    say("ready");
    await told();
    await runner.stop();
  },
  async send(count, gap) {
    const tools = await utils();
    await sendSlowly(count, gap, (i) => tools.addJob("noop", { i }));
  },
  async pickup(count, gap) {
    const runner = await start(latency, async ({ i }) => say("body", i, now()));
    await sendSlowly(count, gap, (i) => runner.addJob("noop", { i }));
    await pause(500);
    await runner.stop();
  },
  due: (count, gap) => due(count, ((first) => (i) => first + i * gap)(Date.now() + 3000)),
  burst: (count, wait) => due(count, ((at) => () => at)(Date.now() + wait)),
  async idle(count) {
    const crontab = Array.from({ length: count }, (_, i) => `0 0 29 2 * noop ?id=s${i}`).join("\n");
    await start({ worker: { concurrentJobs: 10 } }, async () => {}, { crontab });
    say("ready");
    await told();
  },
});
