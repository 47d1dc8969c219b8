import { answer, request } from "../support/captures.js";
import { testBroken } from "./judged.js";
import { opened, Script } from "./scripts.js";

testBroken([
  {
    scenario: "open",
    what: "the server leaves the Close frame without an answer and closes TCP",
    played: () => opened().close("client", 1000).end("server").end("client").exit(1),
    fault: "server",
    requirement: "6455-5.5.1-5",
    because: /^the server closed TCP without a Close frame, and did not answer the Close frame$/,
  },
  {
    scenario: "open",
    what: "the server does not answer a Close frame behind which the client has closed its direction",
    played: () => opened().close("client", 1000).end("client").end("server").exit(1),
    fault: "both",
    requirement: "6455-5.5.1-5",
    because: /^the client closed TCP without waiting .* and the server did not answer it$/,
  },
  {
    scenario: "open",
    what: "the client resets TCP behind its Close frame",
    played: () => opened().close("client", 1000).reset("client").exit(1),
    fault: "client",
    requirement: "6455-7.1.1-1",
    because: /^the client reset TCP without waiting for the answer to its Close frame$/,
  },
  {
    scenario: "open",
    what: "the server does nothing about the Close frame, and the client waits until it has to end",
    played: () => opened().close("client", 1000).late(),
    fault: "server",
    requirement: "6455-5.5.1-5",
    because: /^the server did not answer the Close frame within 20 s$/,
  },
  {
    scenario: "open",
    what: "the client gives up after five seconds without an answer to its Close frame",
    played: () => opened().close("client", 1000).wait(5000).end("client").exit(1),
    fault: "server",
    requirement: "6455-5.5.1-5",
    because: /after 5 s$/,
  },
  {
    scenario: "open",
    what: "the client says that all is well, and the server has not answered its Close frame",
    played: () => opened().close("client", 1000).end("server").end("client").exit(0),
    fault: "server",
    requirement: "6455-5.5.1-5",
    because: /did not answer the Close frame$/,
  },
  {
    scenario: "open",
    what: "the client closes TCP without a Close frame",
    played: () => opened().end("client").end("server").exit(0),
    fault: "client",
    requirement: "6455-7.1.2-1",
    because: /^the client closed TCP without a Close frame, and did not close with 1000$/,
  },
  {
    scenario: "open",
    what: "the client does not take an answer with which nothing is wrong",
    played: () => opened().end("client").end("server").exit(1, { said: "bad handshake" }),
    fault: "client",
    because: /behind the answer to its opening handshake, with which nothing is wrong; .*"bad handshake"$/,
  },
  {
    scenario: "open",
    what: "the client resets TCP",
    played: () => opened().reset("client").exit(0),
    fault: "client",
    requirement: "6455-7.1.1-1",
    because: /^the client reset TCP/,
  },
  {
    scenario: "open",
    what: "the client does nothing",
    played: () => opened().late(),
    fault: "client",
    because: /^the client did not close with 1000 within 20 s$/,
  },
  {
    scenario: "open",
    what: "the client makes no connection",
    played: () => ({ ...opened().exit(1), talks: [] }),
    fault: "client",
    because: /^the client made no connection; the client's program ended with exit status 1/,
  },
  {
    scenario: "open",
    what: "the client connects and sends nothing",
    played: () => new Script().end("client").exit(1),
    fault: "client",
    because: /^the client connected and sent nothing/,
  },
  {
    scenario: "open",
    what: "the client speaks TLS",
    played: () =>
      new Script()
        .octets("client", Uint8Array.of(0x16, 3, 1, 0, 5))
        .end("client")
        .exit(1),
    fault: "client",
    requirement: "6455-4.1-10",
    because: /no opening handshake/,
  },
  {
    scenario: "open",
    what: "the request has no key that is one",
    played: () =>
      new Script()
        .octets("client", request([], "abc"))
        .octets("server", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        .exit(1),
    fault: "client",
    requirement: "6455-4.1-15",
    because: /not the base64 of 16 octets/,
  },
  {
    scenario: "open",
    what: "the server refuses a request with which nothing is wrong",
    played: () =>
      new Script()
        .octets("client", request())
        .octets("server", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        .end("client")
        .exit(1),
    fault: "server",
    because: /^the server answered with HTTP\/1.1 403 Forbidden to a request/,
  },
  {
    scenario: "open",
    what: "the server refuses a request for another resource than the client was given",
    played: () => ({
      ...new Script()
        .octets("client", request())
        .octets("server", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        .end("client")
        .exit(1),
      path: "/",
    }),
    fault: "client",
    requirement: "6455-4.1-11",
    because: /^the client asked for "\/chat", and not for "\/"$/,
  },
  {
    scenario: "open",
    what: "the server does not answer a request for another resource",
    played: () => ({ ...new Script().octets("client", request()).late(), path: "/" }),
    fault: "client",
    requirement: "6455-4.1-11",
    because: /^the client asked for "\/chat"/,
  },
  {
    scenario: "open",
    what: "the server answers with something that is not HTTP",
    played: () => new Script().octets("client", request()).octets("server", "hello\r\n\r\n").exit(1),
    fault: "server",
    requirement: "6455-4.1-28",
    because: /not HTTP$/,
  },
  {
    scenario: "open",
    what: "the server does not answer the request",
    played: () => new Script().octets("client", request()).late(),
    fault: "server",
    because: /did not answer the opening handshake within 20 s$/,
  },
  {
    scenario: "open",
    what: "the client waits four seconds for an answer to its request",
    played: () => new Script().octets("client", request()).wait(4000).end("client").exit(1),
    fault: "server",
    because: /did not answer the opening handshake within 4 s$/,
  },
  {
    scenario: "open",
    what: "the client closes TCP before an answer could come",
    played: () => new Script().octets("client", request()).wait(5).end("client").exit(1),
    fault: null,
    because: /^the client closed TCP before the opening handshake was answered/,
  },
  {
    scenario: "open",
    what: "the server closes TCP instead of an answer",
    played: () => new Script().octets("client", request()).end("server").exit(1),
    fault: "server",
    because: /closed TCP and did not answer/,
  },
  {
    scenario: "open",
    what: "the server resets the connection before a request",
    played: () => new Script().reset("server").exit(1),
    fault: "server",
    because: /^the server reset TCP before a request came$/,
  },
  {
    scenario: "open",
    what: "the client sends an empty list of subprotocols, and the server refuses it",
    played: () =>
      new Script()
        .octets("client", request(["Sec-WebSocket-Protocol: "]))
        .octets("server", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        .end("server")
        .exit(1),
    fault: "client",
    requirement: "6455-4.1-19",
    because: /^Sec-WebSocket-Protocol is empty$/,
  },
  {
    scenario: "open",
    what: "Sec-WebSocket-Accept belongs to another key",
    played: () =>
      new Script()
        .octets("client", request())
        .octets("server", answer([], "AAAAAAAAAAAAAAAAAAAAAA=="))
        .end("client")
        .exit(1),
    fault: "server",
    requirement: "6455-4.1-25",
    because: /does not belong to the key/,
  },
  {
    scenario: "open",
    what: "the server does not close TCP after both Close frames",
    played: () => opened().close("client", 1000).close("server", 1000).late(),
    fault: "server",
    requirement: "6455-5.5.1-8",
    because: /did not close TCP within 20 s after both Close frames$/,
  },
  {
    scenario: "open",
    what: "the client waits ten seconds for the end of TCP",
    played: () => opened().close("client", 1000).close("server", 1000).wait(10_000).end("client").exit(1),
    fault: "server",
    requirement: "6455-5.5.1-8",
    because: /within 10 s/,
  },
  {
    scenario: "open",
    what: "the client closes its direction behind both Close frames, the server closes none, and the client waits",
    played: () => opened().close("client", 1000).close("server", 1000).end("client").late(),
    fault: "server",
    requirement: "6455-5.5.1-8",
    because: /did not close TCP within 20 s after both Close frames$/,
  },
  {
    scenario: "open",
    what: "the same, and the client waits for five seconds",
    played: () => opened().close("client", 1000).close("server", 1000).end("client").wait(5000).exit(1),
    fault: "server",
    requirement: "6455-5.5.1-8",
    because: /within 5 s/,
  },
  {
    scenario: "open",
    what: "the client does not end, although both have closed TCP",
    played: () => opened().closed().late(),
    fault: "client",
    because: /^the client's program did not end within 20 s, although the connection ended as it has to$/,
  },
  {
    scenario: "open",
    what: "the server resets TCP after both Close frames, and the client takes that for an error",
    played: () => opened().close("client", 1000).close("server", 1000).reset("server").exit(1),
    fault: "server",
    requirement: "6455-7.1.1-1",
    because: /reset TCP after both Close frames/,
  },
  {
    scenario: "open",
    what: "the server resets TCP after both Close frames, although the client has closed it",
    played: () => opened().close("client", 1000).close("server", 1000).end("client").reset("server").exit(1),
    fault: "server",
    requirement: "6455-7.1.1-1",
    because: /reset TCP after both Close frames/,
  },
  {
    scenario: "open",
    what: "the server closes before the client does",
    played: () => opened().close("server", 1011, "broken").close("client", 1011).end("server").exit(1),
    fault: "server",
    because: /^the server closed with 1011 and the reason "broken" after 0 ms, before the client could/,
  },
  {
    scenario: "open",
    what: "the server closes before the client does, with the same code",
    played: () => opened().close("server", 1000).close("client", 1000).end("server").exit(0),
    fault: "server",
    because: /^the server closed with 1000 of its own accord$/,
  },
  {
    scenario: "open",
    what: "the client's program is ended by a signal after a clean connection",
    played: () => opened().closed().exit(1, { code: null, how: "was ended by SIGSEGV" }),
    fault: "client",
    because: /was ended by SIGSEGV, although the connection ended as it has to$/,
  },
  {
    scenario: "open",
    what: "the server's program crashes",
    played: () => opened().reset("server").exit(1, { serverEnded: "was ended by SIGSEGV" }),
    fault: "server",
    because: /^the server's program was ended by SIGSEGV$/,
  },
]);
