/** `wireproof matrix run` with small stacks: good ones and bad ones, limits, interruptions, and what is not run again. */
import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { before, describe, test, type TestContext } from "node:test";
import { storedResults } from "../../src/matrix/result-files.js";
import type { RoleResult } from "../../src/matrix/results.js";
import { totalsOf } from "../../src/matrix/role-result.js";
import { wireproof, type Outcome, type SpawnOptions } from "../cli/spawn-wireproof.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { makeStacks } from "./small-stacks.js";

const CASES = "1.1.1,1.1.2,7.1.1";

class Matrix {
  readonly folder: string = temporaryFolder();

  constructor(names: readonly string[]) {
    makeStacks(this.folder, names);
  }

  run(args: readonly string[], options: SpawnOptions = {}): Promise<Outcome> {
    return wireproof(
      ["matrix", "run", "--runs", "runs", "--results", "results", "--stacks", "stacks", ...args],
      {
        cwd: this.folder,
        ...options,
      },
    );
  }

  result(name: string, role: RoleResult["role"] = "server"): RoleResult {
    const found = storedResults(join(this.folder, "results"), name)?.roles.find((one) => one.role === role);
    assert.ok(found !== undefined, `there is no result of ${name} as a ${role}`);
    return found;
  }
}

describe("a run over good and bad stacks", () => {
  const matrix = new Matrix(["absent", "crashes", "good", "unbuildable"]);
  let outcome: Outcome;
  before(async () => {
    outcome = await matrix.run(["--cases", CASES]);
  });

  test("tests a good one in both roles, and keeps the run files", () => {
    for (const role of ["server", "client"] as const) {
      const result = matrix.result("good", role);
      assert.deepEqual([result.status, totalsOf(result), result.findings], ["tested", { pass: 3 }, []]);
      assert.equal(result.version, process.versions.node);
      assert.ok(existsSync(join(matrix.folder, `runs/good.${role}.ndjson`)));
      assert.match(outcome.stdout, new RegExp(`^good ${role}: begins, \\d`, "m"));
      assert.match(outcome.stdout, new RegExp(`^good ${role}: 3 pass in \\d+ s$`, "m"));
    }
  });

  test("a crash is the result of the stack, with its evidence", () => {
    const result = matrix.result("crashes");
    assert.equal(result.status, "tested");
    const crash = result.findings.find(({ observation }) => observation === "crash");
    assert.match(crash?.because ?? "", /exit status 7/);
    assert.equal(crash?.cases, "1.1.2");
    assert.match(outcome.stdout, /^crashes server: .*; first of \d+: critical: /m);
  });

  test("what cannot be built has failed, and says why", () => {
    const { status, because, sections } = matrix.result("unbuildable");
    assert.deepEqual([status, because, sections], ["failed", "It cannot be built: no compiler", {}]);
  });

  test("what is not installed is not available, and nothing is stored of it", () => {
    assert.match(outcome.stdout, /^absent server: not available here: node is not installed$/m);
    assert.equal(storedResults(join(matrix.folder, "results"), "absent"), undefined);
  });

  test("ends with the counts, and with exit code 1 because one could not be built", () => {
    assert.match(
      outcome.stdout.trimEnd().split("\n").at(-1) ?? "",
      /^(?=.*3 tested)(?=.*1 failed)(?=.*1 not available)/,
    );
    assert.equal(outcome.code, 1, outcome.stderr);
  });

  test("a second run tests only what failed and what has changed", async () => {
    const stored = readFileSync(join(matrix.folder, "results/stacks/good.json"), "utf8");
    appendFileSync(join(matrix.folder, "stacks/crashes/server.mjs"), "// changed\n");
    const { stdout } = await matrix.run(["--cases", CASES]);
    const begun = [...stdout.matchAll(/^(.*): begins/gm)].map(([, title = ""]) => title).sort();
    assert.deepEqual(begun, ["crashes server", "unbuildable server"]);
    assert.match(stdout, /^good client: unchanged, \d/m);
    assert.equal(readFileSync(join(matrix.folder, "results/stacks/good.json"), "utf8"), stored);
  });

  test("other cases, or --again, test it once more", async () => {
    const other = await matrix.run(["good", "--role", "server", "--cases", "1.1.1"]);
    assert.match(other.stdout, /^good server: 1 pass/m);
    const again = await matrix.run(["good", "--role", "server", "--cases", "1.1.1", "--again"]);
    assert.match(again.stdout, /^good server: 1 pass/m);
    assert.equal(again.code, 0);
  });
});

