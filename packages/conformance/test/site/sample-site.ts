/** Results, reviews and stacks for tests of the site: those of a real run, and others made of them. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { scriptLines } from "../../src/cli/script-text.js";
import type {
  GridResults,
  ProxyResults,
  Review,
  RoleResult,
  StackResults,
  StoredFinding,
} from "../../src/matrix/results.js";
import { readSiteData } from "../../src/site/site-data.js";
import { writeSite } from "../../src/site/write-site.js";

/** A run of the suite against nodejs-websocket 1.7.2, with six of its findings. Read from beside the sources. */
const STORED = fileURLToPath(new URL("../../../test/data/stored-stack.json", import.meta.url));

/** What would be an element, an attribute, or a picture from elsewhere if it were not escaped. */
export const HOSTILE = `<img src="https://evil.example/x" onerror="alert(1)"><script>alert(1)</script>"'\u202e&amp;`;

/** The six findings of the run, by what each is for in the sample. */
export const FINDINGS = {
  fault: "6455-6.2-1/no-close-answer/server",
  oldReview: "6455-5.5-1/violation/server",
  ofProgram: "6455-4.2.2-4/handshake-faulty/server",
  unreviewed: "6455-5.5.1-8/tcp-left-open/server",
  advice: "6455-10.7-2/wrong-close-code/server",
} as const;

export function storedRun(): RoleResult {
  const [role] = (JSON.parse(readFileSync(STORED, "utf8")) as StackResults).roles;
  if (role === undefined) throw new Error(`there is no role in ${STORED}`);
  return role;
}

export interface SampleSite {
  readonly results: string;
  readonly stacks: string;
  readonly out: string;
  /** How many pages were written. */
  readonly pages: number;
}

/** Writes data with every kind of thing in it into a folder, and the site of them. */
export async function sampleSite(folder: string): Promise<SampleSite> {
  const real = storedRun();
  const results = join(folder, "results");
  const stacks = join(folder, "interop/stacks");
  const hostile: RoleResult = {
    ...real,
    version: HOSTILE,
    status: "cut",
    because: HOSTILE,
    findings: real.findings.map(hostileFinding),
  };
  const { because: _, ...whole } = real;
  const client: RoleResult = {
    ...whole,
    status: "tested",
    role: "client",
    findings: [],
    cases: {},
    sections: { "7": { pass: 37 } },
  };
  const failed: RoleResult = {
    ...real,
    over: "http2",
    status: "failed",
    because: "The server could not be built.",
    sections: {},
    cases: {},
    findings: [],
  };
  const earlier = {
    role: "server",
    over: "http1",
    version: "1.7.1",
    suite: real.suite,
    day: "2026-01-02",
    totals: { pass: 480, fail: 180 },
    findings: [FINDINGS.fault, "6455-5.5.2-1/no-close-answer/server"],
  } as const;
  writeStack(stacks, "real", "nodejs-websocket", { roles: ["server", "client"], http2: false });
  writeStack(stacks, "hostile", HOSTILE, { roles: ["server"], http2: true });
  writeStack(stacks, "absent", "Not installed", { roles: ["client"], http2: false });
  write(results, "stacks/real.json", {
    stack: "real",
    roles: [client, real],
    history: [earlier],
  } satisfies StackResults);
  write(results, "stacks/hostile.json", {
    stack: "hostile",
    roles: [hostile, failed],
    history: [],
  } satisfies StackResults);
  write(results, "reviews/real.json", { stack: "real", reviews: reviewsOf(real) });
  write(results, "grid.json", grid());
  write(results, "proxies/hostile.json", proxy(real));
  const out = join(folder, "out");
  mkdirSync(out, { recursive: true });
  const data = readSiteData(results, stacks);
  return { results, stacks, out, pages: await writeSite(data, { results, scriptOf: scriptLines }, out) };
}

