// What every measured program says, a line each, so that one referee reads them all; instants are milliseconds of the machine's
// monotonic clock, which is the same for all processes.
//   ready               it works from now on
//   count N FIRST LAST  so many bodies were called so far, the first and the last at these instants
//   body ID AT          a body was called; sent ID AT: the call that enqueued it has returned
//   late MS             how much later than its instant a body was called
//   rate N              what was enqueued, a second
import { writeFileSync } from "node:fs";

export const now = () => Number(process.hrtime.bigint()) / 1e6;
export const say = (...words) => process.stdout.write(words.join(" ") + "\n");
export const database = process.env.PEER_DATABASE;

/** Counts bodies, and tells of them every 20 ms; the ids go into the file PEER_IDS at the end. */
export function counter() {
  const ids = [];
  let first = 0, last = 0, told = 0;
  setInterval(() => {
    if (ids.length !== told) say("count", (told = ids.length), first, last);
  }, 20);
  return {
    add(id) {
      last = now();
      first ||= last;
      ids.push(id);
    },
    keep() {
      if (process.env.PEER_IDS) writeFileSync(process.env.PEER_IDS, ids.join("\n"));
    },
  };
}

/** The referee closes our input when it has seen enough. */
export const told = () => new Promise((resolve) => process.stdin.on("end", resolve).on("close", resolve).resume());
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Calls `one(i)` for 0 … count-1, so many at once, and says the rate. */
export async function inFlight(count, callers, one) {
  let next = 0;
  const begun = now();
  await Promise.all(Array.from({ length: callers }, async () => {
    while (next < count) await one(next++);
  }));
  return (count / (now() - begun)) * 1000;
}

/** One job at a time into an idle system. */
export async function sendSlowly(count, gap, one) {
  say("ready");
  for (let i = 0; i < count; i++) {
    await pause(gap);
    await one(i);
    say("sent", i, now());
  }
}

/** Runs the part that the command line names. */
export async function play(parts) {
  const [name, ...args] = process.argv.slice(2);
  if (!parts[name]) {
    process.stderr.write(`there is no part '${name}'; there are ${Object.keys(parts).join(", ")}\n`);
    process.exit(2);
  }
  await parts[name](...args.map(Number));
  process.exit(0);
}
