/**
 * Clients that tests start: `node client.js MODE URL …`. The name and the certificate for them are in
 * their environment.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { connect as connectTcp, type Socket } from "node:net";

import { connect } from "@wireproof/websocket";

import {
  rawClient,
  strictClient,
  walkWith,
  walkWs,
  type RawTraits,
  type WalkOptions,
} from "@wireproof/peers";

const [mode = "", url = "", ...rest] = process.argv.slice(2);
const { WIREPROOF_AGENT = "nobody", WIREPROOF_CA: caFile, AGENT: agent = WIREPROOF_AGENT } = process.env;
const ca = caFile === undefined ? {} : { ca: readFileSync(caFile, "utf8") };
const walking: WalkOptions = { url, agent, ...ca };

/** Ends the process in the middle of a case when a message of this length comes. */
function deadly(length: number, end: () => never): RawTraits {
  return {
    corrupts: (payload) => {
      if (payload.length === length) end();
      return payload;
    },
  };
}

function shout(): never {
  console.error("a deadly message: \u001b[31mthis is the end");
  process.exit(7);
}

function kill(): never {
  process.kill(process.pid, "SIGKILL");
  throw new Error("not reached");
}

/** Echoes, and ends the process if the connection does not open. */
function openOrExit(address: string, status: number): Promise<void> {
  return new Promise((resolve) => {
    connect(address, { message: (ws, data) => ws.send(data), close: () => resolve() }).catch(() =>
      process.exit(status),
    );
  });
}

/** Echoes. Never settles if something came; a case that has its result sends nothing. */
function hangAtCase(address: string): Promise<void> {
  return new Promise((resolve) => {
    let hasCome = false;
    connect(address, {
      message: (ws, data) => {
        hasCome = true;
        ws.send(data);
      },
      close: () => {
        if (!hasCome) resolve();
      },
    }).catch(() => resolve());
  });
}