export function reviewsOf({ version }: RoleResult): readonly Review[] {
  const review = {
    role: "server",
    over: "http1",
    fault: "stack",
    by: "RFC 6455 §5.5.1",
    says: "It closes TCP and sends no Close frame.",
    cases: "25.1.2.1, 25.1.2.2, 25.1.3.1",
    version,
    day: "2026-11-30",
  } as const;
  return [
    { ...review, finding: FINDINGS.fault },
    { ...review, finding: FINDINGS.oldReview, cases: "7.3.6", version: "1.7.1" },
    { ...review, finding: FINDINGS.ofProgram, cases: "20.5.6", fault: "program" },
  ];
}

/** Writes a manifest and a program into a folder of stacks. */
export function writeStack(
  stacks: string,
  folder: string,
  name: string,
  { roles, http2 }: { readonly roles: readonly ("server" | "client")[]; readonly http2: boolean },
): void {
  const programs = Object.fromEntries(
    roles.map((role) => [
      role,
      { files: ["program.js"], start: `node program.js ${role === "server" ? "{port}" : "{url}"}` },
    ]),
  );
  write(stacks, `${folder}/stack.json`, {
    name,
    language: folder === "hostile" ? HOSTILE : "JavaScript",
    homepage: "https://example.org/stack",
    licence: "MIT",
    packages: [{ from: "npm", name: "stack", version: "1.0.0" }],
    versionOf: "stack",
    ...programs,
    ...(http2 ? { http2: programs } : {}),
    settings: ["Messages up to 64 MiB are allowed."],
    limits: [],
  });
  writeFileSync(join(stacks, folder, "program.js"), "");
}

export function write(folder: string, name: string, value: unknown): void {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
}

function hostileFinding(finding: StoredFinding): StoredFinding {
  const { evidence } = finding;
  return {
    ...finding,
    because: HOSTILE,
    hint: HOSTILE,
    evidence: {
      ...evidence,
      because: HOSTILE,
      answer: HOSTILE,
      wire: [{ at: 1, entry: { dir: "=", note: HOSTILE } }, ...evidence.wire.slice(1)],
    },
  };
}

function grid(): GridResults {
  return {
    day: "2026-11-30",
    suite: "0.1.0",
    clients: { real: "1.7.2" },
    servers: { real: "1.7.2", hostile: HOSTILE },
    scenarios: { open: "Opens and closes.", ping: "Sends a Ping.", text: HOSTILE },
    pairs: [
      {
        client: "real",
        server: "real",
        scenarios: [
          { scenario: "open", outcome: "works" },
          { scenario: "ping", outcome: "unsupported" },
          {
            scenario: "text",
            outcome: "fails",
            fault: "server",
            requirement: "6455-6.2-1",
            because: "No Close frame",
            wire: ["> CLOSE 1000", "< FIN"],
          },
        ],
      },
      {
        client: "real",
        server: "hostile",
        scenarios: [
          {
            scenario: "open",
            outcome: "works",
            offences: [{ side: "client", requirement: "6455-5.3-1", because: HOSTILE }],
          },
          { scenario: "ping", outcome: "fails", fault: null, because: HOSTILE, wire: [HOSTILE] },
          {
            scenario: "text",
            outcome: "fails",
            fault: "client",
            requirement: "6455-5.3-1",
            because: HOSTILE,
          },
        ],
      },
    ],
  };
}

function proxy(real: RoleResult): ProxyResults {
  const [finding] = real.findings;
  return {
    stack: "hostile",
    version: HOSTILE,
    path: "HTTP/1.1",
    folder: "0".repeat(64),
    suite: "0.1.0",
    set: real.set,
    startedAt: real.startedAt,
    status: "tested",
    sections: { "7": { pass: 36, fail: 1 } },
    differences: [
      {
        case: "7.1.1",
        direct: "pass",
        through: "fail",
        because: HOSTILE,
        ...(finding === undefined ? {} : { evidence: finding.evidence }),
      },
    ],
    probes: [{ name: "half-close", outcome: "broken", seen: HOSTILE }],
  };
}
