import { testBroken } from "./judged.js";
import { fragmented, OCTETS, opened, TEXT } from "./scripts.js";

testBroken([
  {
    scenario: "text",
    what: "the server sends the text back as binary",
    played: () => opened().client(1, TEXT).server(2, TEXT).closed().exit(1),
    fault: "server",
    because: /^the server sent BINARY .* and had got TEXT /,
  },
  {
    scenario: "text",
    what: "the server sends the text back in Latin-1",
    played: () =>
      opened()
        .client(1, TEXT)
        .server(1, Uint8Array.of(0x47, 0x72, 0xfc))
        .closed()
        .exit(1),
    fault: "server",
    requirement: "6455-5.6-1",
    because: /not valid UTF-8/,
  },
  {
    scenario: "text",
    what: "the client sends other text",
    played: () => opened().client(1, "Gr??e").server(1, "Gr??e").closed().exit(0),
    fault: "client",
    because: /^the client sent TEXT "Gr\?\?e" \[5 octets\], which is not the message/,
  },
  {
    scenario: "text",
    what: "the client does not mask its frames",
    played: () =>
      opened()
        .octets("client", Uint8Array.of(0x81, 1, 65))
        .close("server", 1002)
        .end("server")
        .exit(1),
    fault: "client",
    requirement: "6455-5.1-1",
    because: /unmasked frame/,
  },
  {
    scenario: "text",
    what: "the server masks its frames, and the client fails the connection",
    played: () =>
      opened()
        .client(1, TEXT)
        .server(1, TEXT, { key: Uint8Array.of(1, 2, 3, 4) })
        .close("client", 1002)
        .end("client")
        .exit(1),
    fault: "server",
    requirement: "6455-5.1-4",
    because: /masked frame/,
  },
  {
    scenario: "text",
    what: "each of the two sends what it may not send",
    played: () =>
      opened()
        .octets("client", Uint8Array.of(0x81, 1, 65))
        .server(1, "A", { key: Uint8Array.of(1, 2, 3, 4) })
        .exit(1),
    fault: "both",
    requirement: "6455-5.1-1",
    because: /unmasked frame/,
  },
  {
    scenario: "text",
    what: "the server fails the connection for no reason",
    played: () => opened().client(1, TEXT).close("server", 1007).end("server").exit(1),
    fault: "server",
    requirement: "6455-7.4.1-3",
    because: /^the server closed with 1007, and did not send the message back$/,
  },
  {
    scenario: "text",
    what: "the client fails the connection for no reason before the echo",
    played: () => opened().client(1, TEXT).close("client", 1002).end("client").exit(1),
    fault: "client",
    requirement: "6455-7.4.1-3",
    because: /although nothing is wrong with what the server had sent$/,
  },
  {
    scenario: "text",
    what: "the client fails the connection for no reason after the echo",
    played: () => opened().client(1, TEXT).server(1, TEXT).close("client", 1007).end("client").exit(1),
    fault: "client",
    requirement: "6455-7.4.1-3",
    because: /^the client closed with 1007, and did not close with 1000$/,
  },
  {
    scenario: "text",
    what: "the client closes at once, without waiting for the echo",
    played: () =>
      opened().client(1, TEXT).wait(5).close("client", 1000).close("server", 1000).end("server").exit(1),
    fault: null,
    because: /^the client closed with 1000 after 5 ms, before the server could send the message back/,
  },
  {
    scenario: "text",
    what: "the server sends nothing back, and the client gives up",
    played: () =>
      opened().client(1, TEXT).wait(5000).close("client", 1000).close("server", 1000).end("server").exit(1),
    fault: "server",
    because: /^the server did not send the message back, and the client closed with 1000 after 5 s$/,
  },
  {
    scenario: "text",
    what: "the server drops TCP instead of an echo",
    played: () => opened().client(1, TEXT).end("server").exit(1),
    fault: "server",
    requirement: "6455-7.1.2-1",
    because: /^the server closed TCP without a Close frame, and did not send the message back$/,
  },
  {
    scenario: "text",
    what: "the server goes while the client is still silent",
    played: () => opened().end("server").exit(1),
    fault: "server",
    requirement: "6455-7.1.2-1",
    because: /before the client could send the message of the scenario$/,
  },
  {
    scenario: "text",
    what: "the client drops TCP at once instead of waiting for the echo",
    played: () => opened().client(1, TEXT).wait(5).end("client").exit(1),
    fault: "client",
    requirement: "6455-7.1.2-1",
    because: /^the client closed TCP without a Close frame after 5 ms/,
  },
  {
    scenario: "binary",
    what: "the server sends the octets back as text",
    played: () => opened().client(2, OCTETS).server(1, "0".repeat(256)).closed().exit(1),
    fault: "server",
    because: /^the server sent TEXT/,
  },
  {
    scenario: "binary",
    what: "the client sends them as text",
    played: () => opened().client(1, "0".repeat(256)).server(1, "0".repeat(256)).closed().exit(0),
    fault: "client",
    because: /not the message of this scenario/,
  },
  {
    scenario: "fragmented",
    what: "the server sends only a part back",
    played: () => fragmented(opened(), 16).server(1, "a".repeat(65_536)).closed().exit(1),
    fault: "server",
    because: /^the server sent TEXT .*65536 octets/,
  },
  {
    scenario: "fragmented",
    what: "the server sends each fragment back as a message, and the client does not go on",
    played: () =>
      fragmented(opened(), 16, (script) => script.server(1, "a".repeat(65_536)).reset("client")).exit(1),
    fault: "server",
    because: /^the server sent TEXT .*65536 octets\] while the message of the client was not yet at its end$/,
  },
  {
    scenario: "fragmented",
    what: "the server says welcome, and the client goes in the middle of its message",
    played: () => fragmented(opened().server(1, "welcome"), 16, (script) => script.reset("client")).exit(1),
    fault: "client",
    requirement: "6455-7.1.1-1",
    because: /^the client reset TCP, and did not send the message of the scenario$/,
  },
  {
    scenario: "fragmented",
    what: "the client begins a second message inside the first",
    played: () =>
      opened().client(1, "a", { more: true }).client(1, "b", { more: true }).end("server").exit(1),
    fault: "client",
    requirement: "6455-5.4-4",
    because: /started a new message/,
  },
]);
