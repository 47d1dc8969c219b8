// Echo server on Protocols.WebSocket of Pike, which gives the application frames: this one joins them to messages.
// Argument: the port.

// The scenario of the interop grid (docs/grid.md), if any.
constant SCENARIOS = ({ "open", "text", "binary", "fragmented", "ping", "subprotocol", "close-client" });
string scenario = getenv("WIREPROOF_SCENARIO") || "open";

class Echo {
  private array(Protocols.WebSocket.Frame) frames = ({});

  void on_frame(Protocols.WebSocket.Frame frame, Protocols.WebSocket.Connection connection) {
    if (frame->opcode >= Protocols.WebSocket.FRAME_CLOSE) return;
    frames += ({ frame });
    if (!frame->fin) return;
    Protocols.WebSocket.Frame whole = Protocols.WebSocket.Frame(frames[0]->opcode);
    whole->data = frames->data * "";
    frames = ({});
    connection->send(whole);
  }
}

void on_request(Protocols.HTTP.Server.Request request) {
  request->response_and_finish(([
    "error": 400, "data": "", "extra_heads": ([ "Sec-WebSocket-Version": "13" ])
  ]));
}

void on_handshake(array(string) protocols, Protocols.WebSocket.Request request) {
  request->websocket_accept(scenario == "subprotocol" ? "chat.v2" : 0)->onmessage = Echo()->on_frame;
}

Protocols.WebSocket.Port server;

int main(int count, array(string) arguments) {
  // This program does not know it.
  if (!has_value(SCENARIOS, scenario)) return 127;
  server = Protocols.WebSocket.Port(on_request, on_handshake, (int) arguments[1], "127.0.0.1");
  return -1;
}
