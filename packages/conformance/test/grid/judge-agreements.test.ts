import { testBroken } from "./judged.js";
import { opened } from "./scripts.js";

const CHAT = "Sec-WebSocket-Protocol: chat.v1, chat.v2";
const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";

testBroken([
  {
    scenario: "deflate",
    what: "the server compresses although that was not agreed on",
    played: () => opened().client(1, "a").server(1, "b", { rsv: 4 }).exit(1),
    fault: "server",
    requirement: "6455-5.2-1",
    because: /reserved bit/,
  },
  {
    scenario: "deflate",
    what: "the server sends what cannot be inflated",
    played: () =>
      opened([DEFLATE], [DEFLATE]).client(1, "a").server(1, Uint8Array.of(0xff, 0xff), { rsv: 4 }).exit(1),
    fault: "server",
    requirement: "7692-6.1-1",
    because: /cannot be inflated/,
  },
  {
    scenario: "deflate",
    what: "the server accepts what was not offered",
    played: () => opened([], [DEFLATE]).end("client").exit(1),
    fault: "server",
    requirement: "6455-4.1-26",
    because: /although none was offered/,
  },
  {
    scenario: "ping",
    what: "the server answers no Ping",
    played: () => opened().client(9, "wireproof").late(),
    fault: "server",
    requirement: "6455-5.5.2-1",
    because: /^the server did not answer the Ping within 20 s$/,
  },
  {
    scenario: "ping",
    what: "the Pong is empty",
    played: () => opened().client(9, "wireproof").server(10).closed().exit(1),
    fault: "server",
    requirement: "6455-5.5.3-1",
    because: /another payload/,
  },
  {
    scenario: "ping",
    what: "the Ping is empty",
    played: () => opened().client(9).server(10).closed().exit(0),
    fault: "client",
    because: /Ping with another payload/,
  },
  {
    scenario: "subprotocol",
    what: "the server selects none",
    played: () => opened([CHAT]).closed().exit(1),
    fault: "server",
    because: /^the server selects no subprotocol instead of chat\.v2/,
  },
  {
    scenario: "subprotocol",
    what: "the server selects the other one",
    played: () => opened([CHAT], ["Sec-WebSocket-Protocol: chat.v1"]).closed().exit(1),
    fault: "server",
    because: /^the server selects "chat\.v1" instead of chat\.v2/,
  },
  {
    scenario: "subprotocol",
    what: "the server selects one that was not offered",
    played: () => opened([CHAT], ["Sec-WebSocket-Protocol: chat.v3"]).end("client").exit(1),
    fault: "server",
    requirement: "6455-4.1-27",
    because: /that was not offered$/,
  },
  {
    scenario: "subprotocol",
    what: "the client offers none",
    played: () => opened().closed().exit(1),
    fault: "client",
    because: /^the client offers no subprotocol$/,
  },
  {
    scenario: "close-client",
    what: "the server answers with another code, and resets TCP",
    played: () => opened().close("client", 3000, "client done").close("server", 1000).reset("server").exit(1),
    fault: "server",
    requirement: "6455-7.1.1-1",
    because: /^the server reset TCP after both Close frames/,
  },
  {
    scenario: "close-client",
    what: "the client closes with another code",
    played: () => opened().closed().exit(0),
    fault: "client",
    because: /^the client closed with 1000, and not with 3000 and the reason "client done"$/,
  },
  {
    scenario: "close-client",
    what: "the server sends a message behind its Close frame",
    played: () =>
      opened()
        .close("client", 3000, "client done")
        .close("server", 3000)
        .server(1, "x")
        .end("server")
        .exit(1),
    fault: "server",
    requirement: "6455-5.5.1-4",
    because: /data frame after its Close frame/,
  },
  {
    scenario: "close-server",
    what: "the server echoes instead",
    played: () => opened().client(1, "bye").server(1, "bye").closed().exit(1),
    fault: "server",
    because: /^the server sent a message instead of a Close frame$/,
  },
  {
    scenario: "close-server",
    what: "the server closes without its reason",
    played: () => opened().client(1, "bye").close("server", 3001).close("client", 3001).end("server").exit(1),
    fault: "server",
    because: /^the server closed with 3001 and no reason, and not "server done"$/,
  },
  {
    scenario: "close-server",
    what: "the client does not answer the Close frame",
    played: () => opened().client(1, "bye").close("server", 3001, "server done").end("client").exit(0),
    fault: "client",
    requirement: "6455-5.5.1-5",
    because: /^the client closed TCP without a Close frame, and did not answer the Close frame$/,
  },
  {
    scenario: "close-server",
    what: "the server does not wait for the answer",
    played: () => opened().client(1, "bye").close("server", 3001, "server done").reset("server").exit(1),
    fault: "server",
    requirement: "6455-7.1.1-1",
    because: /^the server reset TCP without waiting for the answer to its Close frame$/,
  },
  {
    scenario: "close-server",
    what: "the server closes TCP behind its Close frame",
    played: () =>
      opened().client(1, "bye").close("server", 3001, "server done").end("server").end("client").exit(1),
    fault: "both",
    requirement: "6455-5.5.1-5",
    because: /^the server closed TCP without waiting .* and the client did not answer it$/,
  },
  {
    scenario: "close-server",
    what: "the server waits five seconds for the answer",
    played: () =>
      opened().client(1, "bye").close("server", 3001, "server done").wait(5000).end("server").exit(1),
    fault: "client",
    requirement: "6455-5.5.1-5",
    because: /^the client did not answer the Close frame, and the server closed TCP after 5 s$/,
  },
]);
