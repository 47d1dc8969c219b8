# Echo server on faye-websocket of Ruby, with Puma.
require "faye/websocket"

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = %w[open text binary fragmented ping subprotocol close-client close-server]
scenario = ENV.fetch("WIREPROOF_SCENARIO", "open")
exit 127 unless SCENARIOS.include?(scenario)

OPTIONS = { max_length: 64 * 1024 * 1024 }
PROTOCOLS = scenario == "subprotocol" ? ["chat.v2"] : nil

run lambda { |env|
  next [400, {}, ["not a WebSocket request"]] unless Faye::WebSocket.websocket?(env)

  socket = Faye::WebSocket.new(env, PROTOCOLS, OPTIONS)
  socket.on(:message) do |event|
    scenario == "close-server" ? socket.close(3001, "server done") : socket.send(event.data)
  end
  socket.rack_response
}
