// Plays a scenario of the interop grid with the npm package ws, or with what has its API.
// Arguments: the server's address, and the name of the package.
const WebSocket = require(process.argv[3]);

const url = process.argv[2];

const scenarios = {
  open: async () => close(await open()),
  text: async () => close(await echo(await open(), "Grüße, 世界 👋")),
  binary: async () => close(await echo(await open(), Buffer.from([...Array(256).keys()]))),
  async fragmented() {
    const socket = await open();
    for (let left = 16; left > 0; left -= 1) socket.send("a".repeat(65_536), { fin: left === 1 });
    await close(await expectMessage(socket, "a".repeat(1_048_576)));
  },
  async deflate() {
    // The package offers permessage-deflate by default.
    const socket = await open();
    expect("extension", socket.extensions, "permessage-deflate");
    for (let times = 0; times < 3; times += 1) await echo(socket, "deflate ".repeat(2048));
    await close(socket);
  },
  async ping() {
    const socket = await open();
    socket.ping("wireproof");
    const [payload] = await next(socket, "pong");
    expect("payload of the Pong", String(payload), "wireproof");
    await close(socket);
  },
  async subprotocol() {
    const socket = await open(["chat.v1", "chat.v2"]);
    expect("subprotocol", socket.protocol, "chat.v2");
    await close(socket);
  },
  async "close-client"() {
    const socket = await open();
    socket.close(3000, "client done");
    const [code] = await next(socket, "close");
    expect("close code of the answer", code, 3000);
  },
  async "close-server"() {
    const socket = await open();
    socket.send("bye");
    const [code, reason] = await next(socket, "close");
    expect("close code", code, 3001);
    expect("close reason", String(reason), "server done");
  },
};

async function open(subprotocols = []) {
  const socket = new WebSocket(url, subprotocols);
  await next(socket, "open");
  return socket;
}

async function echo(socket, message) {
  socket.send(message);
  return expectMessage(socket, message);
}

async function expectMessage(socket, message) {
  const [data, isBinary] = await next(socket, "message");
  expect("type of the echo", isBinary ? "binary" : "text", typeof message === "string" ? "text" : "binary");
  expect("echo", String(data), String(message));
  return socket;
}

/** Closes the connection and waits for its end. 1006 stands for no answer; any other code is up to the server. */
async function close(socket) {
  socket.close(1000);
  const [code] = await next(socket, "close");
  if (code === 1006) throw new Error("the end without a Close frame");
}

/** The next event of this name; an error if the connection ends before. */
function next(socket, name) {
  return new Promise((resolve, reject) => {
    socket.once(name, (...values) => resolve(values));
    socket.once("error", reject);
    socket.once("close", (code) => reject(new Error(`closed with ${code} before "${name}"`)));
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
