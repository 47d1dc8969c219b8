# Walks through the cases of the tester with faye-websocket of Ruby. Argument: the tester's address.
require "eventmachine"
require "faye/websocket"

OPTIONS = { max_length: 64 * 1024 * 1024 }
URL = ARGV[0]

# Connects, and calls `done` when the connection is closed or could not be opened.
def visit(path, on_message, &done)
  socket = Faye::WebSocket::Client.new(URL + path, nil, OPTIONS)
  socket.on(:message) { |event| on_message.call(socket, event.data) }
  socket.on(:close) { EM.next_tick(&done) }
end

def walk(number, count)
  if number > count
    visit("/updateReports?agent=faye-ruby", proc {}) { EM.stop }
  else
    echo = proc { |socket, message| socket.send(message) }
    visit("/runCase?case=#{number}&agent=faye-ruby", echo) { walk(number + 1, count) }
  end
end

EM.run do
  count = 0
  visit("/getCaseCount", proc { |_socket, message| count = message.to_i }) { walk(1, count) }
end
