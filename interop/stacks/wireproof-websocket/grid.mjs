// Plays a scenario of the interop grid with this project's own endpoint, which offers permessage-deflate by default.
// Argument: the server's address.
import { Buffer } from "node:buffer";
import process from "node:process";
import { connect } from "@wireproof/websocket";

const url = process.argv[2];

const scenarios = {
  open: async () => close(await open()),
  text: async () => close(await echo(await open(), "Grüße, 世界 👋")),
  binary: async () => close(await echo(await open(), Buffer.from([...Array(256).keys()]))),
  async fragmented() {
    const ws = await open();
    await ws.sendStream(Array(16).fill("a".repeat(65_536)));
    await close(await expectMessage(ws, "a".repeat(1_048_576)));
  },
  async deflate() {
    const ws = await open();
    expect(
      "extension",
      String(ws.handshake.headers.get("sec-websocket-extensions")).split(";")[0],
      "permessage-deflate",
    );
    for (let times = 0; times < 3; times += 1) await echo(ws, "deflate ".repeat(2048));
    await close(ws);
  },
  async ping() {
    let hear;
    const heard = new Promise((resolve) => (hear = resolve));
    const ws = await open({ pong: (_, payload) => hear(Buffer.from(payload)) });
    ws.ping("wireproof");
    const payload = await Promise.race([heard, ws.data.end]);
    expect("payload of the Pong", String(payload), "wireproof");
    await close(ws);
  },
  async subprotocol() {
    const ws = await open({ protocols: ["chat.v1", "chat.v2"] });
    expect("subprotocol", ws.protocol, "chat.v2");
    await close(ws);
  },
  async "close-client"() {
    const ws = await open();
    ws.close(3000, "client done");
    const { code, wasClean } = await ws.data.end;
    expect("close code of the answer", code, 3000);
    expect("clean", wasClean, true);
  },
  async "close-server"() {
    const ws = await open();
    ws.send("bye");
    const { code, reason, wasClean } = await ws.data.end;
    expect("close code", code, 3001);
    expect("close reason", reason, "server done");
    expect("clean", wasClean, true);
  },
};

/** Connects. `data.end` is how the connection will have ended. */
async function open(options = {}) {
  let tell;
  const end = new Promise((resolve) => (tell = resolve));
  return connect(url, {
    ...options,
    data: { end },
    close: (ws, code, reason, wasClean) => tell({ code, reason, wasClean }),
  });
}

async function echo(ws, message) {
  ws.send(message);
  return expectMessage(ws, message);
}

async function expectMessage(ws, message) {
  const { value } = await ws[Symbol.asyncIterator]().next();
  expect("type of the echo", typeof value, typeof message);
  expect("echo", Buffer.from(value ?? "").toString("hex"), Buffer.from(message).toString("hex"));
  return ws;
}

/** Closes the connection and waits for a clean end. The code of the answer is up to the server. */
async function close(ws) {
  ws.close(1000);
  const { wasClean } = await ws.data.end;
  expect("clean", wasClean, true);
}

function expect(what, is, wanted) {
  if (is !== wanted)
    throw new Error(`${what}: ${String(is).slice(0, 80)}, not ${String(wanted).slice(0, 80)}`);
}

const scenario = process.env.WIREPROOF_SCENARIO;
if (!Object.hasOwn(scenarios, scenario)) process.exit(127);
try {
  await scenarios[scenario]();
  process.exit(0);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
