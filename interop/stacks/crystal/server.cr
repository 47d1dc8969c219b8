# Echo server on the standard library of Crystal. Argument: the port.
require "http/server"

echo = HTTP::WebSocketHandler.new do |socket, _context|
  socket.on_message { |text| socket.send(text) }
  socket.on_binary { |octets| socket.send(octets) }
end

HTTP::Server.new([echo]).listen("127.0.0.1", ARGV[0].to_i)