const isLinux = process.platform === "linux" ? false : "the processes of a stack are watched on Linux only";

describe("limits", { skip: isLinux }, () => {
  const matrix = new Matrix(["greedy", "hangs", "many"]);

  test("a stack that takes too much memory is cut, and the reason says so", async () => {
    const { code } = await matrix.run(["greedy", "--cases", CASES, "--memory", "400"]);
    const { status, because, sections } = matrix.result("greedy");
    assert.equal(because, "It took more than 400 MiB of memory.");
    assert.ok(status !== "tested" && Object.keys(sections).length > 0);
    assert.equal(code, status === "failed" ? 1 : 0);
  });

  test("a stack that starts too many processes is cut, and the reason says so", async () => {
    await matrix.run(["many", "--cases", CASES, "--processes", "8"]);
    assert.equal(matrix.result("many").because, "It started more than 8 processes.");
  });

  test("a stack that hangs is cut when the time is over", async () => {
    await matrix.run(["hangs", "--cases", CASES, "--limit", "5"]);
    assert.equal(matrix.result("hangs").because, "The limit of 5 s was over.");
  });
});

/** Servers of stacks connect to it: it sees that they have begun and are gone, and says when they may listen. */
class Reins {
  readonly #waiting: ((socket: Socket) => void)[] = [];
  readonly #sockets: Socket[] = [];
  readonly port: number;

  private constructor(server: ReturnType<typeof createServer>) {
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (socket) => {
      socket.on("error", () => undefined);
      const waiter = this.#waiting.shift();
      if (waiter === undefined) this.#sockets.push(socket);
      else waiter(socket);
    });
  }

  static async open(context: TestContext): Promise<Reins> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    context.after(() => server.close());
    return new Reins(server);
  }

  get options(): SpawnOptions {
    return { env: { TEST_PORT: String(this.port) } };
  }

  /** The next server that has begun. */
  next(): Promise<Socket> {
    const socket = this.#sockets.shift();
    if (socket !== undefined) return Promise.resolve(socket);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.resume();
    socket.once("close", () => resolve());
  });
}

for (const signal of ["SIGKILL", "SIGINT"] as const) {
  test(`after ${signal} nothing is left, what was tested is kept, and the same command goes on`, async (context) => {
    const matrix = new Matrix(["good", "later"]);
    const reins = await Reins.open(context);
    let stop: () => void = () => undefined;
    const args = ["--role", "server", "--jobs", "1", "--cases", CASES];
    const running = matrix.run(args, {
      ...reins.options,
      onStdout: (_, child) => {
        stop = () => child.kill(signal);
      },
    });
    (await reins.next()).write("listen");
    const second = await reins.next();
    const isGone = gone(second);
    stop();
    const { code, stdout } = await running;
    await isGone;
    assert.equal(code, signal === "SIGKILL" ? null : 1);
    assert.equal(/^later server: interrupted$/m.test(stdout), signal === "SIGINT");
    assert.equal(matrix.result("good").status, "tested");
    assert.equal(storedResults(join(matrix.folder, "results"), "later"), undefined);

    const resumed = await matrix.run(args);
    assert.match(resumed.stdout, /^good server: unchanged/m);
    assert.match(resumed.stdout, /^later server: 3 pass/m);
    assert.equal(resumed.code, 0);
  });
}
