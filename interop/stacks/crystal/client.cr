# Walks through the cases of the tester with the standard library of Crystal. Argument: the tester's address.
require "http/web_socket"

# Connects, and returns when the connection is closed or could not be opened.
def visit(path, &)
  socket = HTTP::WebSocket.new(URI.parse(ARGV[0] + path))
  yield socket
  socket.run
rescue Exception # It has no class of its own for an answer that is not valid.
end

count = 0
visit("/getCaseCount") { |socket| socket.on_message { |text| count = text.to_i } }
(1..count).each do |number|
  visit("/runCase?case=#{number}&agent=Crystal") do |socket|
    socket.on_message { |text| socket.send(text) }
    socket.on_binary { |octets| socket.send(octets) }
  end
end
visit("/updateReports?agent=Crystal") { }
