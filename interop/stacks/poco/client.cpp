// Walks through the cases of the tester with POCO's WebSocket, which gives the application frames: this one joins them to
// messages, and answers Ping and Close. Argument: the tester's address.
#include <Poco/Buffer.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/WebSocket.h>
#include <Poco/URI.h>
#include <functional>
#include <string>

using namespace Poco::Net;
using on_message = std::function<void(WebSocket&, const std::string&, int kind)>;

static void receive(WebSocket& connection, const on_message& handle) {
    const int fin = WebSocket::FRAME_FLAG_FIN;
    std::string message;
    int kind = 0;
    for (;;) {
        Poco::Buffer<char> payload(0);
        int flags = 0;
        const int length = connection.receiveFrame(payload, flags);
        if (length == 0 && flags == 0) return;  // TCP has ended.
        switch (flags & WebSocket::FRAME_OP_BITMASK) {
        case WebSocket::FRAME_OP_CLOSE:
            connection.sendFrame(payload.begin(), length, flags);
            return;
        case WebSocket::FRAME_OP_PING:
            connection.sendFrame(payload.begin(), length, fin | WebSocket::FRAME_OP_PONG);
            break;
        case WebSocket::FRAME_OP_PONG:
            break;
        default:
            if ((flags & WebSocket::FRAME_OP_BITMASK) != WebSocket::FRAME_OP_CONT) kind = flags & WebSocket::FRAME_OP_BITMASK;
            message.append(payload.begin(), length);
            if (flags & fin) {
                handle(connection, message, kind);
                message.clear();
            }
        }
    }
}

/** Connects, and returns when the connection is closed. */
static void visit(const Poco::URI& url, const std::string& path, const on_message& handle) {
    HTTPClientSession session(url.getHost(), url.getPort());
    HTTPRequest request(HTTPRequest::HTTP_GET, path, HTTPMessage::HTTP_1_1);
    HTTPResponse response;
    try {
        WebSocket connection(session, request, response);
        connection.setMaxPayloadSize(64 << 20);
        receive(connection, handle);
    } catch (const Poco::Exception&) {
        // The connection has ended, or could not be opened.
    }
}

int main(int, char** arguments) {
    const Poco::URI url(arguments[1]);
    int count = 0;
    visit(url, "/getCaseCount", [&](WebSocket&, const std::string& message, int) { count = std::stoi(message); });
    for (int number = 1; number <= count; number++) {
        visit(url, "/runCase?case=" + std::to_string(number) + "&agent=POCO",
              [](WebSocket& connection, const std::string& message, int kind) {
                  connection.sendFrame(message.data(), static_cast<int>(message.size()), WebSocket::FRAME_FLAG_FIN | kind);
              });
    }
    visit(url, "/updateReports?agent=POCO", [](WebSocket&, const std::string&, int) {});
}
