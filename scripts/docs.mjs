/**
 * Writes the reference pages in docs/reference, those of the suite from its compiled data, those of the API from the
 * published declarations, and docs/findings.md from interop/results. With --check it writes nothing, names the pages that
 * are stale, and exits 1 if there are any.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { COMMANDS } from "../packages/conformance/dist/src/cli/commands.js";
import { casesPages, requirementsPage } from "../packages/conformance/dist/src/cli/reference-cases.js";
import { cliPage } from "../packages/conformance/dist/src/cli/reference.js";
import { CASES } from "../packages/conformance/dist/src/cases/index.js";
import { apiPages } from "./api-pages.mjs";
import { findingsPage } from "./findings-page.mjs";
import { compressIds } from "../packages/conformance/dist/src/report/layout.js";
import { casesFor, selectCases } from "../packages/conformance/dist/src/case/select.js";
import {
  CLIENT_DEFLATE_FAULTS,
  CLIENT_FAULTS,
  CLIENT_FRAME_FAULTS,
  CLIENT_NEGOTIATION_FAULTS,
  DEFLATE_FAULTS,
  FAULTS,
  HANDSHAKE_FAULTS,
  HTTP2_FAULTS,
  KEEPALIVE_FAULTS,
  KEY_FAULTS,
  NEGOTIATION_FAULTS,
  URL_FAULTS,
} from "../packages/peers/dist/src/index.js";

const FOLDER = fileURLToPath(new URL("../docs/reference/", import.meta.url));

/** The kill matrix: families of peers with one fault each, and the cases that find each fault. */
const FAMILIES = [
  {
    title: "A strict echo server",
    faults: FAULTS,
    text: "A strict echo server with one fault each. The cases of sections 24 and later without permessage-deflate that fail with it are these and no others; without the fault none fails. A test plays all of it (`integration/strict-mutants`).",
  },
  {
    title: "An echo server with permessage-deflate",
    faults: DEFLATE_FAULTS,
    text: "A strict echo server that decompresses with a decoder of its own, with one fault each. The cases with permessage-deflate in sections 24 and later that fail with it are these and no others; without the fault none fails. A test plays all of it (`integration/deflate-mutants`).",
  },
  {
    title: "A client with careless keys",
    faults: KEY_FAULTS,
    text: "A client that chooses its keys carelessly. No case fails with it: these are rules of every connection, and a run names what breaks them at its end. A test plays all of it (`integration/every-connection`).",
  },
  {
    title: "A strict client",
    faults: CLIENT_FAULTS,
    text: "A client that checks everything about the opening handshake, with one fault each. The cases of section 22 that fail with it are these and no others; without the fault none fails. A test plays all of it (`integration/strict-clients`).",
  },
  {
    title: "A client and its URL",
    faults: URL_FAULTS,
    text: "A client that gets the URL of each case, with one fault each. The cases about URLs that fail with it, or are non-strict, are these and no others; without the fault none fails. A test plays all of it (`integration/client-urls`).",
  },
  {
    title: "A client that echoes",
    faults: CLIENT_FRAME_FAULTS,
    peer: "client",
    text: "A strict echo client with one fault each, played in the cases named here: it fails all of them. Without a fault it passes every case of sections 24 to 30. A test plays all of it (`integration/client-mutants`).",
  },
  {
    title: "A client with permessage-deflate",
    faults: CLIENT_DEFLATE_FAULTS,
    peer: "client",
    text: "A strict echo client that decompresses with a decoder of its own, with one fault each, played in the cases named here: it fails all of them. Without a fault it passes every case with permessage-deflate in sections 24 to 32. The same test plays all of it.",
  },
  {
    title: "A server's opening handshake",
    faults: HANDSHAKE_FAULTS,
    text: "A server whose opening handshake is strict, with one fault each. The cases of section 20 that fail with it, or are non-strict, are these and no others; without the fault all pass. A test plays all of it (`integration/handshake-mutants`).",
  },
  {
    title: "A server over HTTP/2",
    faults: HTTP2_FAULTS,
    text: "An echo server over HTTP/2 with one fault each. The cases of section 35.1 that fail with it, or are non-strict, are these and no others; without the fault all pass. A test plays all of it (`integration/http2-mutants`).",
  },
  {
    title: "A server that sends Pings",
    faults: KEEPALIVE_FAULTS,
    text: "An echo server that sends Pings by itself, with one fault each. The cases that need such a server and fail with it are these and no others; without the fault none fails. A test plays all of it (`integration/keepalive`).",
  },
  {
    title: "A server that negotiates",
    faults: NEGOTIATION_FAULTS,
    text: "An echo server that negotiates subprotocols and permessage-deflate, with one fault each. The cases of sections 21 and 31 that fail with it are these and no others; without the fault none fails. A test plays all of it (`integration/negotiation-mutants`).",
  },
  {
    title: "A client that negotiates",
    faults: CLIENT_NEGOTIATION_FAULTS,
    text: "A client that offers permessage-deflate and checks the answer, with one fault each. The cases of section 31 that fail with it are these and no others; without the fault none fails. The same test plays all of it.",
  },
];

