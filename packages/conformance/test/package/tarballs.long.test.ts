/** What is published, from `npm pack` in a fresh clone to the lines of the READMEs. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { after, before, suite, test } from "node:test";

import { mintCertificate, freePort } from "@wireproof/peers";
import { createServer, type Server, type ServerOptions } from "@wireproof/websocket";
import { temporaryFolder } from "../cli/temporary-folder.js";
import {
  PUBLISHED,
  ROOT,
  cloneInto,
  environment,
  install,
  linkDependencies,
  manifestIn,
  npm,
  packAll,
  runIn,
} from "./packed.js";
import { abridge, readReadme } from "./readme.js";

/** Pages of docs/ whose lines and programs are run, too: those on which a reader begins. */
const PAGES = ["test-a-server.md", "results.md", "test-a-client.md", "library.md"];
/** The adapters whose declarations need no framework. */
const ADAPTERS = ["fastify", "graphql-ws", "koa", "middleware", "nestjs", "trpc"].map(
  (name) => `@wireproof/adapters/${name}`,
);
/** What the READMEs call server.js: an echo server at the port of its environment. */
const SERVER = `
  import { createServer } from "@wireproof/websocket";
  const server = createServer({ message: (ws, data) => ws.send(data) });
  await server.listen(Number(process.env.PORT), "127.0.0.1");
`;
/** What they call client.js: it walks through the cases of the tester at its argument. */
const CLIENT = `
  import { connect } from "@wireproof/websocket";
  const [, , url] = process.argv;
  const visit = async (path, onMessage) => {
    const ws = await connect(url + path);
    for await (const message of ws) onMessage(message, ws);
  };
  let count = 0;
  await visit("/getCaseCount", (text) => (count = Number(text)));
  for (let number = 1; number <= count; number++)
    await visit("/runCase?agent=client&case=" + number, (message, ws) => ws.send(message));
  await visit("/updateReports?agent=client", () => {});
`;
/** What they call echo-client.js: it opens the one address at its argument, over HTTP/2 where it can, and echoes. */
const ECHO_CLIENT = `
  import { connect } from "@wireproof/websocket";
  const ws = await connect(process.argv[2], { http2: true });
  for await (const message of ws) ws.send(message);
`;

const folder = temporaryFolder();
const clone = join(folder, "clone");
/** An empty folder, after the installation. */
const application = join(folder, "application");
const installed = (name: string): string => join(application, "node_modules", name);
const read = (name: string, file: string): string => readFileSync(join(installed(name), file), "utf8");

test("a clone without the compiler packs nothing and says what to do", async () => {
  cloneInto(clone);
  for (const workspace of PUBLISHED.values()) {
    await assert.rejects(npm(clone, "pack", "-w", workspace), (error: { code: number; stderr: string }) => {
      assert.equal(error.code, 1);
      assert.match(error.stderr, /nothing was built or packed: run npm ci first/);
      return true;
    });
  }
  assert.deepEqual(
    readdirSync(clone).filter((name) => name.endsWith(".tgz")),
    [],
  );
});

