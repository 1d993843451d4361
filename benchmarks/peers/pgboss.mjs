// pg-boss at its best setting for each row; a done job's row is kept, in place.
import { PgBoss } from "pg-boss";
import { counter, database, inFlight, now, pause, play, say, sendSlowly, told } from "./protocol.mjs";

const batch = 1000;
const tuned = { useListenNotify: true, cronMonitorIntervalSeconds: 1, cronWorkerIntervalSeconds: 1 };

async function open(options = tuned, max = 10) {
  const boss = new PgBoss({ connectionString: database, max, ...options });
  boss.on("error", (error) => process.stderr.write(`${error}\n`));
  await boss.start();
  if (!(await boss.getQueue("noop"))) await boss.createQueue("noop", { notify: true });
  return boss;
}

const work = (boss, batchSize, each) =>
  boss.work("noop", { batchSize, localConcurrency: 2, pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5, burstWhenBatchFull: true }, async (jobs) => jobs.forEach(each));

async function due(count, instantOf) {
  const boss = await open();
  const enough = { left: count };
  await work(boss, 100, ({ data }) => {
    say("late", Date.now() - data.at);
    enough.left--;
  });
  for (let i = 0; i < count; i += 1000) {
    const instants = Array.from({ length: Math.min(1000, count - i) }, (_, j) => instantOf(i + j));
    await boss.insert("noop", instants.map((at) => ({ data: { at }, startAfter: new Date(at) })));
  }
  while (enough.left > 0) await pause(20);
}

await play({
  async prepare() {
    await open();
  },
  async fill(count) {
    const boss = await open();
    const jobs = Array.from({ length: 1000 }, (_, i) => ({ data: { i } }));
    say("rate", (await inFlight(count / 1000, 2, () => boss.insert("noop", jobs))) * 1000);
  },
  async singles(count, callers) {
    const boss = await open(tuned, 20);
    say("rate", await inFlight(count, callers, (i) => boss.send("noop", { i })));
  },
  async work() {
    const boss = await open();
    const bodies = counter();
    await work(boss, batch, ({ id }) => bodies.add(id));
    say("ready");
    await told();
    await boss.stop({ graceful: true, timeout: 5000 });
    bodies.keep();
  },
  async listen() {
    const boss = await open();
    await work(boss, 10, ({ data }) => say("body", data.i, now()));
    say("ready");
    await told();
  },
  async send(count, gap) {
    const boss = await open();
    await sendSlowly(count, gap, (i) => boss.send("noop", { i }));
  },
  async pickup(count, gap) {
    const boss = await open();
    await work(boss, 10, ({ data }) => say("body", data.i, now()));
    await sendSlowly(count, gap, (i) => boss.send("noop", { i }));
    await pause(1000);
  },
  due: (count, gap) => due(count, ((first) => (i) => first + i * gap)(Date.now() + 3000)),
  burst: (count, wait) => due(count, ((at) => () => at)(Date.now() + wait)),
  async idle(count) {
    const boss = await open({});
    for (let i = 0; i < count; i += 10) {
      await Promise.all(Array.from({ length: Math.min(10, count - i) }, (_, j) => boss.schedule("noop", "0 0 29 2 *", {}, { key: `s${i + j}` })));
    }
    await boss.work("noop", { localConcurrency: 10 }, async () => {});
    say("ready");
    await told();
  },
});