function requestOf(target: string): string {
  const head = [
    `GET ${target} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    "Sec-WebSocket-Version: 13",
  ];
  return `${head.join("\r\n")}\r\n\r\n`;
}

/** The connection, if it was answered with another status than 101. */
async function refused(target: string): Promise<Socket | null> {
  const { hostname, port } = new URL(url);
  const socket = connectTcp(Number(port), hostname).on("error", () => undefined);
  socket.write(requestOf(target));
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.resume();
  if (!answer.toString("latin1").startsWith("HTTP/1.1 101 ")) return socket;
  socket.destroy();
  return null;
}

const MODES: Readonly<Record<string, () => Promise<unknown>>> = {
  walk: () => walkWs(walking),
  /** Answers no Ping, one case after the other. */
  pongless: () => walkWith(rawClient({ ignoresPings: true }), walking),
  /** Ends with a status at the first connection that cannot be opened. */
  aborts: async () => {
    const count = Number(await strictClient().ask(`${url}/getCaseCount`));
    for (let number = 1; number <= count; number++) {
      await openOrExit(`${url}/runCase?case=${number}&agent=${agent}`, Number(rest[0]));
    }
    await strictClient().ask(`${url}/updateReports?agent=${agent}`);
  },
  /** Opens one address, echoes, and ends with status 1 if it cannot be opened. */
  abortsOne: () => openOrExit(url, 1),
  /** Stays when it is through. */
  stay: async () => {
    await walkWs(walking);
    setInterval(() => undefined, 1000);
  },
  /** URL, length of the deadly message, connections. */
  dies: () =>
    walkWith(rawClient(deadly(Number(rest[0]), shout)), { ...walking, connections: Number(rest[1] ?? 1) }),
  /** Opens the next connection when the last one begins to close, asks for reports, and ends: nothing is waited for. */
  hurries: async () => {
    await walkWith(rawClient({ goesOnAtClose: true }), walking);
    process.exit(0);
  },
  /** The same, and answers no Close frame. */
  hurriesMute: async () => {
    await walkWith(rawClient({ goesOnAtClose: true, neverCloses: true }), walking);
    process.exit(0);
  },
  /** Asks for reports while its last case is in flight, and ends without waiting for them. */
  flees: async () => {
    const client = rawClient({ goesOnAtClose: true, neverCloses: true });
    const count = Number(await client.ask(`${url}/getCaseCount`));
    for (let number = 1; number <= count; number++) {
      await client.echo(`${url}/runCase?case=${number}&agent=${agent}`);
    }
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
      "Sec-WebSocket-Version": "13",
    };
    const report = request(`${url.replace("ws:", "http:")}/updateReports?agent=${agent}`, { headers });
    report.end();
    await once(report, "upgrade");
    process.exit(0);
  },
  /** Sends its next request on the connection of an answer that is not 101, as pools of connections do, and gets no answer. */
  pools: async () => {
    const client = rawClient();
    const count = Number(await client.ask(`${url}/getCaseCount`));
    let kept: Socket | null = null;
    for (let number = 1; number <= count; number++) {
      const target = `/runCase?case=${number}&agent=${agent}`;
      if (kept !== null) {
        const closed = once(kept, "close");
        kept.write(requestOf(target));
        await closed;
        kept = null;
      } else if (String(number) === rest[0]) kept = await refused(target);
      else await client.echo(`${url}${target}`);
    }
    await client.ask(`${url}/updateReports?agent=${agent}`);
  },
  /** Runs one case and asks for reports. */
  gives: async () => {
    await walkWith(rawClient(), { ...walking, cases: [1], report: "x=1" });
  },
  /** Ends with status 5 behind its first case, and has asked for no reports. */
  breaks: async () => {
    await rawClient().echo(`${url}/runCase?case=${rest[0]}&agent=${agent}`);
    process.exit(5);
  },
  /** Does nothing any more behind the third connection. */
  hangs: async () => {
    const client = rawClient();
    await client.ask(`${url}/getCaseCount`);
    await client.echo(`${url}/runCase?case=1&agent=${agent}`);
    await client.echo(`${url}/runCase?case=2&agent=${agent}`);
    setInterval(() => undefined, 1000);
  },
  /** Does nothing any more behind the first case that sends something. */
  hangsAtOnce: async () => {
    setInterval(() => undefined, 1000);
    const count = Number(await strictClient().ask(`${url}/getCaseCount`));
    for (let number = 1; number <= count; number++)
      await hangAtCase(`${url}/runCase?case=${number}&agent=${agent}`);
  },
  /** Runs its cases again and again. */
  endless: async () => {
    for (;;) await walkWs(walking);
  },
  /** Asks how many cases there are, for ever. */
  curious: async () => {
    for (;;) await rawClient().ask(`${url}/getCaseCount`);
  },
  /** Opens one URL and echoes; ends with the status that is given. */
  echo: async () => {
    await rawClient().echo(url);
    process.exit(Number(rest[0] ?? 0));
  },
  /** Opens one URL and takes whatever comes, without an echo. */
  mute: () => rawClient().ask(url),
  /** As echo, and stays. */
  echoStays: async () => {
    setInterval(() => undefined, 1000);
    process.on("SIGTERM", () => undefined);
    await rawClient().echo(url);
  },
  /** The same, over and over. */
  echoAgain: async () => {
    for (;;) await rawClient().echo(url);
  },
  /** The same, and is killed by a message of the length that is given. */
  echoKilled: () => rawClient(deadly(Number(rest[0]), kill)).echo(url),
  /** Prints 8 MB, then walks. A pipe takes them no faster than they are read, so it waits until all are written. */
  chatty: async () => {
    const line = `${"x".repeat(1023)}\n`;
    await new Promise((resolve) => process.stdout.write(line.repeat(8192), resolve));
    await walkWs(walking);
  },
};

await MODES[mode]?.();