suite("the tarballs of a clone that nobody has built", () => {
  before(async () => {
    linkDependencies(clone);
    await install(await packAll(clone), application);
  });

  test("bring one package that is not ours", () => {
    const lock = JSON.parse(readFileSync(installed(".package-lock.json"), "utf8")) as { packages: object };
    assert.deepEqual(
      Object.keys(lock.packages),
      ["@wireproof/adapters", "@wireproof/websocket", "@wireproof/ws", "wireproof", "ws", "zod"].map(
        (name) => `node_modules/${name}`,
      ),
    );
  });

  for (const [name, source] of PUBLISHED) {
    test(`${name} is what its sources make, with README and LICENSE, and nothing else`, () => {
      const files = filesIn(installed(name));
      // A folder may have a package.json of its own, for tools that do not know of exports.
      const code = files.filter((file) => /^(?:dist|bin|schema)\/|\/package\.json$/.test(file));
      assert.deepEqual(
        files.filter((file) => !code.includes(file)),
        ["LICENSE", "README.md", "package.json"],
      );
      for (const file of code) {
        assert.match(
          file,
          /^(?:bin\/\w+\.js|schema\/\w+\.json|dist\/report-ui\/\w+\.html|dist\/.+\.[cm]?js|dist\/.+\.d\.[cm]?ts|\w+\/package\.json)$/,
        );
        assert.doesNotMatch(read(name, file), /^\/\/# sourceMappingURL=/m, file);
        const [, module] = /^dist\/(src\/.+?)(?:\.d)?\.[jt]s$/.exec(file) ?? [];
        if (module !== undefined) assert.ok(existsSync(join(ROOT, source, `${module}.ts`)), file);
      }
      assert.equal(read(name, "LICENSE"), readFileSync(join(ROOT, "LICENSE"), "utf8"));
    });

    test(`${name} says where it comes from, and has every file that it names`, () => {
      const manifest = manifestIn(installed(name));
      const { repository, homepage, bugs, publishConfig } = manifest;
      const home = "https://github.com/wireproof/wireproof";
      assert.deepEqual(repository, { type: "git", url: `git+${home}.git`, directory: source });
      assert.equal(homepage, `${home}/tree/main/${source}#readme`);
      assert.deepEqual(bugs, { url: `${home}/issues` });
      assert.deepEqual(publishConfig, { access: "public", provenance: true });
      const named = ["main", "types", "module", "bin", "exports", "browser"].flatMap((field) =>
        pathsIn(manifest[field]),
      );
      assert.ok(named.length > 0);
      for (const path of named) assert.ok(existsSync(join(installed(name), path)), path);
    });

    test(`the links in the README of ${name} lead somewhere`, () => {
      const links = [...read(name, "README.md").matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
      assert.ok(links.length > 0);
      for (const link of links) {
        // On the page of a registry, and in node_modules, relative ones lead nowhere.
        assert.match(link, /^https:\/\//);
        const [, path] = /^https:\/\/github\.com\/wireproof\/wireproof\/blob\/main\/([^#]+)/.exec(link) ?? [];
        if (path !== undefined) assert.ok(existsSync(join(ROOT, path)), link);
      }
    });
  }

  test("the declarations compile, those of the dependency included", async () => {
    const entries = [...PUBLISHED.keys()].flatMap((name) =>
      name === "@wireproof/adapters" ? ADAPTERS : name,
    );
    const program = [...entries, "@wireproof/websocket/ws", "ws"]
      .map((name, index) => `import * as all${index} from "${name}";\nvoid all${index};\n`)
      .join("");
    writeFileSync(join(application, "program.ts"), program);
    const options =
      "--noEmit --strict --module nodenext --target es2022 --types node --skipLibCheck false".split(" ");
    const typeRoots = ["--typeRoots", join(ROOT, "node_modules/@types")];
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    await runIn(application, process.execPath, tsc, ...options, ...typeRoots, "program.ts");
  });

  suite("the lines of the READMEs do what they say", () => {
    const servers: Server[] = [];
    let [echoPort, tlsPort] = [0, 0];
    before(async () => {
      echoPort = await startEcho({});
      const { cert, key } = await mintCertificate();
      tlsPort = await startEcho({ tls: { cert, key } });
      writeFileSync(join(application, "server.js"), SERVER);
      writeFileSync(join(application, "client.js"), CLIENT);
      writeFileSync(join(application, "echo-client.js"), ECHO_CLIENT);
    });
    after(() => Promise.all(servers.map((server) => server.close())));

    /** An echo server of both versions of HTTP; resolves with its port. */
    async function startEcho(options: Pick<ServerOptions, "tls">): Promise<number> {
      const server = createServer({ ...options, message: (ws, data) => ws.send(data) });
      servers.push(server);
      const { port } = await server.listen({ port: 0, host: "127.0.0.1", http2: true });
      return port;
    }

    const readmes = [
      ...[".", ...PUBLISHED.values()].map((source) => ({ source, page: "README.md" })),
      ...PAGES.map((page) => ({ source: "docs", page })),
    ].map(({ source, page }) => ({ name: join(source, page), ...readReadme(join(ROOT, source, page)) }));
    // Those of npm install what is installed here, or belong into the repository.
    const commands = new Set(
      readmes.flatMap((readme) => readme.commands.filter((line) => !line.startsWith("npm "))),
    );
    for (const command of commands) {
      test(command, async () => {
        const port = command.includes("--start") ? await freePort() : echoPort;
        const line = abridge(command, port, tlsPort);
        if (line.startsWith("npx wireproof serve"))
          await interruptedWhen(line, /clients are tested at wss?:/);
        else await runIn(application, "sh", "-c", line);
      });
    }

    for (const { name, programs } of readmes) {
      for (const [index, program] of programs.entries()) {
        // A client of the tester, for later versions of Node: it is not for the echo server here.
        if (program.includes("WIREPROOF_URL")) continue;
        test(`program ${index + 1} of ${name}`, async () => {
          const file = `${name.replaceAll(/\W/g, "-")}-${index}.${program.includes("require(") ? "cjs" : "mjs"}`;
          writeFileSync(join(application, file), abridge(program, echoPort, tlsPort));
          const { stdout, stderr } = await runIn(application, process.execPath, file);
          assert.equal(stderr, "");
          // What is printed stands behind the line that prints it; where nothing does, that anything is.
          const expected = [...program.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(
            ([, text]) => `${text}\n`,
          );
          if (expected.length > 0) assert.equal(stdout, expected.join(""));
          else assert.notEqual(stdout, "");
        });
      }
    }
  });
});

function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .sort();
}

/** Every path that a field of a manifest names, however deep. */
function pathsIn(field: unknown): string[] {
  if (typeof field === "string") return [field];
  return typeof field === "object" && field !== null ? Object.values(field).flatMap(pathsIn) : [];
}

/** Runs a line that goes on until Ctrl-C, which comes as soon as it has said `said`; it has to end then. */
async function interruptedWhen(line: string, said: RegExp): Promise<void> {
  // A group of its own, as in a terminal.
  const child = spawn("sh", ["-c", line], {
    cwd: application,
    env: environment(application),
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      const before = output;
      output += text;
      if (!said.test(before) && said.test(output)) process.kill(-(child.pid ?? assert.fail()), "SIGINT");
    });
  }
  await once(child, "close");
  assert.match(output, said);
}
