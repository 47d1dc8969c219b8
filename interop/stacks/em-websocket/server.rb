# Echo server on em-websocket. Argument: the port.
require "em-websocket"

EM.run do
  EM::WebSocket.run(host: "127.0.0.1", port: Integer(ARGV[0])) do |socket|
    socket.onmessage { |text| socket.send_text(text) }
    socket.onbinary { |octets| socket.send_binary(octets) }
    socket.onerror { |_error| }
  end
end
