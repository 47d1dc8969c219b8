// The scenarios of the interop grid that the standard WebSocket can play; it sends no fragments. A function each, which takes
// the server's address, and throws an error if something was not as it has to be.

export const scenarios = {
  open: async (url) => close(await open(url)),
  text: async (url) => close(await echo(await open(url), "Grüße, 世界 👋")),
  binary: async (url) => close(await echo(await open(url), Uint8Array.from(Array(256).keys()))),
  async deflate(url) {
    const socket = await open(url);
    expect("extension", socket.extensions.split(";")[0], "permessage-deflate");
    for (let times = 0; times < 3; times += 1) await echo(socket, "deflate ".repeat(2048));
    await close(socket);
  },
  async ping(url) {
    const socket = await open(url);
    // Bun has it, the standard has not.
    socket.ping("wireproof");
    const { data } = await next(socket, "pong");
    expect("payload of the Pong", new TextDecoder().decode(data), "wireproof");
    await close(socket);
  },
  async subprotocol(url) {
    const socket = await open(url, ["chat.v1", "chat.v2"]);
    expect("subprotocol", socket.protocol, "chat.v2");
    await close(socket);
  },
  async "close-client"(url) {
    const socket = await open(url);
    socket.close(3000, "client done");
    const { code, wasClean } = await next(socket, "close");
    expect("close code of the answer", code, 3000);
    expect("clean", wasClean, true);
  },
  async "close-server"(url) {
    const socket = await open(url);
    socket.send("bye");
    const { code, reason, wasClean } = await next(socket, "close");
    expect("close code", code, 3001);
    expect("close reason", reason, "server done");
    expect("clean", wasClean, true);
  },
};

async function open(url, subprotocols = []) {
  const socket = new WebSocket(url, subprotocols);
  socket.binaryType = "arraybuffer";
  await next(socket, "open");
  return socket;
}

async function echo(socket, message) {
  socket.send(message);
  const { data } = await next(socket, "message");
  expect("type of the echo", typeof data, typeof message);
  if (typeof data === "string") expect("echo", data, message);
  else expect("echo", String(new Uint8Array(data)), String(message));
  return socket;
}

/** Closes the connection and waits for a clean end. The code of the answer is up to the server. */
async function close(socket) {
  socket.close(1000);
  const { wasClean } = await next(socket, "close");
  expect("clean", wasClean, true);
}

/** The next event of this name; an error if the connection ends before. */
function next(socket, name) {
  return new Promise((resolve, reject) => {
    socket.addEventListener(name, resolve, { once: true });
    socket.addEventListener("close", ({ code }) => reject(new Error(`closed with ${code} before "${name}"`)));
  });
}

function expect(what, is, wanted) {
  if (is !== wanted)
    throw new Error(`${what}: ${String(is).slice(0, 80)}, not ${String(wanted).slice(0, 80)}`);
}