const pages = new Map([
  ["cli.md", cliPage(COMMANDS)],
  ...casesPages(CASES),
  ["requirements.md", requirementsPage(CASES)],
  ["faults.md", faultsPage()],
  ["../findings.md", findingsPage()],
]);

const api = await apiPages();
if (api === undefined)
  process.stderr.write(
    "docs/reference/api: skipped, TypeDoc is not installed: npm ci --ignore-scripts --prefix toolchains\n",
  );
for (const [name, text] of api ?? []) pages.set(`api/${name}`, text);

if (process.argv.includes("--check")) check();
else write();

function write() {
  for (const folder of ["api", "cases"]) mkdirSync(join(FOLDER, folder), { recursive: true });
  for (const name of superfluous()) rmSync(join(FOLDER, name));
  for (const [name, text] of pages) writeFileSync(join(FOLDER, name), text);
}

function check() {
  const stale = [...pages].filter(([name, text]) => stored(name) !== text).map(([name]) => name);
  const wrong = [...stale, ...superfluous()];
  if (wrong.length === 0) return;
  process.stderr.write(
    `stale, run npm run docs: ${wrong.map((name) => join("docs/reference", name)).join(", ")}\n`,
  );
  process.exitCode = 1;
}

/** Pages that are there and are not made any more. */
function superfluous() {
  return readdirSync(FOLDER, { encoding: "utf8", recursive: true })
    .filter((name) => (api === undefined ? /^cases.+\.md$/ : /^(api|cases).+\.md$/).test(name))
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => !pages.has(name));
}

function faultsPage() {
  // Rules of every connection have ids, too, and are no cases.
  const idsOf = (patterns, peer) => {
    const selection = selectCases(CASES, { include: [patterns], exclude: [] });
    if (!selection.ok) return patterns;
    const cases = peer === undefined ? selection.cases : casesFor(peer, selection.cases);
    const ids = (some) => some.map(({ id }) => id);
    return compressIds(ids(cases), ids(CASES));
  };
  const rowsOf = (faults, peer) =>
    Object.entries(faults).map(
      ([name, { does, caughtBy, isBroad }]) =>
        `| \`${name}\` | ${does} | ${idsOf(caughtBy, peer)}${isBroad ? ", and others" : ""} |`,
    );
  return [
    "# Faults that the cases find",
    "<!-- Generated by `npm run docs`. -->",
    ...FAMILIES.flatMap(({ title, faults, text, peer }) => [
      `## ${title}`,
      text,
      [
        "| fault | what the peer does | cases that fail |",
        "| --- | --- | --- |",
        ...rowsOf(faults, peer),
      ].join("\n"),
    ]),
    "",
  ]
    .join("\n\n")
    .replace(/\n\n$/, "\n");
}

function stored(name) {
  try {
    return readFileSync(join(FOLDER, name), "utf8");
  } catch {
    return undefined;
  }
}
