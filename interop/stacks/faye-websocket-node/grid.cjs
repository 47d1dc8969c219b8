// Plays a scenario of the interop grid with the npm packages faye-websocket and permessage-deflate. They send no
// fragments. Argument: the server's address.
const { Client } = require("faye-websocket");
const deflate = require("permessage-deflate");

const url = process.argv[2];

const scenarios = {
  open: async () => close(await open()),
  text: async () => close(await echo(await open(), "Grüße, 世界 👋")),
  binary: async () => close(await echo(await open(), Buffer.from([...Array(256).keys()]))),
  async deflate() {
    const socket = await open([], { extensions: [deflate] });
    const agreed = String(socket.headers["sec-websocket-extensions"]);
    expect("extension", agreed.split(";")[0], "permessage-deflate");
    for (let times = 0; times < 3; times += 1) await echo(socket, "deflate ".repeat(2048));
    await close(socket);
  },
  async ping() {
    const socket = await open();
    // It is called when a Pong with this payload has come.
    await new Promise((resolve, reject) => {
      socket.ping("wireproof", resolve);
      next(socket, "close").then(() => reject(new Error("closed before the Pong")), reject);
    });
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
    const { code } = await next(socket, "close");
    expect("close code of the answer", code, 3000);
  },
  async "close-server"() {
    const socket = await open();
    socket.send("bye");
    const { code, reason } = await next(socket, "close");
    expect("close code", code, 3001);
    expect("close reason", reason, "server done");
  },
};

async function open(subprotocols = [], options = {}) {
  const socket = new Client(url, subprotocols, options);
  await next(socket, "open");
  return socket;
}

async function echo(socket, message) {
  socket.send(message);
  const { data } = await next(socket, "message");
  expect("type of the echo", typeof data, typeof message);
  expect("echo", String(data), String(message));
  return socket;
}

/** Closes the connection and waits for its end. 1006 stands for no answer; any other code is up to the server. */
async function close(socket) {
  socket.close(1000);
  const { code } = await next(socket, "close");
  if (code === 1006) throw new Error("the end without a Close frame");
}

/** The next event of this name; an error if the connection ends before. */
function next(socket, name) {
  return new Promise((resolve, reject) => {
    socket.once(name, resolve);
    socket.once("error", ({ message }) => reject(new Error(message)));
    socket.once("close", ({ code }) => reject(new Error(`closed with ${code} before "${name}"`)));
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
