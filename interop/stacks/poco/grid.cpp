// Plays a scenario of the interop grid with POCO's WebSocket, which gives the application frames: this one joins fragments,
// and answers Pings and the Close frame. It has no permessage-deflate. Argument: the server's address.
#include <Poco/Buffer.h>
#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/WebSocket.h>
#include <Poco/URI.h>
#include <cstdlib>
#include <iostream>
#include <set>
#include <string>

using namespace Poco::Net;

const std::set<std::string> scenarios = {"open",        "text",         "binary",      "fragmented", "ping",
                                         "subprotocol", "close-client", "close-server"};

struct Received {
    int opcode;
    std::string payload;
};

void expect(const std::string& what, bool is_right) {
    if (!is_right) throw Poco::Exception("not as expected: " + what);
}

void send(WebSocket& connection, const std::string& payload, int flags) {
    connection.sendFrame(payload.data(), static_cast<int>(payload.size()), flags);
}

/** A message, a Pong or a Close frame. */
Received receive(WebSocket& connection) {
    Received it = {WebSocket::FRAME_OP_CONT, ""};
    for (;;) {
        Poco::Buffer<char> payload(0);
        int flags = 0;
        const int length = connection.receiveFrame(payload, flags);
        if (length == 0 && flags == 0) throw Poco::Exception("TCP has ended");
        const int opcode = flags & WebSocket::FRAME_OP_BITMASK;
        if (opcode == WebSocket::FRAME_OP_PING) {
            const std::string data(payload.begin(), length);
            send(connection, data, WebSocket::FRAME_FLAG_FIN | WebSocket::FRAME_OP_PONG);
            continue;
        }
        if (it.opcode == WebSocket::FRAME_OP_CONT) it.opcode = opcode;
        it.payload.append(payload.begin(), length);
        if (flags & WebSocket::FRAME_FLAG_FIN) return it;
    }
}

void echo(WebSocket& connection, const std::string& message, int opcode) {
    send(connection, message, WebSocket::FRAME_FLAG_FIN | opcode);
    const Received it = receive(connection);
    expect("the type of the echo", it.opcode == opcode);
    expect("the echo", it.payload == message);
}

void play(const Poco::URI& url, const std::string& scenario) {
    HTTPClientSession session(url.getHost(), url.getPort());
    HTTPRequest request(HTTPRequest::HTTP_GET, url.getPathAndQuery(), HTTPMessage::HTTP_1_1);
    if (scenario == "subprotocol") request.set("Sec-WebSocket-Protocol", "chat.v1, chat.v2");
    HTTPResponse response;
    WebSocket connection(session, request, response);
    if (scenario == "text") echo(connection, "Grüße, 世界 👋", WebSocket::FRAME_OP_TEXT);
    if (scenario == "binary") {
        std::string octets;
        for (int value = 0; value < 256; value++) octets += static_cast<char>(value);
        echo(connection, octets, WebSocket::FRAME_OP_BINARY);
    }
    if (scenario == "fragmented") {
        for (int number = 0; number < 16; number++) {
            const int opcode = number == 0 ? WebSocket::FRAME_OP_TEXT : WebSocket::FRAME_OP_CONT;
            send(connection, std::string(65536, 'a'), number == 15 ? WebSocket::FRAME_FLAG_FIN | opcode : opcode);
        }
        const Received it = receive(connection);
        expect("the type of the echo", it.opcode == WebSocket::FRAME_OP_TEXT);
        expect("the echo", it.payload == std::string(1048576, 'a'));
    }
    if (scenario == "ping") {
        send(connection, "wireproof", WebSocket::FRAME_FLAG_FIN | WebSocket::FRAME_OP_PING);
        const Received it = receive(connection);
        expect("a Pong", it.opcode == WebSocket::FRAME_OP_PONG);
        expect("the payload of the Pong", it.payload == "wireproof");
    }
    if (scenario == "subprotocol") {
        expect("the subprotocol is chat.v2", response.get("Sec-WebSocket-Protocol", "") == "chat.v2");
    }
    if (scenario == "close-server") {
        send(connection, "bye", WebSocket::FRAME_FLAG_FIN | WebSocket::FRAME_OP_TEXT);
        const Received end = receive(connection);
        expect("a Close frame", end.opcode == WebSocket::FRAME_OP_CLOSE);
        expect("the close code and reason", end.payload == "\x0b\xb9server done");  // 3001
        send(connection, end.payload, WebSocket::FRAME_FLAG_FIN | WebSocket::FRAME_OP_CLOSE);
        return;
    }
    if (scenario == "close-client") connection.shutdown(3000, "client done");
    else connection.shutdown(WebSocket::WS_NORMAL_CLOSE);
    const Received end = receive(connection);
    expect("a Close frame", end.opcode == WebSocket::FRAME_OP_CLOSE);
    if (scenario == "close-client") {
        expect("the close code of the answer is 3000", end.payload.substr(0, 2) == "\x0b\xb8");
    }
}

int main(int, char** arguments) {
    const char* scenario = std::getenv("WIREPROOF_SCENARIO");
    if (scenario == nullptr || scenarios.count(scenario) == 0) return 127;
    try {
        play(Poco::URI(arguments[1]), scenario);
    } catch (const Poco::Exception& error) {
        std::cerr << error.displayText() << "\n";
        return 1;
    }
    return 0;
}
