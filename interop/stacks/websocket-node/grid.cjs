// Plays a scenario of the interop grid with the npm package websocket (WebSocket-Node). It has no permessage-deflate, and
// sends a message above 16 KiB in fragments by itself. Argument: the server's address.
const { client: WebSocketClient } = require("websocket");

const url = process.argv[2];

const scenarios = {
  open: async () => close(await open()),
  text: async () => close(await echo(await open(), "Grüße, 世界 👋")),
  binary: async () => close(await echo(await open(), Buffer.from([...Array(256).keys()]))),
  fragmented: async () => close(await echo(await open(), "a".repeat(1_048_576))),
  async ping() {
    const connection = await open();
    connection.ping("wireproof");
    const [payload] = await next(connection, "pong");
    expect("payload of the Pong", String(payload), "wireproof");
    await close(connection);
  },
  async subprotocol() {
    const connection = await open(["chat.v1", "chat.v2"]);
    expect("subprotocol", connection.protocol, "chat.v2");
    await close(connection);
  },
  async "close-client"() {
    const connection = await open();
    connection.close(3000, "client done");
    const [code] = await next(connection, "close");
    // The package does not tell the code of the answer: this is its own.
    expect("close code", code, 3000);
  },
  async "close-server"() {
    const connection = await open();
    connection.send("bye");
    const [code, reason] = await next(connection, "close");
    expect("close code", code, 3001);
    expect("close reason", reason, "server done");
  },
};

function open(subprotocols = []) {
  return new Promise((resolve, reject) => {
    const client = new WebSocketClient();
    client.on("connect", resolve);
    client.on("connectFailed", reject);
    client.connect(url, subprotocols);
  });
}

async function echo(connection, message) {
  connection.send(message);
  const [{ type, utf8Data, binaryData }] = await next(connection, "message");
  expect("type of the echo", type, typeof message === "string" ? "utf8" : "binary");
  expect("echo", utf8Data ?? String(binaryData), String(message));
  return connection;
}

/** Closes the connection and waits for its end. 1006 stands for no answer; any other code is up to the server. */
async function close(connection) {
  connection.close(1000);
  const [code] = await next(connection, "close");
  if (code === 1006) throw new Error("the end without a Close frame");
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
    console.error(error.message.split("\n")[0]);
    process.exit(1);
  }
}

void main();
