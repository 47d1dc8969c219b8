// Plays a scenario of the interop grid with the npm package nodejs-websocket. It has no permessage-deflate, and sends fragments
// of binary messages only. It does not tell the code of the answer to a Close frame. Argument: the server's address.
const events = require("node:events");
const ws = require("nodejs-websocket");

const url = process.argv[2];

const scenarios = {
  open: async () => close(await open()),
  async text() {
    const connection = await open();
    connection.sendText("Grüße, 世界 👋");
    const [text] = await next(connection, "text");
    expect("echo", text, "Grüße, 世界 👋");
    await close(connection);
  },
  async binary() {
    const connection = await open();
    const octets = Buffer.from([...Array(256).keys()]);
    connection.sendBinary(octets);
    const [stream] = await next(connection, "binary");
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    expect("echo", Buffer.concat(pieces).toString("hex"), octets.toString("hex"));
    await close(connection);
  },
  async ping() {
    const connection = await open();
    connection.sendPing("wireproof");
    const [payload] = await next(connection, "pong");
    expect("payload of the Pong", payload, "wireproof");
    await close(connection);
  },
  async subprotocol() {
    const connection = await open({ protocols: ["chat.v1", "chat.v2"] });
    expect("subprotocol", connection.protocol, "chat.v2");
    await close(connection);
  },
  "close-client": async () => close(await open(), 3000, "client done"),
  async "close-server"() {
    const connection = await open();
    const ended = events.once(connection.socket, "close");
    connection.sendText("bye");
    const [code, reason] = await next(connection, "close");
    expect("close code", code, 3001);
    expect("close reason", reason, "server done");
    await ended;
  },
};

async function open(options = {}) {
  const connection = ws.connect(url, options);
  await next(connection, "connect");
  return connection;
}

/** Closes the connection and waits for its end. The event "close" comes at once, so the socket has to tell. */
async function close(connection, code = 1000, reason = "") {
  const ended = events.once(connection.socket, "close");
  connection.close(code, reason);
  await ended;
}

/** The next event of this name; an error if the connection ends before. */
function next(connection, name) {
  return new Promise((resolve, reject) => {
    connection.once(name, (...values) => resolve(values));
    connection.once("error", reject);
    connection.once("close", (code) => reject(new Error(`closed with ${code} before "${name}"`)));
  });
}

function expect(what, is, wanted) {
  if (is !== wanted)
    throw new Error(`${what}: ${String(is).slice(0, 80)}, not ${String(wanted).slice(0, 80)}`);
}

async function main() {
  const scenario = process.env.WIREPROOF_SCENARIO;
  if (!Object.hasOwn(scenarios, scenario)) process.exit(127);
  try {
    await scenarios[scenario]();
    process.exit(0);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

void main();
