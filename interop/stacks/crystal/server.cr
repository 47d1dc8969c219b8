# Echo server on the standard library of Crystal. Argument: the port.
require "http/server"

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
SCENARIOS = %w[open text binary fragmented ping close-client close-server]
scenario = ENV.fetch("WIREPROOF_SCENARIO", "open")
exit 127 unless SCENARIOS.includes?(scenario)

echo = HTTP::WebSocketHandler.new do |socket, _context|
  socket.on_message do |text|
    scenario == "close-server" ? socket.close(3001, "server done") : socket.send(text)
  end
  socket.on_binary { |octets| socket.send(octets) }
end

HTTP::Server.new([echo]).listen("127.0.0.1", ARGV[0].to_i)
