# Echo server on em-websocket. Argument: the port.
require "em-websocket"

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = %w[open text binary fragmented ping close-client close-server]
scenario = ENV.fetch("WIREPROOF_SCENARIO", "open")
exit 127 unless SCENARIOS.include?(scenario)

EM.run do
  EM::WebSocket.run(host: "127.0.0.1", port: Integer(ARGV[0])) do |socket|
    socket.onmessage do |text|
      scenario == "close-server" ? socket.close(3001, "server done") : socket.send_text(text)
    end
    socket.onbinary { |octets| socket.send_binary(octets) }
    socket.onerror { |_error| }
  end
end
