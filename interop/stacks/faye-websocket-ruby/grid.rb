# Plays a scenario of the interop grid with faye-websocket of Ruby. It sends no fragments; permessage-deflate is a package of
# its own, which Debian does not have. Argument: the server's address.
require "eventmachine"
require "faye/websocket"
require "fiber"

SCENARIO = ENV["WIREPROOF_SCENARIO"]
exit 127 unless %w[open text binary ping subprotocol close-client close-server].include?(SCENARIO)

# Calls the block for each event of the connection, with its name.
def connect(&on_event)
  subprotocols = SCENARIO == "subprotocol" ? ["chat.v1", "chat.v2"] : nil
  socket = Faye::WebSocket::Client.new(ARGV[0], subprotocols)
  %i[open message error close].each { |name| socket.on(name) { |event| on_event.call(name, event) } }
  socket
end

# Runs in a fiber, which gets the events of the connection.
def play(socket)
  next_event(:open)
  case SCENARIO
  when "text" then echo(socket, "Grüße, 世界 👋")
  when "binary" then echo(socket, (0..255).to_a)
  when "ping"
    # The block is called when a Pong with this payload has come.
    fiber = Fiber.current
    socket.ping("wireproof") { fiber.resume(:pong) }
    next_event(:pong)
  when "subprotocol" then expect("subprotocol", socket.protocol, "chat.v2")
  end
  close(socket)
end

def echo(socket, message)
  socket.send(message)
  expect("echo", next_event(:message).data, message)
end

# Ends the connection as the scenario demands, and waits for that.
def close(socket)
  case SCENARIO
  when "close-client"
    socket.close(3000, "client done")
    expect("close code of the answer", next_event(:close).code, 3000)
  when "close-server"
    socket.send("bye")
    event = next_event(:close)
    expect("close code", event.code, 3001)
    expect("close reason", event.reason, "server done")
  else
    socket.close(1000)
    # 1006 stands for no answer; any other code is up to the server.
    raise "the end without a Close frame" if next_event(:close).code == 1006
  end
end

def next_event(wanted)
  name, event = Fiber.yield
  return event if name == wanted

  raise event.message.to_s if name == :error
  raise name == :close ? "closed with #{event.code} before: #{wanted}" : "#{name}, not #{wanted}"
end

def expect(what, is, wanted)
  raise "#{what}: #{is.inspect[0, 80]}, not #{wanted.inspect[0, 80]}" unless is == wanted
end

complaint = nil
EM.run do
  player = Fiber.new do |socket|
    play(socket)
  rescue StandardError => error
    complaint = error.message
  ensure
    EM.stop
  end
  socket = connect { |*event| player.resume(*event) if player.alive? }
  player.resume(socket)
end
abort complaint if complaint
