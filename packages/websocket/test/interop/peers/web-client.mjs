/**
 * Plays the part of a client over a WebSocket as browsers have it and returns what it saw as plain data. It has to
 * stand alone: its source is also run inside a browser. `make` opens a WebSocket to `url` with the subprotocols
 * "other" and "chat"; the server echoes and knows the commands "!ping", "!fragments" and "!close".
 */
export async function playClient(make, url) {
  const text = (length) =>
    "añ€😀 the quick brown fox "
      .repeat(length / 16 + 1)
      .slice(0, length)
      .toWellFormed();
  const octets = (length) => Uint8Array.from({ length }, (_, at) => (at * 7919) >> 3);

  /** An open WebSocket: what it received can be awaited one by one. */
  const open = () =>
    new Promise((resolve, reject) => {
      const socket = make(url);
      const received = [];
      const waiting = [];
      socket.binaryType = "arraybuffer";
      const closed = new Promise((done) => {
        socket.addEventListener("close", ({ code, reason, wasClean }) => {
          // Undefined for faye-websocket, which does not tell.
          done([code, reason, wasClean ?? true]);
          for (const { fail } of waiting) fail(new Error(`closed with ${code}`));
        });
      });
      socket.addEventListener("error", () => reject(new Error("the connection failed")));
      socket.addEventListener("message", ({ data }) => {
        const reader = waiting.shift();
        if (reader === undefined) received.push(data);
        else reader.take(data);
      });
      const next = () =>
        received.length > 0
          ? Promise.resolve(received.shift())
          : new Promise((take, fail) => waiting.push({ take, fail }));
      socket.addEventListener("open", () => resolve({ socket, next, closed }));
    });

  const isSame = (sent, back) => {
    if (typeof sent === "string") return sent === back;
    const other = new Uint8Array(back);
    return sent.length === other.length && sent.every((octet, at) => octet === other[at]);
  };

  const { socket, next, closed } = await open();
  const faults = [];
  for (const length of [0, 125, 126, 65_535, 65_536, 1_048_576]) {
    // The text has at most 2.5 octets a character, and the limit is 1 MiB.
    for (const message of [text(Math.min(length, 400_000)), octets(length)]) {
      socket.send(message);
      if (!isSame(message, await next())) faults.push(`${typeof message} of ${length}`);
    }
  }
  socket.send("!ping");
  const pong = await next();
  socket.send("!fragments");
  const fragments = [await next(), [...new Uint8Array(await next())]];
  socket.close(3002, "döne");
  const closedByClient = await closed;

  const second = await open();
  second.socket.send("!close");
  return {
    protocol: socket.protocol,
    extensions: socket.extensions ?? null,
    faults,
    pong,
    fragments,
    closedByClient,
    closedByServer: await second.closed,
  };
}
